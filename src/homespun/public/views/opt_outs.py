"""Opt-out requests by anyone: making one, its page behind a private link, and the ways of verifying it.

These pages look the same whether or not we know the account or it is opted out. They know no session: the private link is what lets
somebody in, and a cookie exists only between a sign-in at a network and the way back.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from homespun.conversations import tasks
from homespun.conversations.actions import opt_out_proofs
from homespun.conversations.actions.connecting import PATIENCE, TOO_LATE
from homespun.conversations.actions.opt_out_addresses import LONGEST, parse_address
from homespun.conversations.actions.opt_out_codes import code_of
from homespun.conversations.actions.opt_out_requests import request_opt_out
from homespun.conversations.models import OptOutRequest
from homespun.conversations.queries.listening import public
from homespun.conversations.views.connections import ourselves
from homespun.conversations.worded import worded
from homespun.core import private_links
from homespun.core.door import door
from homespun.core.models import Site
from homespun.networks import NetworkError
from homespun.public import house
from homespun.public.opt_outs import RequestPage
from homespun.users.views.limits import may_try

COOKIE = "homespun-opt-out"  # the private link, and the secret of the browser that began a sign-in
PATH = "/listening/requests/"
PURPOSES = OptOutRequest.Purpose


@csrf_exempt  # there is no session; other sites are refused by `comes_from_elsewhere`
@login_not_required
@require_POST
def opt_out_requests(request: HttpRequest) -> HttpResponse:
    """Make a request. What it answers is the same for every account."""
    site = claimed_site(request)
    typed, purpose = request.POST.get("who", "")[: LONGEST + 1], request.POST.get("purpose", PURPOSES.OPT_OUT)
    if comes_from_elsewhere(request) or purpose not in PURPOSES.values:
        raise Http404
    with house.in_its_tongue(site):
        try:
            parse_address(typed)
            if not may_try(request, "opt-out"):
                return refused(request, site, typed, purpose, error=_("You’ve made too many requests. Try again in an hour."), status=429)
            made = request_opt_out(by=None, now=timezone.now(), typed=typed, purpose=purpose)
        except NetworkError as error:
            return refused(request, site, typed, purpose, error=worded(error.said), status=422)
    tasks.resolve_opt_out.enqueue(request=made.request.pk)
    return redirect(reverse("public:opt-out-request", args=[made.token]) + "#request")


def refused(request: HttpRequest, site: Site, typed: str, purpose: str, *, error: str, status: int) -> HttpResponse:
    """The form again, with what was typed and what to do."""
    context = {"site": site, "told": public(), "typed": typed, "purpose": purpose, "error": error}
    return render(request, "public/listening.html", context, status=status)


@login_not_required
@never_cache
@require_safe
def opt_out_request(request: HttpRequest, token: str) -> HttpResponse:
    """What has become of a request, and how to verify it."""
    site = claimed_site(request)
    with house.in_its_tongue(site):
        return page(request, site, token)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def opt_out_check(request: HttpRequest, token: str) -> HttpResponse:
    """Look for the code on the person's domain."""
    site, row = claimed_site(request), request_at(token)
    if comes_from_elsewhere(request):
        raise Http404
    with house.in_its_tongue(site):
        if not may_try(request, "opt-out-check"):
            return page(request, site, token, error=_("You’ve tried too often. Try again in an hour."), status=429)
        try:
            opt_out_proofs.check_domain(request=row, code=code_of(token), now=timezone.now(), door=door())
        except NetworkError as error:
            return page(request, site, token, error=worded(error.said))
    return redirect("public:opt-out-request", token)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def opt_out_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Begin to sign in with the account. The page that answers says what for, and leads to the network."""
    site, row = claimed_site(request), request_at(token)
    if comes_from_elsewhere(request):
        raise Http404
    with house.in_its_tongue(site):
        if not may_try(request, "opt-out-check"):
            return page(request, site, token, error=_("You’ve tried too often. Try again in an hour."), status=429)
        try:
            us = ourselves(back="public:opt-out-answer")
            begun = opt_out_proofs.begin_sign_in(request=row, us=us, now=timezone.now(), door=door())
        except NetworkError as error:
            return page(request, site, token, error=worded(error.said))
        context = {"site": site, "row": row, "url": begun.url, "server": urlsplit(begun.url).netloc, "token": token}
        response = render(request, "public/opt_out_sign_in.html", context)
    response.set_cookie(
        COOKIE,
        f"{token}.{begun.browser}",
        max_age=PATIENCE,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@login_not_required
@never_cache
@require_safe
def opt_out_answer(request: HttpRequest) -> HttpResponse:
    """Back from the network, in the browser that began."""
    site = claimed_site(request)
    token, _dot, browser = request.COOKIES.get(COOKIE, "").partition(".")
    row = OptOutRequest.objects.filter(token_hash=private_links.digest(token)).first()
    with house.in_its_tongue(site):
        if row is None:
            response: HttpResponse = render(request, "public/opt_out_lost.html", {"site": site, "error": worded(TOO_LATE)}, status=410)
        else:
            response = answered(request, site, row, token, browser)
    response.delete_cookie(COOKIE, path=PATH)
    return response


def answered(request: HttpRequest, site: Site, row: OptOutRequest, token: str, browser: str) -> HttpResponse:
    try:
        opt_out_proofs.finish_sign_in(request=row, browser=browser, answer=request.GET.dict(), now=timezone.now(), door=door())
    except NetworkError as error:
        return page(request, site, token, error=worded(error.said))
    return redirect("public:opt-out-request", token)


def page(request: HttpRequest, site: Site, token: str, *, error: str = "", status: int = 422) -> HttpResponse:
    row = request_at(token)
    link = house.absolute(reverse("public:opt-out-request", args=[token]))
    shown = RequestPage(row, code_of(token), opt_out_proofs.ways_for(row.address, door()), timezone.now())
    context = {"site": site, "page": shown, "token": token, "link": link, "error": error}
    return render(request, "public/opt_out_request.html", context, status=status if error else 200)


def request_at(token: str) -> OptOutRequest:
    """Raises Http404."""
    row = OptOutRequest.objects.filter(token_hash=private_links.digest(token)).first()
    if row is None:
        raise Http404
    return row


def claimed_site(request: HttpRequest) -> Site:
    """Raises Http404 while nobody owns the site."""
    site = house.site(request)
    if site is None:
        raise Http404
    return site


def comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site's page made the visitor's browser send this."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.get_host()
