"""Pages as X made them from 2022: schema.org's words (`SocialMediaPosting`) tell the id, the time, the author and what is answered."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from homespun.networks.x.identity import whole
from homespun.networks.x.saved.shown import Record, Shown, answering, photos, record, status, unarchived

MOST = 20_000  # posts of one page
POSTING = "descendant-or-self::*[contains(@itemtype, 'schema.org/SocialMediaPosting')]"


def shown(page: HtmlElement) -> Shown:
    postings = [record for each in page.xpath(POSTING)[:MOST] if (record := of_posting(each))]
    users = {each["id_str"]: each["user"] for each in postings}
    for each in postings:
        parent = str(each.get("in_reply_to_status_id_str"))
        each.update(answering(parent, users[parent]) if parent in users else {})
    return Shown(postings)


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
