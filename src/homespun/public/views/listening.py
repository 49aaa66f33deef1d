"""Who we listen to, what we keep, and the form for opting out."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from homespun.conversations.queries.listening import Public, public
from homespun.public import house, kept


@login_not_required
@require_safe
def listening(request: HttpRequest) -> HttpResponse:
    site = house.site(request)
    if site is None:
        raise Http404
    told = public()

    def make() -> str:
        with house.in_its_tongue(site):
            return render_to_string("public/listening.html", {"site": site, "told": told})

    return kept.answer(request, key=("listening", *key_of(told), house.key_of(site)), make=make, language=site.language)


def key_of(told: Public) -> house.Key:
    """All of it that the page shows."""
    rows = (*told.ours, *told.accounts, *told.hashtags, *told.others)
    return tuple((row.pk, row.network, row.address, row.source.title, row.source.kind) for row in rows)
