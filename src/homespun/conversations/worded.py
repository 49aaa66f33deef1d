"""What a network said, in the language of whoever reads it."""

from django.utils.translation import gettext

from homespun.networks import Said


def worded(said: Said) -> str:
    if not said.sentence:
        return ""  # of which a catalogue would make its own description
    words = gettext(said.sentence)
    return words % said.values if said.values else words
