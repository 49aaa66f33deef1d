"""Where a film can be shown in place once a visitor asks for it. Nothing is loaded from there before."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

YOUTUBE = re.compile(r"[\w-]{11}")
VIMEO = re.compile(r"/(?:video/)?(\d+)(?:/([0-9a-f]+))?")
PEERTUBE = re.compile(r"/(?:w|videos/watch|videos/embed)/([0-9A-Za-z-]{20,36})")


@dataclass(frozen=True)
class Film:
    """`frame` is the address of a player, "" where only the page itself can be opened; `host` is who learns that it was watched."""

    frame: str
    host: str

    @property
    def origin(self) -> str:
        """What the page's content policy has to let in."""
        parts = urlsplit(self.frame)
        return f"{parts.scheme}://{parts.netloc}" if self.frame else ""


def film(url: str) -> Film:
    """The player for an address of YouTube, Vimeo or PeerTube."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    for reads in (_youtube, _vimeo, _peertube):
        if frame := reads(host, parts.path, parse_qs(parts.query)):
            return Film(frame, host)
    return Film("", host)


def _youtube(host: str, path: str, query: dict[str, list[str]]) -> str:
    if host == "youtu.be":
        name = path.strip("/")
    elif host in ("youtube.com", "youtube-nocookie.com", "music.youtube.com"):
        name = query.get("v", [""])[0] if path == "/watch" else path.rpartition("/")[2]
    else:
        return ""
    return f"https://www.youtube-nocookie.com/embed/{name}?autoplay=1" if YOUTUBE.fullmatch(name) else ""


def _vimeo(host: str, path: str, query: dict[str, list[str]]) -> str:
    found = VIMEO.fullmatch(path.rstrip("/")) if host in ("vimeo.com", "player.vimeo.com") else None
    if found is None:
        return ""
    secret = f"&h={found[2]}" if found[2] else ""
    return f"https://player.vimeo.com/video/{found[1]}?dnt=1&autoplay=1{secret}"


def _peertube(host: str, path: str, query: dict[str, list[str]]) -> str:
    found = PEERTUBE.fullmatch(path.rstrip("/"))
    return f"https://{host}/videos/embed/{found[1]}?autoplay=1" if found and host else ""
