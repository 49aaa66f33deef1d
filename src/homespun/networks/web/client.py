"""The web, asked: what is at an address, what a feed or a page says now, and posts that other posts answer."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.protocols import Absent, Around, Found, never
from homespun.networks.said import said as _
from homespun.networks.values import Account, Cursor, Page, Post
from homespun.networks.web import archived, feeds
from homespun.networks.web.addresses import home_of, host_of, is_same_site, tidy
from homespun.networks.web.asking import Forbidden, Unanswered
from homespun.networks.web.feeds import Feed
from homespun.networks.web.following import Seen, followed, look, post_of, posts_of, undated
from homespun.networks.web.records import NETWORK

if TYPE_CHECKING:
    from homespun.networks.live import Asking  # which knows all networks

ADDRESS = re.compile(r"(?:feed:)?(?:https?:)?//[^\s/]+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?$", re.IGNORECASE)
CHANNEL = re.compile(r"https?://(?:www\.|m\.)?youtube\.com/channel/(UC[\w-]{10,40})(?:/|$)")


class Client:
    """`finds`, `listens` and `completes`; nobody signs in. Asked last, as every address of the web is one of its own."""

    def __init__(self, asking: "Asking") -> None:
        self.door = asking.door

    def knows(self, address: str) -> bool:
        return ADDRESS.match(address.strip()) is not None and bool(whole(address))

    def find(self, address: str) -> Found:
        """A page, or a feed with all that it lists; of a page that is no post and offers a feed, the feed. Raises `NetworkError`."""
        url = whole(address)
        if not url:
            raise NetworkError(_("“%(address)s” is no address of a page.", address=address[:200]))
        if archived.is_archived(url):
            return archived.find(self.door, url)
        seen = look(self.door, url)
        if seen.page and not seen.page.article and seen.page.feeds and is_home(seen.url):
            seen = look(self.door, seen.page.feeds[0], invited=True)
        if seen.feed:
            return Found("feed", tuple(posts_of(seen.feed)), account_of(seen.feed), host_of(seen.url))
        post = page_of(seen, url)
        return Found("page", (post,), post.author, host_of(seen.url))

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        """The cursor is told of in `following`."""
        return followed(self.door, whole(address), cursor)

    def around(self, posts: Sequence[Post], *, named: Sequence[str] = (), is_over: Callable[[], bool] = never) -> Iterator[Around]:
        """No site says who answers its pages."""
        return iter(())

    def fetch(self, uris: Iterable[str]) -> Iterator[Around]:
        """Each page from its own site."""
        for uri in uris:
            yield self.fetched(uri)

    def fetched(self, uri: str) -> Around:
        host = host_of(uri)
        try:
            seen = look(self.door, feeds.OWN_NAME.sub("", uri))
            post = entry_of(seen.feed, uri) if seen.feed else page_of(seen, uri)
        except Forbidden:
            return Around(host, absent=(Absent(uri, "left out"),))
        except Unanswered as error:
            return Around(host, absent=(Absent(uri, "gone" if error.status in (404, 410) else "unreachable"),))
        except NetworkError:
            return Around(host, absent=(Absent(uri, "unreachable"),))
        return Around(host, (post,))


def whole(address: str) -> str:
    """The address as it is asked for; a feed reader's own way of writing one, and one without its beginning, too."""
    bare = re.sub(r"^feed:(?://)?", "", address.strip(), flags=re.IGNORECASE)
    url = tidy(bare if re.match(r"https?:", bare, re.IGNORECASE) else f"https://{bare.lstrip('/')}")
    channel = CHANNEL.match(url)  # whose page asks for consent first, in some countries
    return f"https://www.youtube.com/feeds/videos.xml?channel_id={channel[1]}" if channel else url


def is_home(url: str) -> bool:
    """Whether a page without a post of its own is where a site or somebody's part of it begins: its path has no more than two steps."""
    return len([step for step in url.split("/")[3:] if step]) <= 2


def entry_of(feed: Feed, uri: str) -> Post:
    """What a feed copies from elsewhere goes by the feed's own address. Raises `NetworkError`."""
    for post in posts_of(feed):
        if post.uri == uri:
            return post
    raise NetworkError(_("The feed no longer lists that."))


def page_of(seen: Seen, asked: str) -> Post:
    """Raises `NetworkError`."""
    if seen.page is None:
        raise NetworkError(_("What is there is a feed, and no page."))
    told = seen.page.record
    names = [*told.get("names", ()), asked] if is_same_site(asked, seen.url) else told.get("names", ())
    record = told | {"names": names, "published": told.get("published") or undated(seen.answer)}
    try:
        return post_of(record, 0)
    except Unusable as error:
        raise NetworkError(_("That page holds no words that could be kept.")) from error


def account_of(feed: Feed) -> Account:
    """Whom a feed is by: its site."""
    home = home_of(feed.home if is_same_site(feed.home, feed.url) else feed.url)
    return Account(home, host_of(home), feed.title[:500] or host_of(home), tidy(feed.photo, feed.url), network=NETWORK)
