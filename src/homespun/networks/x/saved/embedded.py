"""Posts as other pages embed them: `<blockquote class="twitter-tweet">`, with the words, a name, and the address."""

import re
from contextlib import suppress
from datetime import datetime

from lxml.html import HtmlElement

from homespun.networks.x.identity import whole
from homespun.networks.x.saved.shown import Record, Shown, answering, record, status

MOST = 2_000
QUOTES = "descendant-or-self::blockquote[contains(@class, 'twitter-tweet') or contains(@class, 'twitter-video')]"
SIGNED = re.compile(r"[—–-]?\s*(.*?)\s*\(@(\w{1,20})\)\s*$", re.DOTALL)


def shown(page: HtmlElement) -> Shown:
    return Shown([found for each in page.xpath(QUOTES)[:MOST] if (found := of_quote(each))])


def of_quote(quote: HtmlElement) -> Record | None:
    """The last link beside the words is the post's own."""
    links = [each for each in quote.xpath("./a[@href]|./*[not(self::p)]//a[@href]") if status(each.get("href"))[0]]
    words = next(iter(quote.xpath("./p")), None)
    if not links or words is None:
        return None
    number, handle = status(links[-1].get("href"))
    match = SIGNED.search(signature(words, links[-1]))
    user = {"screen_name": match[2] if match else handle, "name": match[1] if match else ""}
    parent = quote.get("data-in-reply-to", "")
    if not user["screen_name"]:
        return None
    day = written(str(links[-1].text_content()))
    return record(number, words, user, created_at=day, **(answering(parent, {}) if whole(parent) else {}))


def signature(words: HtmlElement, link: HtmlElement) -> str:
    """What stands between the words and the address."""
    pieces = [words.tail or ""]
    for each in words.itersiblings():
        if each is link:
            break
        pieces += [str(each.text_content()), each.tail or ""]
    return "".join(pieces).strip()


def written(day: str) -> str | None:
    """“July 27, 2017”, which is all that is told of posts from before ids had times in them; None in other languages."""
    with suppress(ValueError):
        return datetime.strptime(day.strip(), "%B %d, %Y").strftime("%Y-%m-%dT00:00:00")
    return None
