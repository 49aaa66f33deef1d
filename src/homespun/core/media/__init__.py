"""Files kept by content: taken in after a look at what they are, and shown outside as copies that say nothing of their own."""

from homespun.core.media.copies import WIDTHS, public_copy, public_name
from homespun.core.media.films import film_copy, film_name
from homespun.core.media.keeping import Refused, keep, path_of
from homespun.core.media.kinds import PICTURES, content_type_of
from homespun.core.media.sharing import is_public, share

__all__ = [
    "PICTURES",
    "WIDTHS",
    "Refused",
    "content_type_of",
    "film_copy",
    "film_name",
    "is_public",
    "keep",
    "path_of",
    "public_copy",
    "public_name",
    "share",
]
