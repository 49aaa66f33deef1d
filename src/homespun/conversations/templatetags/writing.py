"""What can be done with a post, on its card."""

from django import template
from django.utils.translation import gettext as _

from homespun.conversations.models import Outgoing
from homespun.conversations.queries import Card
from homespun.conversations.views.hand import Acts, Hand

register = template.Library()


@register.filter
def acts(hand: Hand | None, card: Card) -> Acts:
    return hand.of(card) if hand else Acts(card)


@register.filter
def deed(row: Outgoing) -> str:
    """What is on its way."""
    said = {
        Outgoing.Verb.EDIT: _("An edit"),
        Outgoing.Verb.DELETE: _("A deletion"),
        Outgoing.Verb.REPOST: _("A repost"),
        Outgoing.Verb.LIKE: _("A like"),
    }
    return said.get(Outgoing.Verb(row.verb), "") or (_("An answer") if row.target else _("A post"))
