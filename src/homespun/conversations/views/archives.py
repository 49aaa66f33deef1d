"""Bringing archives in: what is waiting, a run while it goes on, what came of it, and taking it out again."""

from collections.abc import Iterable
from itertools import takewhile
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homespun.conversations.forms import BringForm
from homespun.conversations.models import Run
from homespun.conversations.uploads import bringing, inbox, recognition, slices
from homespun.conversations.uploads import pieces as uploads
from homespun.conversations.views import reported, reports
from homespun.conversations.views.asked import Asked
from homespun.conversations.views.compared import compared
from homespun.users.access import Right, needs
from homespun.users.models import User


@needs(Right.COLLECT)
@require_http_methods(["GET", "HEAD", "POST"])
def archives(request: HttpRequest) -> HttpResponse:
    """What is on its way, what waits for a word, and what has been brought; POST takes small files from a plain form."""
    by = cast(User, request.user)
    if request.method == "POST":
        return take(request, by)
    sent = list(uploads.waiting(by))
    recognition.settle_late(sent, now=timezone.now())
    runs = list(reports.runs())
    whole = [upload for upload in sent if upload.complete and not upload.refusal]
    return render(
        request,
        "conversations/archives/list.html",
        {
            "waiting": [(upload, BringForm(found=upload.found, prefix=upload.token[:8])) for upload in whole],
            "refused": [upload for upload in sent if upload.refusal],
            "unfinished": [(upload, uploads.offset(upload)) for upload in sent if not upload.complete],
            "inbox": [(each, found, BringForm(found=found.as_dict(), prefix=f"in{n}")) for n, (each, found) in enumerate(lying())],
            "inbox_folder": inbox.folder(),
            "runs": runs,
            "sample_is_here": any(run.options.get("sample") for run in runs),
            "sample_list": sample_list(runs),
            "moving": any(is_moving(run) for run in runs),
            "allow": recognition.ALLOWED.pattern,
            "piece": uploads.PIECE,
        },
    )


def is_moving(run: Run) -> bool:
    return run.state in slices.UNFINISHED or "removed_by" in run.options


def sample_list(runs: Iterable[Run]) -> str:
    """The address of the list of all conversations of the sample, where it was imported last; "" until all its archives have been read."""
    parts = list(takewhile(lambda run: run.options.get("sample"), runs))
    sources = {run.source_id for run in parts if run.source_id}
    if not sources or any(is_moving(run) for run in parts):
        return ""
    return reverse("conversations:list") + Asked(source=tuple(sorted(sources))).address()


def lying() -> list[tuple[inbox.Put, recognition.Found]]:
    """What lies in the inbox and is not being read or read already, with what it is; of what still changes nothing is known."""
    taken = set(Run.objects.values_list("path", flat=True))
    return [
        (each, recognition.look(each.path) if each.quiet else recognition.Found())
        for each in inbox.entries()
        if str(each.path) not in taken
    ]


def take(request: HttpRequest, by: User) -> HttpResponse:
    files = request.FILES.getlist("archive")
    if not files:
        messages.info(request, _("Choose a file first."))
    for file in files:
        try:
            upload = uploads.take(by=by, now=timezone.now(), name=file.name or "", size=file.size or 0, file=file)
            recognition.settle(upload=upload, now=timezone.now())
        except uploads.Refused as refusal:
            messages.error(request, str(refusal))
    return redirect("conversations:archives")


@needs(Right.COLLECT)
@require_POST
def bring(request: HttpRequest, token: str) -> HttpResponse:
    """Begin to read what was sent."""
    by = cast(User, request.user)
    upload = get_object_or_404(uploads.waiting(by), token=token, complete=True, refusal="")
    form = BringForm(request.POST, found=upload.found, prefix=token[:8])
    if not form.is_valid():
        messages.error(request, form.sentence())
        return redirect("conversations:archives")
    run = bringing.bring_upload(by=by, now=timezone.now(), upload=upload, whose=form.whose())
    if uploads.waiting(by).filter(complete=True, refusal="").exists():  # the next word is asked for where this one was
        return redirect("conversations:archives")
    return redirect("conversations:run", pk=run.pk)


@needs(Right.COLLECT)
@require_POST
def bring_from_inbox(request: HttpRequest) -> HttpResponse:
    """Begin to read what lies in the inbox."""
    by = cast(User, request.user)
    put = inbox.entry(request.POST.get("entry", ""))
    found = recognition.look(put.path)
    form = BringForm(request.POST, found=found.as_dict(), prefix=request.POST.get("prefix", ""))
    if not put.quiet or found.refusal or not form.is_valid():
        messages.error(
            request, found.refusal or (form.sentence() if put.quiet else _("Someone is still copying this file. Try again in a moment."))
        )
        return redirect("conversations:archives")
    run = bringing.bring(by=by, now=timezone.now(), path=put.path, name=put.name, whose=form.whose())
    return redirect("conversations:run", pk=run.pk)


@needs(Right.COLLECT)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, or what came of it. The page asks itself again while it goes on."""
    found = get_object_or_404(reports.runs(), pk=pk)
    if found.state == Run.State.DONE:
        return render(
            request, "conversations/archives/report.html", {"run": found, "report": reported.report(found), "compared": compared(found)}
        )
    return render(request, "conversations/archives/progress.html", {"run": found, "now": reports.progress(found)})


@needs(Right.COLLECT)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it; what has come stays."""
    bringing.cancel(by=cast(User, request.user), now=timezone.now(), run=get_object_or_404(Run, pk=pk))
    return redirect("conversations:run", pk=pk)


@needs(Right.COLLECT)
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on where it was stopped or where it failed."""
    try:
        bringing.go_on(by=cast(User, request.user), now=timezone.now(), run=get_object_or_404(Run, pk=pk))
    except uploads.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("conversations:run", pk=pk)


@needs(Right.COLLECT)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what taking it out will do; POST does it."""
    found = get_object_or_404(reports.runs(), pk=pk)
    if request.method == "POST":
        bringing.remove(by=cast(User, request.user), now=timezone.now(), run=found)
        messages.success(request, _("Homespun is removing “%(name)s”.") % {"name": found.name})
        return redirect("conversations:archives")
    return render(request, "conversations/archives/remove.html", {"run": found, "what": reported.removal(found)})


@needs(Right.COLLECT)
@require_POST
def sample(request: HttpRequest) -> HttpResponse:
    """Bring the made-up archives in."""
    bringing.bring_sample(by=cast(User, request.user), now=timezone.now())
    return redirect("conversations:archives")
