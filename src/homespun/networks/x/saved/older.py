"""Pages as X made them until 2020: `data-tweet-id` on each post, and what answers what told by where it stands.

`data-conversation-id` is the root and not what is answered. Above the post that the page is about stand those before it, each answering
the one above; below it groups of answers, in which each answers the one before. Where the page offers more replies, some are left out.
"""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from homespun.networks import tolerant
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.x.identity import whole
from homespun.networks.x.saved.shown import Record, Shown, answering, moment, photos, record

MOST = 20_000  # posts of one page
POSTS_AND_GAPS = ".//*[@data-tweet-id or contains(concat(' ', @class, ' '), ' ThreadedConversation-moreReplies ')]"
GROUP = "ancestor::li[contains(concat(' ', @class, ' '), ' ThreadedConversation ')][1]"
STILL = re.compile(r"url\(['\"]?([^'\")]+)")


def shown(page: HtmlElement) -> Shown:
    posts = [each for each in page.xpath("//*[@data-tweet-id]") if whole(each.get("data-tweet-id"))][:MOST]
    parents = {child.get("data-tweet-id"): parent for child, parent in placed(page)}
    return Shown([of_post(each, parents.get(each.get("data-tweet-id"))) for each in posts], list(gaps(page)))


def placed(page: HtmlElement) -> Iterator[tuple[HtmlElement, HtmlElement]]:
    """Posts and what each answers, as far as where they stand tells it."""
    main = next(iter(page.xpath("//*[@data-tweet-id and contains(concat(' ', @class, ' '), ' permalink-tweet ')]")), None)
    if main is None:
        return
    above = [each for place in page.xpath("//*[contains(@class, 'permalink-in-reply-tos')]") for each in place.xpath(POSTS_AND_GAPS)]
    yield from chained([*above, main])
    groups: dict[HtmlElement, list[HtmlElement]] = {}
    for place in page.xpath("//*[contains(@class, 'permalink-replies')]"):
        for each in place.xpath(POSTS_AND_GAPS):
            group = each.xpath(GROUP)
            groups.setdefault(group[0] if group else each, [main]).append(each)
    for group in groups.values():
        yield from chained(group)


def chained(posts: Iterable[HtmlElement]) -> Iterator[tuple[HtmlElement, HtmlElement]]:
    before = None
    for each in posts:
        if not each.get("data-tweet-id"):
            before = None
            continue
        if before is not None and each.get("data-has-parent-tweet") == "true" and may_answer(each, before):
            yield each, before
        before = each


def may_answer(post: HtmlElement, before: HtmlElement) -> bool:
    """Whether whoever wrote the one is among those whom the other says that it answers; yes where it says nothing."""
    told = tolerant.loosely(post.get("data-reply-to-users-json", "").encode())
    answered = {str(each.get("id_str")) for each in told if isinstance(each, dict)} if isinstance(told, list) else set()
    return not answered or before.get("data-user-id") in answered


def of_post(post: HtmlElement, parent: HtmlElement | None) -> Record:
    quotes = post.xpath(".//*[contains(@class, 'QuoteTweet-innerContainer') and @data-item-id]")
    words = [each for each in post.xpath(".//*[contains(@class, 'tweet-text')]") if not is_quoted(each)]
    answered = answering(parent.get("data-tweet-id", ""), user(parent)) if parent is not None else {}
    return record(
        post.get("data-tweet-id", ""),
        next(iter(words), None),
        user(post),
        created_at=moment(next(iter(post.xpath(".//@data-time-ms")), None)),
        extended_entities=photos(pictures(post)),
        quoted_status=quoted(quotes[0]) if quotes else None,
        quoted_status_id_str=quotes[0].get("data-item-id") if quotes else None,
        reply_count=next(iter(post.xpath(".//*[contains(@class, 'ProfileTweet-action--reply')]//@data-tweet-stat-count")), None),
        **answered,
    )


def is_quoted(element: HtmlElement) -> bool:
    return any("QuoteTweet" in above.get("class", "") for above in (element, *element.iterancestors()))


def user(post: HtmlElement) -> Record:
    faces = [each for each in post.xpath(".//img[contains(@class, 'avatar')]/@src") if "twimg.com/" in each]
    face = photos(iter([("photo", faces[0], "")]))["media"][0]["media_url_https"] if faces else ""
    told = {"id_str": post.get("data-user-id"), "screen_name": post.get("data-screen-name"), "name": post.get("data-name")}
    return {name: value for name, value in (told | {"profile_image_url_https": face}).items() if value}


def quoted(inside: HtmlElement) -> Record:
    """A post that another quotes: it has no time but that of its id, and perhaps not all of its words."""
    names = inside.xpath(".//*[contains(@class, 'QuoteTweet-fullname')]")
    who = user(inside) | ({"name": str(names[0].text_content()).strip()} if names else {})
    words = inside.xpath(".//*[contains(@class, 'QuoteTweet-text')]")
    return record(inside.get("data-item-id", ""), words[0] if words else None, who)


def pictures(post: HtmlElement) -> Iterator[tuple[str, str, str]]:
    for each in post.xpath(".//*[@data-image-url]"):
        if not is_quoted(each):
            yield "photo", each.get("data-image-url"), next(iter(each.xpath(".//img/@alt")), "")
    for each in post.xpath(".//*[contains(@class, 'PlayableMedia-player')]/@style"):
        if match := STILL.search(each):
            yield "video", match[1], ""


def gaps(page: HtmlElement) -> Iterator[Said]:
    for each in page.xpath("//*[contains(@class, 'ThreadedConversation-moreRepliesLink')]"):
        yield _("The page offers “%(more)s”, which it does not hold.", more=" ".join(str(each.text_content()).split())[:60])
    if page.xpath("//*[contains(@class, 'ThreadedConversation-showMoreThreads ') or @class='ThreadedConversation-showMoreThreads']"):
        yield _("The page offers more replies at its end, which it does not hold. Open them before it is saved.")
