"""Pages of X in the web archive: kept as the archive shows them, like a page that somebody saved."""

import re

from homespun.http import Door
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import Found
from homespun.networks.said import said as _
from homespun.networks.web.asking import ask
from homespun.networks.x import saved

ADDRESS = re.compile(
    r"https?://web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/", re.IGNORECASE
)


def is_archived(url: str) -> bool:
    return ADDRESS.match(url) is not None


def find(door: Door, url: str) -> Found:
    """The post that the address is of first, then what else the page shows. Raises `NetworkError`."""
    posts = saved.posts_in(ask(door, url).body).posts
    if not posts:
        raise NetworkError(_("The web archive has that page, and no post of X that could be read on it."))
    number = url.rstrip("/").rpartition("/")[2].partition("?")[0]
    first = [post for post in posts if post.uri.endswith(f"/{number}")]
    return Found("thread", tuple(dict.fromkeys([*first, *posts])), server="web.archive.org")
