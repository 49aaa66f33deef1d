"""Whom and what the organisation listens to, what it keeps of that, and being left out, which anybody may ask for."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from homespun.conversations import tasks
from homespun.conversations.actions.leaving import LONGEST, leave_out
from homespun.conversations.queries.listening import Public, public
from homespun.conversations.worded import worded
from homespun.core.models import Site
from homespun.core.security.sealing import seal
from homespun.networks import NetworkError
from homespun.public import house, kept
from homespun.users.views.limits import limited


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


@csrf_exempt  # it asks for no rights and knows no session: whoever could be made to send it may as well send it themselves
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("leave", looking=False)
def leave(request: HttpRequest) -> HttpResponse:
    """Leave an account out, at once; the page that answers says what that means."""
    site = house.site(request)
    if site is None:
        raise Http404
    if request.method != "POST":
        return redirect("public:listening")
    with house.in_its_tongue(site):
        return left(request, site, request.POST.get("who", "")[: LONGEST + 1])


def left(request: HttpRequest, site: Site, typed: str) -> HttpResponse:
    try:
        done = leave_out(by=None, now=timezone.now(), typed=typed)
    except NetworkError as error:
        context = {"site": site, "told": public(), "typed": typed, "error": worded(error.said)}
        return render(request, "public/listening.html", context, status=422)
    tasks.learn_wish.enqueue(sealed=seal({"address": done.address}))
    return render(request, "public/left.html", {"site": site, "left": done})
