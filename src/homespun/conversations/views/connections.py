"""Settings > Connections: accounts of ours that are connected, connecting another one, and letting one go."""

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homespun.conversations.actions import connecting
from homespun.conversations.forms import OWN_FORMS, AppPasswordForm, ConnectForm
from homespun.conversations.models import Connection
from homespun.conversations.queries.connections import connected
from homespun.conversations.worded import worded
from homespun.core.door import door
from homespun.core.security import sealing, signing
from homespun.core.site import site
from homespun.networks import NetworkError, live
from homespun.networks.bluesky.signin import metadata
from homespun.networks.connecting import Ourselves
from homespun.users.access import Right, needs
from homespun.users.models import User

BEGUN = "connecting"  # in the session: what was begun, sealed, by its state
ALSO_BACK = ("public:opt-out-answer",)  # views to which a network may send somebody who proves that an account is theirs
MOST = 5  # that one session may have begun


@needs(Right.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: HttpRequest) -> HttpResponse:
    """What is connected. A POST begins to connect what was typed: the next page says what will be asked for, and leads there."""
    if request.method != "POST":
        return page(request)
    network = request.POST.get("network", "")
    if network not in live.SIGN_INS:
        raise Http404
    form = form_of(network)(request.POST, prefix=network)
    if not form.is_valid():
        return page(request, {network: form})
    try:
        begun = connecting.begin(network=network, typed=form.cleaned_data["who"], us=ourselves(), door=door())
    except NetworkError as error:
        form.add_error("who", worded(error.said))
        return page(request, {network: form})
    held = list(request.session.get(BEGUN, {}).items())[1 - MOST :]
    request.session[BEGUN] = dict(held) | {begun.state: begun.sealed}
    return render(request, "conversations/connections/go.html", {"begun": begun, "network": network, "may_settle": True})


def page(request: HttpRequest, forms: Mapping[str, ConnectForm] | None = None) -> HttpResponse:
    asked = {name: form_of(name)(prefix=name) for name in (*OWN_FORMS, *live.SIGN_INS)} | dict(forms or {})
    told = {"connections": connected(), "may_settle": True, "forms": asked, "private_url": signing.private_url()}
    return render(request, "conversations/connections/list.html", told)


def form_of(network: str) -> type[ConnectForm]:
    return OWN_FORMS.get(network, ConnectForm)


@never_cache
@needs(Right.SETTLE)
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """Back from the network, with a yes or a no."""
    held = request.session.get(BEGUN, {})
    sealed = held.pop(request.GET.get("state", ""), "")
    request.session[BEGUN] = held
    try:
        made = connecting.finish(by=me(request), now=timezone.now(), sealed=sealed, answer=request.GET.dict(), door=door())
    except NetworkError as error:
        messages.error(request, worded(error.said))
        return redirect("conversations:connections")
    return welcomed(request, made)


@needs(Right.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def app_password(request: HttpRequest) -> HttpResponse:
    """The other way into Bluesky, for servers that cannot ask a person by themselves, or sites that they cannot reach."""
    form = AppPasswordForm(request.POST or None, initial={"who": request.GET.get("who", "")})
    if form.is_valid():
        try:
            told = {"network": "bluesky", "typed": form.cleaned_data["who"], "password": form.cleaned_data["password"]}
            return welcomed(request, connecting.connect_by_password(by=me(request), now=timezone.now(), door=door(), **told))
        except NetworkError as error:
            form.add_error(None, worded(error.said))
    return render(request, "conversations/connections/app_password.html", {"form": form, "may_settle": True})


def welcomed(request: HttpRequest, made: Connection) -> HttpResponse:
    messages.success(request, _("@%(who)s is connected.") % {"who": made.account.handle})
    return redirect("conversations:connections")


@needs(Right.SETTLE)
@require_POST
def disconnection(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(connected(), pk=pk)
    is_told = connecting.disconnect(by=me(request), now=timezone.now(), connection=row, door=door())
    said = _("@%(who)s is disconnected, and what let Homespun in is forgotten.")
    if not is_told:
        said = _("@%(who)s is disconnected here. %(server)s could not be told: take the permission back there, too.")
    messages.success(request, said % {"who": row.account.handle, "server": row.server.partition("://")[2]})
    return redirect("conversations:connections")


@login_not_required
@require_safe
def client_metadata(request: HttpRequest) -> HttpResponse:
    """Who we are, for servers of the AT Protocol, which read it before they ask a person."""
    try:
        return JsonResponse(metadata(ourselves(makes_key=False)), headers={"Cache-Control": "public, max-age=600"})
    except sealing.Lost as error:
        raise Http404 from error


def ourselves(*, makes_key: bool = True, back: str = "conversations:connection-answer") -> Ourselves:
    """Who we are. `back` is the view to which the network sends the person."""
    if makes_key:
        sealing.make_key()
    home = settings.HOMESPUN_URL
    return Ourselves(
        site=home,
        name=site().name,
        back=home + reverse(back),
        metadata=home + reverse("client-metadata"),
        key=sealing.signing_key(),
        also_back=tuple(home + reverse(view) for view in ALSO_BACK),
    )


def me(request: HttpRequest) -> User:
    return cast(User, request.user)
