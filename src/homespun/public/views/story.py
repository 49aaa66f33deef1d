"""One published story."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from homespun.core.models import Site
from homespun.public import house, kept
from homespun.stories import edition, page, queries
from homespun.stories.films import film
from homespun.stories.models import Edition


@login_not_required
@require_safe
def story(request: HttpRequest, slug: str) -> HttpResponse:
    site = house.site(request)
    current = queries.current_edition_id(slug) if site else None
    if site is None or current is None:
        return _not_here(request, site, slug)
    return kept.answer(
        request,
        key=("story", current, slug, queries.closed_in(current), house.key_of(site)),
        make=lambda: rendered(Edition.objects.get(pk=current), slug, site),
        language=site.language,
    )


def rendered(current: Edition, slug: str, site: Site) -> tuple[str, tuple[str, ...]]:
    """The page, and where its players come from."""
    changed = current.published if current.published != current.first_published else None
    address = house.absolute(reverse("public:story", args=[slug]))
    where = page.Where(site=site, address=address, published=current.first_published, changed=changed)
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
