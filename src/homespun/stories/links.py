"""What a pasted address is: title and still of a page or a film, fetched through the one door while somebody waits.

Nothing here fails: an address that does not answer in time is kept as it is, without a title, and the link says why.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import quote, urljoin, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from homespun.core.door import door
from homespun.core.models import MediaFile
from homespun.http import NetworkError
from homespun.stories.actions.writing import is_web_address
from homespun.stories.films import film
from homespun.stories.models import Item
from homespun.stories.uploads import keep_picture

PAGE_SECONDS = 4.0
STILL_SECONDS = 4.0
PAGE_BYTES = 2 * 1024 * 1024
STILL_BYTES = 10 * 1024 * 1024
OEMBED = {
    "youtube.com": "https://www.youtube.com/oembed?format=json&url={url}",
    "youtu.be": "https://www.youtube.com/oembed?format=json&url={url}",
    "vimeo.com": "https://vimeo.com/api/oembed.json?url={url}",
}


@dataclass(frozen=True)
class Link:
    kind: str  # link or video
    url: str
    title: str
    still: MediaFile | None = None
    trouble: str = ""  # why there is no title, in a sentence


def read_link(url: str, *, now: datetime) -> Link:
    """Ask the page what it is called and shows. Raises ValidationError where this is no address at all."""
    address = _whole(url)
    told = _tell(address)
    kind = Item.Kind.VIDEO if film(address).frame or told.is_film else Item.Kind.LINK
    title = " ".join(told.title.split())[:500]
    return Link(kind.value, address, title, _still(told.still, now), told.trouble or ("" if title else _nameless()))


def _whole(url: str) -> str:
    typed = url.strip()
    address = typed if "://" in typed else f"https://{typed}"
    if not is_web_address(address) or "." not in (urlsplit(address).hostname or ""):
        raise ValidationError(gettext("This is not an address on the web."))
    return address


@dataclass(frozen=True)
class Told:
    """What a page says of itself."""

    title: str = ""
    still: str = ""
    is_film: bool = False
    trouble: str = ""


def _tell(address: str) -> Told:
    host = (urlsplit(address).hostname or "").removeprefix("www.").removeprefix("m.")
    if host in OEMBED:
        return _oembed(OEMBED[host].format(url=quote(address, safe="")))
    try:
        answer = door().fetch(address, accept=["text/html", "application/xhtml+xml"], cap_bytes=PAGE_BYTES, deadline=PAGE_SECONDS)
        return read_page(answer.text, base=answer.url)
    except NetworkError as error:
        return Told(trouble=error.sentence)


def _oembed(address: str) -> Told:
    try:
        answer = door().fetch(address, accept=["application/json"], cap_bytes=PAGE_BYTES, deadline=PAGE_SECONDS)
        said = json.loads(answer.body)
    except NetworkError as error:
        return Told(trouble=error.sentence)
    except (ValueError, RecursionError):
        return Told()
    return Told(str(said.get("title", "")), str(said.get("thumbnail_url", "")), True) if isinstance(said, dict) else Told()


def _nameless() -> str:
    return gettext("The page does not say what it is called.")


def read_page(html: str, *, base: str) -> Told:
    """Title and picture as Open Graph, else Twitter cards, else the page's own title say them."""
    page = _Head()
    page.feed(html[:500_000])
    meta = page.meta
    title = meta.get("og:title") or meta.get("twitter:title") or "".join(page.title)
    picture = meta.get("og:image:secure_url") or meta.get("og:image") or meta.get("twitter:image") or ""
    return Told(title, urljoin(base, picture) if picture else "", meta.get("og:type", "").startswith("video"))


@dataclass
class _Head(HTMLParser):
    """Collects the title and the first value of each meta tag."""

    meta: dict[str, str] = field(default_factory=dict)
    title: list[str] = field(default_factory=list)
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.inside = tag == "title" and not self.title
        if tag == "meta":
            self.meta.setdefault((said.get("property") or said.get("name") or "").lower(), said.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.title.append(data)


def _still(address: str, now: datetime) -> MediaFile | None:
    if not is_web_address(address):
        return None
    try:
        answer = door().fetch(address, accept=["image/*"], cap_bytes=STILL_BYTES, deadline=STILL_SECONDS)
        return keep_picture(BytesIO(answer.body), now=now)
    except (NetworkError, ValidationError):
        return None
