"""The Atom feed of what is published (RFC 4287)."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as xml

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from homespun.core.models import Site
from homespun.public import house, kept
from homespun.public.cards import Card, card
from homespun.stories import edition, page, queries
from homespun.stories.models import Edition
from homespun.stories.playing import public_film

ATOM = "http://www.w3.org/2005/Atom"
HOW_MANY = 20
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    site = house.site(request) or Site(name="Homespun")
    newest = list(queries.published().order_by("-published")[:HOW_MANY])
    shown = [current.pk for current in newest]
    return kept.answer(
        request,
        key=("feed", *shown, queries.closed_in(*shown), house.key_of(site)),
        make=lambda: written(site, newest),
        content_type="application/atom+xml; charset=utf-8",
    )


def written(site: Site, newest: list[Edition]) -> str:
    """The whole feed, with every story in full and every address absolute."""
    xml.register_namespace("", ATOM)
    root = xml.Element(f"{{{ATOM}}}feed", {"xml:lang": site.language, "xml:base": house.absolute("/")})
    _add(root, "id", house.absolute(reverse("public:feed")))
    _add(root, "title", site.name)
    if site.about:
        _add(root, "subtitle", site.about)
    _add(root, "updated", _date(max((current.published for current in newest), default=LONG_AGO)))
    _add(root, "link", rel="self", type="application/atom+xml", href=house.absolute(reverse("public:feed")))
    _add(root, "link", rel="alternate", type="text/html", href=house.absolute(reverse("public:home")))
    _add(_add(root, "author"), "name", site.name)
    _add(root, "generator", "Homespun")
    with house.in_its_tongue(site):
        for current in newest:
            _entry(root, current, card(current, site), site)
    return xml.tostring(root, encoding="unicode", xml_declaration=False).join(['<?xml version="1.0" encoding="utf-8"?>\n', "\n"])


def _entry(root: xml.Element, current: Edition, told: Card, site: Site) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", told.address)
    _add(entry, "title", told.head.title)
    _add(entry, "link", rel="alternate", type="text/html", href=told.address)
    _add(entry, "published", _date(told.published))
    _add(entry, "updated", _date(told.changed))
    _add(_add(entry, "author"), "name", told.head.author.name or site.name)
    for word in told.head.tags:
        _add(entry, "category", term=word)
    if told.head.lead:
        _add(entry, "summary", told.head.lead)
    _add(entry, "content", _content(current, told, site), type="html")


def _content(current: Edition, told: Card, site: Site) -> str:
    where = page.Where(
        site=site,
        address=told.address,
        picture=lambda sha256, width: house.absolute(page.public_copy(sha256, width)),
        playing=lambda name: house.absolute(public_film(name)),
    )
    return render_to_string("stories/plain.html", page.context(edition.content(current), where))


def _add(parent: xml.Element, name: str, text: str = "", **attributes: str) -> xml.Element:
    element = xml.SubElement(parent, f"{{{ATOM}}}{name}", {key: NOT_XML.sub("", value) for key, value in attributes.items()})
    element.text = NOT_XML.sub("", text) or None
    return element


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
