"""Asking sites, through the one door, and only for what their robots.txt allows."""

from urllib.parse import urlsplit

from homespun import http
from homespun.http import Answer, Door
from homespun.networks.errors import NetworkError
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.web.feeds import TYPES
from homespun.networks.web.shut import refusal

CAP = 8 << 20
DEADLINE = 25.0
ACCEPTED = ("text/html", "application/xhtml+xml", *TYPES, "text/plain")
INVITING = {"www.youtube.com": "/feeds/videos.xml"}  # made to be subscribed to, whatever robots.txt says


class Unanswered(NetworkError):
    """A site did not give what was asked for. `status` is what it said, 0 where it said nothing."""

    def __init__(self, said: Said, *, permanent: bool, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(said, permanent=permanent)
        self.status, self.retry_after = status, retry_after


class Forbidden(NetworkError):
    """Its robots.txt says no."""


def ask(door: Door, url: str, *, etag: str = "", modified: str = "", invited: bool = False) -> Answer:
    """What is at an address; `invited` where a page of the site offers it to whoever wants to follow it. Raises `NetworkError`."""
    if said := refusal(url):
        raise NetworkError(said)
    try:
        if not invited and not is_inviting(url) and not door.may_visit(url):
            raise Forbidden(_("%(host)s asks programs not to fetch that (in its robots.txt).", host=urlsplit(url).netloc))
        return door.fetch(url, accept=ACCEPTED, cap_bytes=CAP, deadline=DEADLINE, etag=etag, last_modified=modified)
    except http.NetworkError as error:
        raise Unanswered(why(error, url), permanent=error.permanent, status=error.status, retry_after=error.retry_after) from error


def why(error: http.NetworkError, url: str) -> Said:
    if error.status == 410:
        return _("%(host)s says that this is gone for good.", host=urlsplit(url).netloc)
    return Said(error.sentence)


def is_inviting(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.path) and INVITING.get(parts.netloc) == parts.path
