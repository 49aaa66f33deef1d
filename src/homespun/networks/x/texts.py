"""The words of a tweet as people read them: links written out, pictures' own links dropped, escapes undone."""

import html

from homespun.networks.x.shapes import Medium, Tweet


def words(tweet: Tweet, text: str, media: list[Medium]) -> str:
    """The text with each t.co written out.

    Indices of entities are code points of the raw, still escaped text, and in old exports they do not hold what they say; so links
    are looked for, longest first, and what is between them is unescaped.
    """
    if "\0" in text:
        text = text.replace("\0", "")  # which neither a page nor a feed can show
    links = links_of(tweet, media) if media or "t.co" in text else None
    if links:
        return written_out(text, links).strip()
    return html.unescape(text) if "&" in text else text


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
