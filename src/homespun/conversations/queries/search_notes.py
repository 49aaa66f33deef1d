"""Sentences about a search: what of it was not understood, and what can't be found yet."""

from datetime import UTC, datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from homespun.conversations.queries.index import State
from homespun.conversations.queries.question import Question, Unclear


def notes(asked: Question, state: State) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(_unclear(*each) for each in asked.unclear), *_incomplete(state)]))


def _unclear(why: Unclear, what: str) -> str:
    if why is Unclear.OPERATOR:
        return _("Homespun doesn’t know the operator “%(name)s:”, so it searched for the words.") % {"name": what}
    if why is Unclear.DAY:
        return _("Homespun ignored “%(what)s”. Write a date as 2022-04-15.") % {"what": what}
    if why is Unclear.HAS:
        return _("Homespun ignored “has:%(what)s”. It knows has:picture and has:link.") % {"what": what}
    return _("Homespun used only the first words of this search. Try fewer words.")


def _incomplete(state: State) -> list[str]:
    if state.is_complete:
        return []
    reached = datetime.fromtimestamp(max(state.complete_from >> 22, 0) / 1000, UTC)
    day = formats.date_format(timezone.localtime(reached), "j F Y")
    return [_("Homespun is rebuilding the search index. Posts from before %(day)s can’t be found yet.") % {"day": day}]
