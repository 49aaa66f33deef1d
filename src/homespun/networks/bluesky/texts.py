"""The words of a post with its links written out. Facets count bytes of UTF-8 (app.bsky.richtext.facet#byteSlice)."""

from collections.abc import Iterable

from homespun.networks.bluesky.shapes import External, Facet


def words(text: str, facets: Iterable[Facet], card: External | None) -> str:
    """Shortened links become whole ones, links behind other words follow them in brackets, a link card's comes last if it is not told."""
    text = with_links(text, facets)
    link = (card.uri or "") if card else ""
    if link and link not in text:
        text = f"{text}\n\n{link}" if text else link
    return text


def with_links(text: str, facets: Iterable[Facet]) -> str:
    links = [(facet.index.byteStart, facet.index.byteEnd, uri) for facet in facets if facet.index and (uri := link_of(facet))]
    if not links:
        return text
    raw, parts, at = text.encode("utf-8", "replace"), list[str](), 0
    for start, end, uri in sorted(links):
        if not at <= start < end <= len(raw):
            continue  # reaches into another one, or out of the text
        try:
            parts += [raw[at:start].decode(), written_out(raw[start:end].decode(), uri)]
        except UnicodeDecodeError:
            continue  # cuts a character
        at = end
    return "".join(parts) + raw[at:].decode("utf-8", "replace")


def link_of(facet: Facet) -> str:
    for each in facet.features or ():
        if each.uri:
            return each.uri
    return ""


def written_out(shown: str, uri: str) -> str:
    cut = shown.strip().removesuffix("…").removesuffix("...")
    bare = cut.removeprefix("https://").removeprefix("http://").rstrip("/")
    return uri if bare and bare in uri else f"{shown} ({uri})"
