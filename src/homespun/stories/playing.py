"""Films and sounds of quoted posts that play in place, from this site itself. None of them is loaded before a visitor asks for it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext

from homespun.stories.edition import Entry

SOUNDS = (".mp3", ".m4a")


def public_film(name: str) -> str:
    """The address of a film's copy for visitors."""
    return f"/films/{name}"


@dataclass(frozen=True)
class Playing:
    """A film or sound with its address; `loops` is one without sound that stands for a moving picture."""

    src: str
    alt: str
    width: int
    height: int
    loops: bool
    is_sound: bool


def playing(entry: Entry, address: Callable[[str], str]) -> list[Playing]:
    return [
        Playing(
            src=address(picture.film),
            alt=picture.alt or (gettext("A sound that nobody has described") if sounds else gettext("A film that nobody has described")),
            width=picture.width,
            height=picture.height,
            loops=picture.kind == "gif",
            is_sound=sounds,
        )
        for picture in entry.media
        if picture.film
        for sounds in [picture.film.endswith(SOUNDS)]
    ]
