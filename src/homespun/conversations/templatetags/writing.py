"""What can be done with a post, on its card."""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from homespun.conversations.models import Outgoing
from homespun.conversations.queries import Card
from homespun.conversations.templatetags.conversations import called
from homespun.conversations.views.hand import Acts, Hand, Sending, at_the_clock

register = template.Library()


@register.filter
def acts(hand: Hand | None, card: Card) -> Acts:
    return hand.of(card) if hand else Acts(card)


@register.filter
def at_clock(moment: datetime) -> str:
    return at_the_clock(moment)


@register.filter
def deed(sending: Sending) -> str:
    """What is on its way."""
    row, name = sending.row, called(sending.about.author) if sending.about else ""
    said = {
        Outgoing.Verb.EDIT: _("An edit"),
        Outgoing.Verb.DELETE: _("A deletion"),
        Outgoing.Verb.REPOST: _("A repost"),
        Outgoing.Verb.LIKE: _("A like"),
        Outgoing.Verb.UNREPOST: _("The end of a repost"),
        Outgoing.Verb.UNLIKE: _("The end of a like"),
    }
    if row.verb == Outgoing.Verb.POST and row.target and name:
        return _("An answer to %(name)s") % {"name": name}
    return said.get(Outgoing.Verb(row.verb), "") or (_("An answer") if row.target else _("A post"))
