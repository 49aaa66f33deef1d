"""What a network said, in the language of whoever reads it."""

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext

from homespun.networks import Said


def worded(said: Said) -> str:
    if not said.sentence:
        return ""  # of which a catalogue would make its own description
    words = gettext(said.sentence)
    return words % said.values if said.values else words


def lacking_said(why: Mapping[str, int], unseen: int) -> str:
    """What a conversation lacks: "2 replies still missing, one post was deleted"; "" where nothing is known of, which is not whole."""
    absent = why.get("missing", 0) + why.get("unreachable", 0)
    said = [
        (absent, ngettext("%(n)s post still missing", "%(n)s posts still missing", absent)),
        (unseen, ngettext("%(n)s reply counted and never shown", "%(n)s replies counted and never shown", unseen)),
        (why.get("gone", 0), ngettext("%(n)s post was deleted", "%(n)s posts were deleted", why.get("gone", 0))),
        (
            why.get("blocked", 0),
            ngettext("%(n)s post by an author who has blocked us", "%(n)s posts by authors who have blocked us", why.get("blocked", 0)),
        ),
        (why.get("hidden", 0), ngettext("%(n)s post is shown to some only", "%(n)s posts are shown to some only", why.get("hidden", 0))),
        (
            why.get("left out", 0),
            ngettext(
                "%(n)s post by an author who wishes to be left out",
                "%(n)s posts by authors who wish to be left out",
                why.get("left out", 0),
            ),
        ),
    ]
    return ", ".join(words % {"n": number} for number, words in said if number)
