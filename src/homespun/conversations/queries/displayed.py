"""The words of a post as pages and exports show them.

A reply goes without the names at its beginning that its network hides, and a repost with the whole original where that is held. What is
stored, and what a search looks through, stays whole.
"""

from dataclasses import dataclass
from html import escape

from homespun.networks import known


@dataclass(frozen=True, slots=True)
class Original:
    """What a repost reposts."""

    text: str
    html: str = ""
    handle: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Displayed:
    """`html` is as its network wrote it, not cleaned; "" where the text is all there is."""

    text: str
    html: str = ""
    answered: tuple[str, ...] = ()  # the names that are not shown: @maplehall
    is_cut: bool = False  # the source has no more of it, and no other source has


def displayed(
    network: str, text: str, html: str = "", *, is_reply: bool = False, is_cut: bool = False, original: Original | None = None
) -> Displayed:
    """Return the words to show."""
    if original and not original.is_cut and (original.text or original.html):
        return _reposted(network, text, original)
    start = known.reply_start(network, text) if is_reply and not html else 0
    return Displayed(text[start:], html, tuple(text[:start].split()), is_cut)


def _reposted(network: str, text: str, original: Original) -> Displayed:
    lead = text[: known.repost_start(network, text)] or (f"RT @{original.handle}: " if original.handle else "")
    html = f"<p>{escape(lead.strip())}</p>{original.html}" if original.html and lead else original.html
    return Displayed(lead + original.text, html)
