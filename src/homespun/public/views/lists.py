"""Lists of what is published, and what runs this site."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from homespun import __version__
from homespun.core.models import Site
from homespun.public import house, kept
from homespun.public.cards import Card, card
from homespun.public.licences import licences
from homespun.stories import edition, queries
from homespun.stories.models import Edition

A_PAGE = 30


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The stories, newest first; or that the site is being set up."""
    site = house.site(request)
    if site is None:
        return render(request, "public/unclaimed.html")
    return _list(request, site, list(queries.published()), tag="")


@login_not_required
@require_safe
def tag(request: HttpRequest, tag: str) -> HttpResponse:
    """The stories that carry a tag, whatever its capitals."""
    site = house.site(request)
    found = [current for current in queries.published() if _carries(current, tag)] if site else []
    if site is None or not found:
        raise Http404
    return _list(request, site, found, tag=tag)


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What runs this site, where its source is, and whose fonts and scripts are in it."""
    site = house.site(request) or Site(name="Homespun")

    def make() -> str:
        context = {"site": site, "version": __version__, "licences": licences()}
        return render_to_string("public/about.html", context)

    return _kept(request, site, ("about",), make)


def _carries(current: Edition, tag: str) -> bool:
    return tag.casefold() in (own.casefold() for own in edition.head(current).tags)


def _list(request: HttpRequest, site: Site, found: list[Edition], tag: str) -> HttpResponse:
    part = Paginator(found, A_PAGE).get_page(request.GET.get("page"))

    def make() -> str:
        cards = [card(current, site) for current in part]
        tags = dict.fromkeys(word for each in cards for word in each.head.tags)
        address = house.absolute(reverse("public:tag", args=[tag]) if tag else reverse("public:home"))
        context = {"site": site, "cards": cards, "tags": tags, "tag": _as_written(cards, tag), "part": part, "address": address}
        return render_to_string("public/list.html", context)

    return _kept(request, site, ("list", tag, part.number, part.paginator.num_pages, *(current.pk for current in part)), make)


def _as_written(cards: list[Card], tag: str) -> str:
    """The tag with the capitals that its newest story gave it."""
    return next((own for each in cards for own in each.head.tags if own.casefold() == tag.casefold()), tag)


def _kept(request: HttpRequest, site: Site, key: house.Key, make: Callable[[], str]) -> HttpResponse:
    def in_tongue() -> str:
        with house.in_its_tongue(site):
            return make()

    return kept.answer(request, key=(*key, house.key_of(site)), make=in_tongue, language=site.language)
