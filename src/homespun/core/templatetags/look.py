"""Small things that every page is made of: icons, faces, dates, networks, strips, and the stylesheet."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homespun.core import dates, live, places, stylesheets
from homespun.core.models import Site
from homespun.core.rights import may_open
from homespun.core.site import site as whose_house

register = template.Library()

WEB = "web"
TINTS = 5
STRIP_LENGTH = 24
STEP = 15
SIGNS = {"us": ("knot", "4"), "them": ("ring", "3.5"), "missing": ("ghost", "3.5")}
SYMBOL = re.compile(r'<symbol id="([\w-]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)


@register.simple_tag
def stylesheet(name: str) -> str:
    """The address of a stylesheet: `homespun` for the desk, `public` for what visitors see."""
    return static(stylesheets.link(name, debug=settings.DEBUG))


@register.simple_tag
def icon(name: str, label: str = "", small: bool = False, inline: bool = False) -> SafeString:
    """An icon beside words, or alone with a `label`. `inline` draws it in place, for pages that must stand without our sprite."""
    drawing = mark_safe(symbols()[name][1]) if inline else format_html('<use href="{}#{}"></use>', static("parts/icons.svg"), name)
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon{}" viewBox="0 0 24 24" {}>{}</svg>', " icon--small" if small else "", spoken, drawing)


@cache
def symbols() -> dict[str, tuple[str, str]]:
    """The sprite by name: box and drawing."""
    text = (stylesheets.BUNDLES / "icons.svg").read_text(encoding="utf-8")
    return {name: (box, drawing) for name, box, drawing in SYMBOL.findall(text)}


@register.simple_tag
def when(moment: datetime | None, absolute: bool = False) -> SafeString:
    """A date as one says it, the exact time in the title.

    `absolute` is for parts that are kept: the page says the date, and the `relative-time` element makes it near where it is near.
    """
    if moment is None:
        return mark_safe("")
    said = dates.absolute(moment) if absolute else dates.spoken(moment)
    time = format_html('<time datetime="{}" title="{}">{}</time>', dates.machine_readable(moment), dates.exact(moment), said)
    return format_html('<relative-time words="{}|{}">{}</relative-time>', *dates.NEAR, time) if absolute else time


@register.simple_tag
def face(somebody: Any, size: str = "") -> SafeString:
    """The face of an account or a member: the picture if we hold it, else initials. The name stands beside it, so it says nothing aloud."""
    sized = f" face--{size}" if size else ""
    picture = str(getattr(somebody, "avatar", "") or "")
    if picture.startswith("/") and not picture.startswith("//"):
        return format_html('<img class="face{}" src="{}" alt="" width="36" height="36" loading="lazy">', sized, picture)
    name = called(somebody)
    return format_html(
        '<svg class="face face--letters face--tint-{}{}" viewBox="0 0 36 36" aria-hidden="true"><text x="18" y="18">{}</text></svg>',
        sum(map(ord, name)) % TINTS + 1,
        sized,
        initials(name),
    )


def called(somebody: Any) -> str:
    """The name that somebody goes by; plain text is a name already."""
    if isinstance(somebody, str):
        return somebody
    return str(getattr(somebody, "name", "") or getattr(somebody, "handle", "") or getattr(somebody, "email", "") or "")


def initials(name: str) -> str:
    """One or two letters: of the first and the last word; of a name written without spaces, the first."""
    words = [letters for word in name.split() if (letters := re.sub(r"[\W_]", "", word))]
    if not words:
        return "?"
    if len(words) > 1:
        return (words[0][0] + words[-1][0]).upper()
    return (words[0][:2] if words[0].isascii() else words[0][0]).upper()


@register.simple_tag
def network(name: str, words: bool = True) -> SafeString:
    """Where something was said: a small mark and the name; without `words` the name is only spoken."""
    mark = icon(name if name in symbols() else WEB)
    hidden = "" if words else " visually-hidden"
    return format_html('<span class="network">{}<span class="network__name{}">{}</span></span>', mark, hidden, network_name(name))


def network_name(name: str) -> str:
    """What people call it: its own short name with a capital, but for the web, which is none."""
    return _("the web") if name in ("", WEB) else name.capitalize()


@register.filter
def machine_readable(moment: datetime) -> str:
    return dates.machine_readable(moment)


@register.simple_tag
def node(kind: str = "them") -> SafeString:
    """The sign on the thread: `us` a knot, `them` a ring, `missing` a stitched ring. A word beside it says the same."""
    return format_html('<span class="node node--{}" aria-hidden="true"></span>', kind)


@register.simple_tag
def strip(signs: Iterable[str], label: str = "") -> SafeString:
    """A whole conversation in one small line. `signs` are `us`, `them` and `missing` in reading order; a long one goes on stitched."""
    signs = list(signs)
    shown = signs[:STRIP_LENGTH]
    goes_on = len(signs) > STRIP_LENGTH
    lines = [("missing" if "missing" in pair else "held", 10 + STEP * i, 17 + STEP * i) for i, pair in enumerate(pairwise(shown))]
    if goes_on:
        lines.append(("missing", STEP * len(shown) - 5, STEP * len(shown) + 10))
    return format_html(
        '<svg class="strip" viewBox="0 0 {w} 16" width="{w}" height="16" role="img" aria-label="{label}">{lines}{dots}</svg>',
        w=max(STEP * len(shown) + (12 if goes_on else -3), 1),
        label=label or strip_label(signs),
        lines=format_html_join("", '<path class="{}" d="M{} 8H{}"></path>', lines),
        dots=format_html_join("", '<circle class="{}" r="{}" cx="{}" cy="8"></circle>', dots(shown)),
    )


def dots(signs: list[str]) -> Iterator[tuple[str, str, int]]:
    for place, sign in enumerate(signs):
        drawn, radius = SIGNS.get(sign, SIGNS["them"])
        yield drawn, radius, 6 + STEP * place


def strip_label(signs: list[str]) -> str:
    held = len(signs) - signs.count("missing")
    said = ngettext("%(count)s post", "%(count)s posts", held) % {"count": held}
    ours = _("%(count)s by us") % {"count": signs.count("us")}
    lost = _("%(count)s missing") % {"count": signs.count("missing")} if "missing" in signs else ""
    return ", ".join(filter(None, (said, ours, lost)))


STANDINGS = {
    "own": '<path class="held" d="M1 6h24"></path><circle class="knot" cx="30" cy="6" r="5"></circle>',
    "organisation": '<path class="held" d="M1 6h24"></path><circle class="ring" cx="30" cy="6" r="4.500"></circle>',
    "agreed": '<path class="held" d="M1 6h24"></path><circle class="ring" cx="30" cy="6" r="4.500"></circle>',
    "asked": '<path class="missing" d="M1 6h24"></path><circle class="ring" cx="30" cy="6" r="4.500"></circle>',
    "": '<path class="missing" d="M1 6h20"></path><circle class="ring ring--empty" cx="30" cy="6" r="4.500"></circle>',
    "refused": '<path class="held" d="M1 6h11M24 6h11M15 2l-3 8M24 2l-3 8"></path>',
    "withdrawn": '<path class="held" d="M1 6h11M24 6h11M15 2l-3 8M24 2l-3 8"></path>',
    "paused": '<path class="missing" d="M1 6h24"></path><circle class="ring" cx="30" cy="6" r="4.500"></circle>',
}


@register.simple_tag
def standing(basis: str, word: str = "") -> SafeString:
    """What somebody has said about being quoted: a mark of the thread, and always the word."""
    words = {
        "own": _("Your own words"),
        "organisation": _("Organisation or public office"),
        "agreed": _("Agreed"),
        "asked": _("Asked, no answer yet"),
        "refused": _("Said no"),
        "withdrawn": _("Not shown"),
        "paused": _("Paused"),
        "": _("Not asked yet"),
    }
    mark = mark_safe(STANDINGS.get(basis, STANDINGS[""]))
    return format_html('<span class="standing"><svg viewBox="0 0 36 12" aria-hidden="true">{}</svg>{}</span>', mark, word or words[basis])


@register.simple_tag(takes_context=True)
def places_to_go(context: template.Context) -> list[dict[str, Any]]:
    """The entries of the main navigation; `here` says whether the page is in that section, `counted` what waits in it."""
    request = context.get("request")
    path, match = (request.path, request.resolver_match) if request else ("", None)
    app, settings = (match.app_name if match else ""), places.address_of(places.SETTINGS)
    counts = context["counts"]() if "counts" in context else {}
    return [
        {
            "label": str(place.label),
            "address": url,
            "icon": place.icon,
            "here": place.current(path, url, app, settings),
            "counted": counts.get(place.view),
        }
        for place, url in places.existing()
    ]


@register.simple_tag(takes_context=True)
def address(context: template.Context, view: str, *args: Any) -> str:
    """The address of a view; "" where there is no such view or the reader may not open it."""
    try:
        path = reverse(view, args=args)
    except NoReverseMatch:
        return ""
    user = context.get("user")  # missing from parts that are rendered for nobody in particular
    return path if user is None or may_open(user, path) else ""


@register.simple_tag
def changes() -> int:
    """The number of the last change, which a live part begins with."""
    return live.version()


@register.simple_tag(takes_context=True)
def site(context: template.Context) -> Site:
    """The organisation whose house this is: the page says it as `house`, or it is asked for."""
    house: Site = context.get("house") or whose_house()
    return house
