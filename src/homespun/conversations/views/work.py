"""Background work under Settings: what runs, what waits, what failed and why, and trying it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_tasks import TaskResultStatus

from homespun.conversations.actions import working
from homespun.conversations.models import Outgoing
from homespun.conversations.queries.work import tasks, unsent
from homespun.conversations.writing import deciding
from homespun.core.jobs.models import Row
from homespun.users.access import Right, needs
from homespun.users.models import User

CALLED = {
    "read_slice": gettext_lazy("Read an archive"),
    "take_out": gettext_lazy("Take an archive out"),
    "complete_conversation": gettext_lazy("Ask for what a conversation lacks"),
    "sweep_uploads": gettext_lazy("Throw away files that nobody went on sending"),
    "pick_up": gettext_lazy("Look for archives that nobody reads on"),
    "send": gettext_lazy("Send what was written"),
    "send_due": gettext_lazy("Look for what is due to be sent"),
    "check_connections": gettext_lazy("See whether connected accounts still let us in"),
    "complete_due": gettext_lazy("Look for conversations to be asked about again"),
    "complete_again": gettext_lazy("Ask for what a conversation of ours lacks"),
    "recheck_used": gettext_lazy("Look for what stories quote"),
    "recheck_some": gettext_lazy("Look again at posts that stories quote"),
    "fetch_newest_pictures": gettext_lazy("Fetch pictures of what came last"),
    "fetch_pictures": gettext_lazy("Fetch the pictures of a conversation"),
    "make_backup": gettext_lazy("Make a backup"),
    "nightly_backup": gettext_lazy("See whether the nightly backup is due"),
    "resolve_opt_out": gettext_lazy("Look up the account in an opt-out request"),
    "go_on_with_opt_outs": gettext_lazy("Collect accounts again after a dismissed opt-out request"),
    "look_after_opt_outs": gettext_lazy("Check opt-out requests"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One task, in words."""

    pk: str
    name: str
    tries: int
    why: str
    when: datetime | None


@needs(Right.SETTLE)
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    lists = {name: [shown(row) for row in tasks(status)] for name, status in LISTS.items()}
    return render(request, "conversations/work.html", lists | {"unsent": unsent(), "may_settle": True})


LISTS = {"running": TaskResultStatus.RUNNING, "waiting": TaskResultStatus.READY, "failed": TaskResultStatus.FAILED}


def shown(row: Row) -> Shown:
    name = row.task_path.rpartition(".")[2]
    lines = row.traceback.strip().splitlines()
    why = lines[-1].rpartition("GivenUp: ")[2] if lines else ""
    when = row.finished_at or row.started_at if row.status != TaskResultStatus.READY else row.run_after or row.enqueued_at
    return Shown(str(row.pk), str(CALLED.get(name, name.replace("_", " "))), len(row.worker_ids), why, when)


@needs(Right.SETTLE)
@require_POST
def retry_task(request: HttpRequest, task: UUID) -> HttpResponse:
    return said(request, working.run_again(by=cast(User, request.user), now=timezone.now(), task=str(task)))


@needs(Right.SETTLE)
@require_POST
def retry_outgoing(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Outgoing, pk=pk)
    return said(request, deciding.send_again(by=cast(User, request.user), now=timezone.now(), row=row))


def said(request: HttpRequest, taken: bool) -> HttpResponse:
    messages.success(request, _("It is tried again.") if taken else _("It has not failed, or is tried again already."))
    return redirect("conversations:work")
