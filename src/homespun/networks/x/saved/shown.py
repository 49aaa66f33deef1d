"""What a page shows of a post, in the words of X's own interface: one record shape, so that one normaliser serves all."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from lxml import etree
from lxml.html import HtmlElement

from homespun.networks.said import Said
from homespun.networks.x.identity import whole
from homespun.networks.x.tweets import STATUS_LINK

Record = dict[str, Any]  # as interface 1.1 of X would have given it
ARCHIVED = re.compile(r"(?:https?://web\.archive\.org)?/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:)")
SHORT = re.compile(r"https?://t\.co/\w+$")
PICTURE = re.compile(r"\s*pic\.(?:twitter|x)\.com/")
ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[/:?#]\S*)?$")
EMOJI = re.compile(r"/emoji/|\bEmoji\b")


class Shown(msgspec.Struct):
    """What one page or capture shows: records, and what it says that it does not hold."""

    records: list[Record] = []
    gaps: list[Said] = []


def unarchived(url: str | None) -> str:
    """An address without the web archive's own before it."""
    return ARCHIVED.sub("", url or "").strip()


def status(url: str | None) -> tuple[str, str]:
    """Id and handle out of the address of a post; "" twice for any other, no handle where it names none."""
    address = unarchived(url)
    match = STATUS_LINK.match(f"https://x.com{address}" if address.startswith("/") else address)
    if match is None or not whole(match[1]):
        return "", ""
    handle = match[0].partition(".com/")[2].removeprefix("#!/").partition("/")[0]
    return match[1], "" if handle == "i" else handle


def moment(ms: str | None) -> str | None:
    """Milliseconds as a record writes a time; None where there are none."""
    number = whole(ms)
    return datetime.fromtimestamp(number / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") if number and number < 1 << 41 else None


def record(number: str, words: HtmlElement | None, user: Record, **more: Any) -> Record:
    """What is shown, as a record."""
    text, links = worded(words) if words is not None else ("", [])
    lang = words.get("lang") if words is not None else None
    told = {"id_str": number, "full_text": text, "lang": lang, "user": user, "entities": {"urls": links}}
    return told | {name: value for name, value in more.items() if value}


def answering(number: str, user: Record) -> Record:
    """What a record says of the post that it answers."""
    told = {
        "in_reply_to_status_id_str": number,
        "in_reply_to_user_id_str": user.get("id_str"),
        "in_reply_to_screen_name": user.get("screen_name"),
    }
    return {name: value for name, value in told.items() if value}


def worded(element: HtmlElement) -> tuple[str, list[Record]]:
    """The text of a post, escaped as records have it, with its short links, and what each of these stands for."""
    pieces: list[str] = []
    links: list[Record] = []
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, each in walk:
        if event == "start":
            if (link := link_of(each)) is not None:
                if link:
                    pieces.append(html.escape(link["url"], quote=False))
                    links.append(link)
                walk.skip_subtree()
            else:
                pieces.append(html.escape(own_words(each), quote=False))
        elif each is not element:
            pieces.append(html.escape(each.tail or "", quote=False))
    return "".join(pieces).replace("\u00a0", " ").strip(), links


def own_words(element: HtmlElement) -> str:
    """Of an element itself: an emoji is a picture with its sign beside it."""
    if element.tag == "br":
        return "\n"
    if element.tag == "img":
        return element.get("alt", "") if EMOJI.search(f"{element.get('src', '')} {element.get('class', '')}") else ""
    return element.text or ""


def link_of(element: HtmlElement) -> Record | None:
    """What a link out of X stands for; {} for one to the post's own picture; None for what is none, such as a mention."""
    expanded, href = element.get("data-expanded-url"), unarchived(element.get("href"))
    if element.tag != "a" and not expanded:
        return None
    shown = str(element.text_content()).strip()
    if "u-hidden" in element.get("class", "").split() or PICTURE.match(shown):
        return {}
    if expanded:
        return {"url": href if SHORT.match(href) else expanded, "expanded_url": unarchived(expanded)}
    if not SHORT.match(href):
        return None
    full = shown.rstrip("…").strip()
    return {"url": href, "expanded_url": full if full.startswith("http") else href if not ADDRESS.match(full) else f"https://{full}"}


def photos(urls: Iterator[tuple[str, str, str]]) -> Record:
    """Kind, address and description of each picture, as a record has them; {} for none."""
    found = {unarchived(url): (kind, alt) for kind, url, alt in urls if "twimg.com/" in url}
    return {"media": [{"type": kind, "media_url_https": url, "ext_alt_text": alt} for url, (kind, alt) in found.items()]} if found else {}
