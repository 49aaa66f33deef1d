"""What can be done with a post, on its card."""

from datetime import datetime

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from homespun.conversations.models import Outgoing
from homespun.conversations.queries import Card
from homespun.conversations.templatetags.conversations import called
from homespun.conversations.views.hand import Acts, Hand, Sending, at_the_clock

register = template.Library()
A_POST, A_NAME = 7_000_000_000_000_000_077, "\ue000"  # no post has this key, nobody this name


@register.filter
def acts(hand: Hand | None, card: Card) -> Acts:
    return hand.of(card) if hand else Acts(card)


@register.simple_tag(takes_context=True)
def acts_of(context: template.Context, hand: Hand | None, acts: Acts) -> SafeString:
    """What is offered under a post. Drawn once for each kind of post on a page, and its key and name put in: there may be a hundred."""
    if not hand or not acts.is_any:
        return mark_safe("")
    if acts.kind not in hand.drawn:
        assert context.template
        drawing = context.template.engine.get_template("conversations/writing/acts.html")
        with context.push(acts=acts, post=A_POST, name=A_NAME):
            hand.drawn[acts.kind] = drawing.render(context)
    drawn = hand.drawn[acts.kind].replace(str(A_POST), str(acts.card.id))
    return mark_safe(drawn.replace(A_NAME, escape(called(acts.card.author))))


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
