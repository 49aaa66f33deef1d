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
    """What a conversation lacks: "2 posts missing, 1 post was deleted"; "" where nothing is known of, which is not whole."""
    absent = why.get("missing", 0) + why.get("unreachable", 0)
    said = [
        (absent, ngettext("%(n)s post missing", "%(n)s posts missing", absent)),
        (unseen, ngettext("%(n)s reply counted but not shown", "%(n)s replies counted but not shown", unseen)),
        (why.get("gone", 0), ngettext("%(n)s post was deleted", "%(n)s posts were deleted", why.get("gone", 0))),
        (
            why.get("blocked", 0),
            ngettext("%(n)s post by an author who blocked you", "%(n)s posts by authors who blocked you", why.get("blocked", 0)),
        ),
        (why.get("hidden", 0), ngettext("%(n)s post isn’t public", "%(n)s posts aren’t public", why.get("hidden", 0))),
        (
            why.get("left out", 0),
            ngettext(
                "%(n)s post is from an account that isn’t collected",
                "%(n)s posts are from accounts that aren’t collected",
                why.get("left out", 0),
            ),
        ),
        (
            why.get("paused", 0),
            ngettext(
                "%(n)s post is paused by an opt-out request that isn’t verified",
                "%(n)s posts are paused by opt-out requests that aren’t verified",
                why.get("paused", 0),
            ),
        ),
    ]
    return ", ".join(words % {"n": number} for number, words in said if number)
