"""Settings > Backups: make one, download it, see how old the last one is, and have one made every night."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from homespun.config import backup_files, backup_runs
from homespun.config.forms import BackupPlanForm
from homespun.config.models import BackupRun
from homespun.config.tasks import make_backup, request_backup
from homespun.core import audit
from homespun.core.jobs.leases import newest_beat
from homespun.core.serving import serve
from homespun.core.site import site
from homespun.users.access import Right, needs
from homespun.users.models import User


@never_cache
@needs(Right.SETTLE)
@require_safe
def backups(request: HttpRequest) -> HttpResponse:
    plan = backup_runs.backup_plan()
    return _page(request, BackupPlanForm(initial={"nightly": plan.nightly, "hour": plan.hour, "keep": plan.keep}))


def _page(request: HttpRequest, form: BackupPlanForm, status: int = 200) -> HttpResponse:
    backup_runs.end_lost_runs(task=make_backup.module_path)
    files = backup_files.backup_files()
    shown = {
        "form": form,
        "files": files,
        "last": files[0] if files else None,
        "running": BackupRun.objects.filter(ended_at=None).first(),
        "failure": backup_runs.last_failure(),
        "plan": backup_runs.backup_plan(),
        "time_zone": site().time_zone.replace("_", " "),
        "progress_label": _progress_label(),
    }
    return render(request, "config/backups.html", shown, status=status)


def _progress_label() -> str:
    if newest_beat(timezone.now()) is None:
        return _("Waiting for the background worker. Is homespun serve running?")
    return _("Making a backup…")


@needs(Right.SETTLE)
@require_POST
def runs(request: HttpRequest) -> HttpResponse:
    if not request_backup(by=_me(request)):
        messages.info(request, _("A backup is already being made."))
    return redirect("backups:list")


@needs(Right.SETTLE)
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    form = BackupPlanForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    backup_runs.change_plan(**form.values, by=_me(request), now=timezone.now())
    messages.success(request, _("Backup settings saved."))
    return redirect("backups:list")


@never_cache
@needs(Right.SETTLE)
@require_safe
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """The file, streamed, in parts where a download goes on. No cache keeps it: everything that the site knows is in it."""
    path = backup_files.backup_path(name)
    if path is None:
        raise Http404
    if request.method == "GET":
        audit.record(by=_me(request), now=timezone.now(), verb="backup.download", subject="backups", name=name)
    about = path.stat()
    etag = f"{about.st_size:x}-{about.st_mtime_ns:x}"
    response = serve(request, path, content_type="application/zip", etag=etag, cache="private, no-store", name=name)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@needs(Right.SETTLE)
@require_POST
def deletion(request: HttpRequest, name: str) -> HttpResponse:
    if not backup_runs.delete_backup(name=name, by=_me(request), now=timezone.now()):
        raise Http404
    messages.success(request, _("Deleted %(name)s.") % {"name": name})
    return redirect("backups:list")


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)
