"""The words of a tweet as people read them: links written out, pictures' own links dropped, escapes undone."""

import html
import re

from homespun.networks.x.shapes import Medium, Tweet

LEADING = re.compile(r"(?:@\w+\s+)+")
CUT_LINK = re.compile(r"\s*(?:https?(?::(?:/(?:/(?:t(?:\.(?:c(?:o(?:/\w*)?)?)?)?)?)?)?)?)?(?:…|\.\.\.)$")

REPOST = re.compile(r"RT @\w{1,20}:? ?")


def reply_start(text: str) -> int:
    """Return how many characters at the beginning of a reply only name whom it answers, which X does not show; 0 where nothing follows."""
    match = LEADING.match(text)
    return match.end() if match and match.end() < len(text) else 0


def repost_start(text: str) -> int:
    """Return how many characters at the beginning of a repost only name whose words follow."""
    match = REPOST.match(text)
    return match.end() if match else 0


def words(tweet: Tweet, text: str, media: list[Medium], dropped: str = "") -> str:
    """Return the text with each t.co written out, but for the link `dropped`.

    Indices of entities are code points of the raw, still escaped text, and in old exports they do not hold what they say; so links
    are looked for, longest first, and what is between them is unescaped.
    """
    if "\0" in text:
        text = text.replace("\0", "")  # which neither a page nor a feed can show
    links = links_of(tweet, media) if media or "t.co" in text else None
    if links:
        if dropped:
            links = {short: "" if expanded == dropped else expanded for short, expanded in links.items()}
        return written_out(text, links).strip()
    return html.unescape(text) if "&" in text else text


def cut_words(tweet: Tweet, text: str, media: list[Medium]) -> str:
    """The same of a text that was cut at its end: links that were cut off, or in the middle, follow it."""
    links = links_of(tweet, media)
    lost = {short: expanded for short, expanded in links.items() if short not in text}
    cut = CUT_LINK.search(text) if lost else None
    if cut is None:
        return words(tweet, text, media)
    kept = words(tweet, text[: cut.start()], media)
    return " ".join([f"{kept}…", *(expanded for expanded in lost.values() if expanded)])


def with_leading_names(text: str, cut: str) -> str:
    """The whole text behind the names that only the cut one begins with: a note leaves out whom it answers."""
    match = LEADING.match(cut)
    names = re.split(r"(?<=\s)(?=@)", match[0]) if match else []
    for start in range(len(names) + 1):
        own = "".join(names[start:])
        if text.startswith(own.rstrip()) and (not own or text[len(own.rstrip()) :][:1].isspace()):
            return "".join(names[:start]) + text
    return text


def links_of(tweet: Tweet, media: list[Medium]) -> dict[str, str]:
    """Short links and what they stand for; a picture's own is nothing."""
    entities = tweet.entities
    links = {each.url: each.expanded_url or each.url for each in (entities and entities.urls) or () if each.url}
    for pictures in (media, (entities and entities.media) or ()):
        for each in pictures:
            if each.url:
                links[each.url] = ""
    return links


def written_out(text: str, links: dict[str, str]) -> str:
    """Longest first, so that no link is taken for the beginning of another."""
    if len(links) == 1 and "&" not in text:
        [(short, link)] = links.items()
        return text.replace(short, link)
    pieces = [(text, False)]
    for short in sorted(links, key=len, reverse=True):
        if short not in text:
            continue
        cut: list[tuple[str, bool]] = []
        for piece, done in pieces:
            if done or short not in piece:
                cut.append((piece, done))
                continue
            first, *rest = piece.split(short)
            cut.append((first, False))
            for each in rest:
                cut += [(links[short], True), (each, False)]
        pieces = cut
    return "".join([piece if done or "&" not in piece else html.unescape(piece) for piece, done in pieces])
