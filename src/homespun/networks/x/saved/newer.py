"""Pages as X has made them since 2020: an `article` for each post, and for a while schema.org's own words beside it.

Where those words are (`SocialMediaPosting`), they tell the id, the time, the author and what is answered. Where they are not, the link of
the time tells the id, and a page about one post shows what it answers above it.
"""

from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from homespun.networks.x.identity import whole
from homespun.networks.x.saved.shown import Record, Shown, answering, photos, record, status, unarchived

MOST = 20_000  # posts of one page
POSTING = "descendant-or-self::*[contains(@itemtype, 'schema.org/SocialMediaPosting')]"
ARTICLE = "//article[@data-testid='tweet'][not(ancestor::*[contains(@itemtype, 'schema.org/SocialMediaPosting')])]"


def shown(page: HtmlElement) -> Shown:
    postings = [record for each in page.xpath(POSTING)[:MOST] if (record := of_posting(each))]
    users = {each["id_str"]: each["user"] for each in postings}
    for each in postings:
        parent = str(each.get("in_reply_to_status_id_str"))
        each.update(answering(parent, users[parent]) if parent in users else {})
    return Shown([*postings, *articles(page)])


def of_posting(posting: HtmlElement) -> Record | None:
    told = metas(posting)
    number, handle = status(told.get("url"))
    number = told.get("identifier") or number
    if not whole(number):
        return None
    parent, answered = status(told.get("isPartOf"))
    return record(
        number,
        words_of(posting, POSTING),
        person(posting, handle),
        created_at=told.get("datePublished") or told.get("dateCreated"),
        extended_entities=photos(pictures(posting)),
        reply_count=told.get("commentCount"),
        **(answering(parent, {"screen_name": answered}) if parent and parent != number else {}),
    )


def metas(element: HtmlElement) -> dict[str, str]:
    """What stands in the element's own words, not in those of another inside it."""
    return {each.get("itemprop"): each.get("content", "").strip() for each in element.xpath("./meta[@itemprop]")}


def person(posting: HtmlElement, handle: str) -> Record:
    author = next(iter(posting.xpath("./*[@itemprop='author']")), None)
    told = metas(author) if author is not None else {}
    face = next((each for each in posting.xpath(".//img/@src") if "/profile_images/" in each), "")
    number = told.get("identifier", "") if whole(told.get("identifier")) else ""
    found = {"id_str": number, "screen_name": told.get("additionalName") or handle, "name": told.get("givenName")}
    return {name: value for name, value in (found | {"profile_image_url_https": unarchived(face)}).items() if value}


def words_of(post: HtmlElement, own: str = "") -> HtmlElement | None:
    """The words of a post and not those of one that it quotes, which lies in a box that is a link, or is a posting of its own."""
    found: list[HtmlElement] = post.xpath(".//*[@data-testid='tweetText']")
    for each in found:
        above = list(each.iterancestors())
        between = above[: above.index(post)]
        if not any(is_box(box) or (own and "SocialMediaPosting" in box.get("itemtype", "")) for box in between):
            return each
    return None


def is_box(element: HtmlElement) -> bool:
    return element.tag == "div" and element.get("role") == "link"


def pictures(post: HtmlElement) -> Iterator[tuple[str, str, str]]:
    for each in post.xpath(".//img[@src]"):
        source = each.get("data-savepage-src") or each.get("src")
        if "twimg.com/media/" in source and not any(map(is_box, each.iterancestors())):
            yield "photo", whole_picture(source), each.get("alt", "") if each.get("alt") not in ("Image", "Bild") else ""
    for each in post.xpath(".//video[@poster]"):
        yield "video", each.get("poster"), ""


def whole_picture(source: str) -> str:
    """`…/media/NAME?format=jpg&name=small` as archives write it: `…/media/NAME.jpg`."""
    base, _mark, query = source.partition("?")
    kind = dict(part.partition("=")[::2] for part in query.split("&")).get("format")
    return f"{base}.{kind}" if kind and kind.isalnum() and not base.endswith(f".{kind}") else base


def articles(page: HtmlElement) -> Iterator[Record]:
    """Posts of a page without schema.org's words. Those above the one that the page is about answer each other, and it answers the last."""
    about = next(
        (number for url in page.xpath("//link[@rel='canonical']/@href|//meta[@property='og:url']/@content") if (number := status(url)[0])),
        "",
    )
    above: Record | None = None
    is_above = bool(about)
    for each in page.xpath(ARTICLE)[:MOST]:
        found = of_article(each)
        if found is None:
            above = None  # something that was taken down, or an advertisement
            continue
        parent: dict[str, Any] = answering(above["id_str"], above["user"]) if is_above and above else {}
        is_above = is_above and found["id_str"] != about
        above = found
        yield found | parent


def of_article(article: HtmlElement) -> Record | None:
    when = next((each for each in article.xpath(".//a[@href][.//time]") if not any(map(is_box, each.iterancestors()))), None)
    number, handle = status(when.get("href")) if when is not None else ("", "")
    if not number or not handle:
        return None
    names = article.xpath(".//*[@data-testid='User-Name' or @data-testid='User-Names']")
    name = str(names[0].text_content()).partition(f"@{handle}")[0].strip() if names else ""
    face = next((each for each in article.xpath(".//img/@src") if "/profile_images/" in each), "")
    user = {"screen_name": handle, "name": name, "profile_image_url_https": unarchived(face)}
    return record(
        number,
        words_of(article),
        {key: value for key, value in user.items() if value},
        created_at=next(iter(article.xpath(".//time/@datetime")), None),
        extended_entities=photos(pictures(article)),
    )
