"""The words of a tweet as people read them: links written out, pictures' own links dropped, escapes undone."""

import html
from typing import Any

Raw = dict[str, Any]


def words(raw: Raw, text: str, media: list[Raw]) -> str:
    """The text with each t.co written out.

    Indices of entities are code points of the raw, still escaped text, so it is cut first and unescaped after; where an index does
    not hold what it says (old exports), the link is looked for instead.
    """
    if "\0" in text:
        text = text.replace("\0", "")  # which neither a page nor a feed can show
    if not media and "t.co" not in text:
        return html.unescape(text) if "&" in text else text
    links = {each["url"]: str(each.get("expanded_url") or each["url"]) for each in _entities(raw, "urls") if _is_word(each.get("url"))}
    links |= {each["url"]: "" for each in media if _is_word(each.get("url"))}
    links |= {each["url"]: "" for each in _entities(raw, "media") if _is_word(each.get("url"))}
    if not links:
        return html.unescape(text) if "&" in text else text
    return _written_out(text, links).strip()


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _entities(raw: Raw, kind: str) -> list[Raw]:
    entities = raw.get("entities")
    found = entities.get(kind) if isinstance(entities, dict) else None
    return [entity for entity in found if isinstance(entity, dict)] if isinstance(found, list) else []


def _written_out(text: str, links: dict[str, str]) -> str:
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
    return "".join(piece if done else html.unescape(piece) for piece, done in pieces)
