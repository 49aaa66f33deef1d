"""One published story."""

from collections.abc import Hashable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from homespun.core import site as core_site
from homespun.core.models import Site
from homespun.public import house, kept
from homespun.stories import edition, page, queries
from homespun.stories.films import film
from homespun.stories.models import Edition
from homespun.users.access import Right, holds


@login_not_required
@require_safe
def story(request: HttpRequest, slug: str) -> HttpResponse:
    site = house.site(request)
    current = queries.current_edition_id(slug) if site else None
    if site is None or current is None:
        return _not_here(request, site, slug)
    if is_member(request):
        return for_member(request, Edition.objects.get(pk=current), slug, site)
    key = _key(slug, current, site)
    response = kept.answer(
        request,
        key=key,
        make=lambda: rendered(Edition.objects.get(pk=current), slug, site),
        language=site.language,
    )
    response.kept_mark = kept.Mark(key, lambda: current_key(slug))  # type: ignore[attr-defined]  # for `public.stored_answers`
    return response


def current_key(slug: str) -> Hashable | None:
    """What the page of this story depends on, as it is now; None where there is none."""
    site, current = core_site.site(), queries.current_edition_id(slug)
    return _key(slug, current, site) if site.pk and current is not None else None


def _key(slug: str, current: int, site: Site) -> Hashable:
    return ("story", current, slug, queries.closed_in(current), house.key_of(site))


def is_member(request: HttpRequest) -> bool:
    """Whether somebody of the team is signed in. Visitors bring no session cookie, so nothing is read for them."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and holds(request.user, Right.READ)


def for_member(request: HttpRequest, current: Edition, slug: str, site: Site) -> HttpResponse:
    """The same page with a way back to the studio. It is kept for nobody else."""
    with house.in_its_tongue(site):
        bar = page.member_bar(slug)
    text, frames = rendered(current, slug, site, bar)
    response = HttpResponse(text, headers={"Cache-Control": "private, no-store", "Content-Language": site.language})
    if frames:
        response._csp_update = {"frame-src": list(frames)}  # type: ignore[attr-defined]  # how django-csp is told for one answer
    return response


def rendered(current: Edition, slug: str, site: Site, bar: page.Bar | None = None) -> tuple[str, tuple[str, ...]]:
    """The page, and where its players come from."""
    changed = current.published if current.published != current.first_published else None
    address = house.absolute(reverse("public:story", args=[slug]))
    where = page.Where(site=site, address=address, published=current.first_published, changed=changed, bar=bar)
    return page.render(edition.content(current), where), _frames(current)


def _frames(current: Edition) -> tuple[str, ...]:
    players = {film(item.get("url", "")).origin for item in current.items if item["kind"] == "video"}
    return tuple(sorted(filter(None, players)))


def _not_here(request: HttpRequest, site: Site | None, slug: str) -> HttpResponse:
    """A story that was here says so; everything else was never here."""
    if site is None or not queries.was_published(slug):
        raise Http404
    with house.in_its_tongue(site):
        return render(request, "public/gone.html", {"site": site}, status=410)
