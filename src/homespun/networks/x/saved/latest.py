"""Pages as X makes them now: an `article` for each post, and nothing said to machines. The link of the time tells the id.

A page about one post shows what it answers above it, each answering the one above. Below stand its answers, and below an answer, joined
to it by a line, what answers that. A heading ends them: what follows is recommended.
"""

from collections.abc import Iterator

import msgspec
from lxml.html import HtmlElement

from homespun.networks.said import said as _
from homespun.networks.x.saved.newer import is_box, pictures, words_of
from homespun.networks.x.saved.shown import Record, Shown, answering, photos, record, status, unarchived

MOST = 20_000  # posts of one page
PLACES = (
    "//article[@data-testid='tweet'][not(ancestor::*[contains(@itemtype, 'schema.org/SocialMediaPosting')])]"
    "|//*[@data-testid='cellInnerDiv']//*[@role='heading'][not(ancestor::article)]"
)
LINE = ".//*[contains(@class, 'r-m5arl1') and contains(@class, 'r-16y2uox')]"  # two pixels wide, from a face down to the next


class Above(msgspec.Struct):
    """The post before, while one goes down a page."""

    post: Record | None = None
    goes_on: bool = False  # a line leads on from it


def shown(page: HtmlElement) -> Shown:
    cut = len(page.xpath("//*[@data-testid='tweet-text-show-more-link']"))
    gaps = [_("%(n)s of its posts are cut short. Open them before it is saved.", n=cut)] if cut else []
    return Shown(list(articles(page)), gaps)


def articles(page: HtmlElement) -> Iterator[Record]:
    about, main, above, recommended = subject(page), None, Above(), False
    for each in page.xpath(PLACES)[:MOST]:
        if each.tag != "article":
            recommended = recommended or main is not None
            continue
        found = of_article(each)
        if found is None:  # something that was taken down, or an advertisement
            above = Above()
            continue
        parent = None if recommended else parent_of(above, main, is_about=bool(about))
        yield found | answered(found, parent)
        above = Above(found, bool(each.xpath(LINE)))
        main = found if found["id_str"] == about else main


def subject(page: HtmlElement) -> str:
    """The post that the page is about; "" for a page of another kind."""
    said = page.xpath("//link[@rel='canonical']/@href|//meta[@property='og:url']/@content")
    return next((number for url in said if (number := status(url)[0])), "")


def parent_of(above: Above, main: Record | None, *, is_about: bool) -> Record | None:
    if main is None:
        return above.post if is_about else None
    return above.post if above.goes_on else main


def answered(post: Record, parent: Record | None) -> Record:
    """Nothing answers what was written after it."""
    if parent is None or int(parent["id_str"]) >= int(post["id_str"]):
        return {}
    return answering(parent["id_str"], parent["user"])


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
