"""Adding by address: Homespun fetches what somebody pastes while they wait, and leads to its conversations."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from homespun.conversations import tasks
from homespun.conversations.actions.finding import Came, sentence
from homespun.conversations.actions.pasting import Pasted, kept, paste
from homespun.conversations.forms import PasteForm
from homespun.conversations.views.asked import MOST_KEYS, Asked
from homespun.core.door import door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError, said
from homespun.users.access import Right, needs
from homespun.users.models import User

UNUSABLE = 422
LARGEST = 32 << 20  # bytes of a saved page


@needs(Right.COLLECT)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """The form. A POST fetches what was pasted, or reads the saved page that came with it."""
    if request.method != "POST":
        return render(request, "conversations/adding/add.html", {"form": PasteForm(initial={"pasted": request.GET.get("pasted", "")})})
    form = PasteForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            pasted = brought(cast(User, request.user), form)
        except (NetworkError, DoorError) as error:
            form.add_error("pasted", sentence(error))
        else:
            return shown(request, pasted)
    return render(request, "conversations/adding/add.html", {"form": form}, status=UNUSABLE)


def brought(by: User, form: PasteForm) -> Pasted:
    file, now = form.cleaned_data["page"], timezone.now()
    if file is None:
        return paste(by=by, now=now, text=form.cleaned_data["pasted"], door=door())
    pasted = kept(by=by, now=now, content=file.read(LARGEST + 1), name=file.name or "")
    if pasted is None:
        raise NetworkError(said("“%(name)s” contains no X posts that Homespun can read.", name=file.name or ""))
    return pasted


def shown(request: HttpRequest, pasted: Pasted) -> HttpResponse:
    """To the one conversation that came; else what came of each address."""
    for each in {came.conversation.pk for _address, came in pasted.came if came.conversation}:
        tasks.fetch_pictures.enqueue(conversation=each)
    one = pasted.one
    if one and one.kind != "feed":
        messages.success(request, words(one))
        return redirect("conversations:at", pk=one.post)
    keys = list(dict.fromkeys(key for _address, came in pasted.came for key in came.conversations))[:MOST_KEYS]
    listed = reverse("conversations:list") + Asked(only=tuple(keys)).address()
    lines = [line(address, came) for address, came in pasted.came]
    context = {"lines": lines, "troubles": pasted.troubles, "conversations": keys, "conversations_address": listed}
    return render(request, "conversations/adding/added.html", context)


def line(address: str, came: Came) -> dict[str, Any]:
    return {"address": address, "came": came, "words": words(came), "may_listen": came.kind in ("feed", "account", "page")}


def words(came: Came) -> str:
    if came.kind == "account" and not came.new:
        return _("An account without new posts. To get its posts from now on, listen to it.")
    if not came.new and not came.updated:
        return _("You have this already.")
    if not came.new:
        return _("You had this already. Homespun has updated it.")
    return ngettext("Added %(count)d post.", "Added %(count)d posts.", came.new) % {"count": came.new}
