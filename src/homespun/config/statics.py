"""How long browsers keep what does not come from a page."""

from collections.abc import MutableMapping

A_YEAR = "public, max-age=31536000, immutable"


def keep_fonts(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """Fonts do not change under their name; all else is asked for again after a minute."""
    if path.endswith(".woff2"):
        headers["Cache-Control"] = A_YEAR
