"""How posts and conversations are put into words."""

import re
from datetime import datetime
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homespun.conversations.models import Post, State
from homespun.conversations.queries import Card
from homespun.conversations.queries.talks import bare, shown_words
from homespun.conversations.views.drawn import DrawnGhost
from homespun.core import dates
from homespun.core.html import clean
from homespun.networks.values import Place, Visibility

register = template.Library()

LINK = re.compile(r"(?P<url>https?://[^\s<>\"]+)|(?<![\w/@.])@(?P<who>\w[\w.-]*(?:@[\w.-]+\w)?)|(?<![\w/&])[#＃](?P<tag>\w*[^\W\d]\w*)")
TAIL = ".,;:!?)]}'\"…»”’"
A_WEEK = 7  # days that are said by their names, with the clock
LONG = 60  # characters of an address that are shown
SMALL = [
    gettext_lazy(word) for word in ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
]

PLACES = {
    Place.OWN: gettext_lazy("author’s own record"),
    Place.SERVER: gettext_lazy("author’s server"),
    Place.NOTE: gettext_lazy("long post"),
    Place.COMMUNITY: gettext_lazy("community post"),
    Place.CIRCLE: gettext_lazy("X Circle post"),
    Place.DELETED: gettext_lazy("deleted post"),
    Place.COPY: gettext_lazy("copy on your server"),
    Place.PAGE: gettext_lazy("saved page"),
    Place.REPOST: gettext_lazy("in a repost"),
    Place.QUOTE: gettext_lazy("in a quote"),
    Place.LIKE: gettext_lazy("in likes"),
    Place.REPOST_TEXT: gettext_lazy("text of a repost, may be cut"),
}
KEPT_BACK = {
    Visibility.FOLLOWERS: gettext_lazy("followers only"),
    Visibility.DIRECT: gettext_lazy("direct message"),
    Visibility.CIRCLE: gettext_lazy("X Circle only"),
    Visibility.LIKED: gettext_lazy("from a private list of likes"),
    Visibility.DELETED: gettext_lazy("deleted by its author"),
}
CUT = gettext_lazy("cut off at the source")
STATES = {
    State.EDITED: gettext_lazy("edited"),
    State.DELETED: gettext_lazy("deleted by its author"),
    State.WITHDRAWN: gettext_lazy("can’t be quoted: an opt-out is recorded for this account"),
}


@register.filter
def said(text: str) -> SafeString:
    """A post's words as paragraphs, with its addresses, names and hashtags as links. Everything in it is escaped."""
    parts = [part for part in re.split(r"\n\s*\n", text.strip()) if part]
    return mark_safe("".join(f"<p>{_linked(part)}</p>" for part in parts))


@register.filter
def words(card: Card) -> SafeString:
    """A post's words as its network wrote them, cleaned; else from its text."""
    return mark_safe(clean(card.shown.html)) if card.shown.html else said(card.shown.text)


@register.filter
def answered(card: Card) -> str:
    """Whom a reply answers, where several are named and pages show none of them: "Replying to @a and @b". The tree shows a single one."""
    names = list(card.shown.answered)
    return _("Replying to %(names)s") % {"names": get_text_list(names, _("and"))} if len(names) > 1 else ""


def _linked(text: str) -> str:
    pieces, here = [], 0
    for match in LINK.finditer(text):
        shown = match[0].rstrip(TAIL) if match["url"] else match[0]
        pieces += [_lines(text[here : match.start()]), _link(match, shown)]
        here = match.start() + len(shown)
    return "".join(pieces) + _lines(text[here:])


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _link(match: re.Match[str], shown: str) -> str:
    if match["url"]:
        bare = shown.split("://", 1)[1].removeprefix("www.")
        short = bare if len(bare) <= LONG else bare[: LONG - 1] + "…"
        return format_html('<a href="{}" rel="noreferrer nofollow">{}</a>', shown, short)
    listed = reverse("conversations:list")
    query = f"from={quote('@' + match['who'])}" if match["who"] else f"q={quote('#' + match['tag'])}"
    return format_html('<a href="{}?{}">{}</a>', listed, query, shown)


@register.simple_tag
def moment(published: datetime) -> SafeString:
    """When it was said, to the minute."""
    local = timezone.localtime(published)
    is_near = (timezone.now() - published).days < A_WEEK
    said = dates.spoken(published) if is_near else f"{dates.absolute(local)}, {time_format(local.time(), 'TIME_FORMAT')}"
    stamp = dates.machine_readable(published)
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, dates.exact(published), said)


@register.filter
def spelled(number: int) -> str:
    """Small numbers as words."""
    return str(SMALL[number]) if 0 <= number < len(SMALL) else f"{number:,}"


@register.filter
def place_words(place: Place) -> str:
    return str(PLACES[place])


@register.filter
def short(post: Post, most: int = 90) -> str:
    """The first of a post's words; of what its author has put behind a warning, the warning."""
    return Truncator(bare(shown_words(post))).chars(most)


@register.filter
def notes(card: Card | Post) -> list[str]:
    """What has to be known of a post beside its words."""
    is_cut = isinstance(card, Card) and card.shown.is_cut
    known = [STATES.get(State(card.state)), KEPT_BACK.get(Visibility(card.visibility)), CUT if is_cut else None]
    return [str(note) for note in known if note]


WHYS = {
    "gone": gettext_lazy("deleted"),
    "blocked": gettext_lazy("blocked"),
    "hidden": gettext_lazy("hidden"),
    "left out": gettext_lazy("not collected"),
    "paused": gettext_lazy("paused"),
    "unreachable": gettext_lazy("not reachable"),
}


@register.filter
def why_label(ghost: DrawnGhost) -> str:
    return str(WHYS.get(ghost.why, _("missing")))


MISSING = {
    "gone": (
        gettext_lazy("Missing post by %(name)s. Its server no longer has it."),
        gettext_lazy("Missing post. Its server no longer has it."),
    ),
    "blocked": (
        gettext_lazy("Missing post by %(name)s, who has blocked one of your accounts."),
        gettext_lazy("Missing post by someone who has blocked one of your accounts."),
    ),
    "hidden": (gettext_lazy("Post by %(name)s that isn’t public."), gettext_lazy("Post that isn’t public.")),
    "left out": (
        gettext_lazy("Missing post by %(name)s. Homespun doesn’t collect this account."),
        gettext_lazy("Missing post. Homespun doesn’t collect its author’s account."),
    ),
    "paused": (
        gettext_lazy("Missing post by %(name)s. Collecting is paused: there is an opt-out request, not verified."),
        gettext_lazy("Missing post. Collecting its author is paused: there is an opt-out request, not verified."),
    ),
    "unreachable": (
        gettext_lazy("Post by %(name)s unavailable: its server isn’t responding."),
        gettext_lazy("Post unavailable: its server isn’t responding."),
    ),
    "x": (gettext_lazy("Missing post by %(name)s. No archive has it yet."), gettext_lazy("Missing post. No archive has it yet.")),
    "": (
        gettext_lazy("Missing post by %(name)s. Homespun hasn’t checked for it yet."),
        gettext_lazy("Missing post. Homespun hasn’t checked for it yet."),
    ),
}


@register.filter
def missing_sentence(ghost: DrawnGhost) -> str:
    """Why a post isn't here, and whose it is where that is known."""
    reason = ghost.why if ghost.why and ghost.why in MISSING else "x" if ghost.network == "x" else ""
    named, nameless = MISSING[reason]
    name = known_as(ghost.author)
    return str(named) % {"name": name} if name else str(nameless)


@register.filter
def called(account: object) -> str:
    """The name that somebody goes by."""
    name, handle = getattr(account, "name", ""), getattr(account, "handle", "")
    return name or (f"@{handle}" if handle else _("Somebody"))


@register.filter
def known_as(account: object) -> str:
    """By what a search for somebody's posts asks."""
    handle = getattr(account, "handle", "")
    return f"@{handle}" if handle else getattr(account, "name", "")
