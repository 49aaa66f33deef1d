"""The progress of an import, or where it stopped."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from homespun.conversations.models import Run
from homespun.conversations.templatetags.archives import titled


@dataclass(frozen=True)
class Line:
    title: str
    hint: str = ""
    state: str = ""  # of a step: done, now, next
    node: str = "missing"
    address: str = ""
    link: str = ""


@dataclass(frozen=True)
class Progress:
    title: str
    lead: str
    read: int
    of: str
    moving: bool
    can_go_on: bool
    steps: list[Line]


def runs() -> QuerySet[Run]:
    """All readings, the last first, with whose archives they are."""
    return Run.objects.select_related("source__account").order_by("-started", "-pk")


def progress(run: Run) -> Progress:
    """How far a run is, or where it stands still."""
    moving = run.state in (Run.State.WAITING, Run.State.RUNNING)
    read, total = run.counts.get("read", 0), declared(run)
    title = {
        Run.State.WAITING: _("Importing %(title)s"),
        Run.State.RUNNING: _("Importing %(title)s"),
        Run.State.CANCELLED: _("Stopped: %(title)s"),
        Run.State.FAILED: _("Import failed: %(title)s"),
    }[Run.State(run.state)] % {"title": titled(run)}
    lead = (
        _("You can close this page: the import continues.") if moving else _("Posts imported so far are kept. You can continue from here.")
    )
    of = _("of about %(total)s posts read.") % {"total": figure(total)} if total else _("posts read.")
    if run.state == Run.State.WAITING:
        lead = _("Waiting for another import to finish. %(lead)s") % {"lead": lead}
    if titled(run) != run.name:
        lead = f"{run.name}. {lead}"
    return Progress(title, lead, read, of, moving, not moving, steps(run))


def steps(run: Run) -> list[Line]:
    """The way of an archive; where on it the reader is stands in the cursor."""
    here = STEPS.index(run.cursor["step"]) if run.cursor.get("step") in STEPS else int(bool(run.cursor))
    lines = [
        (_("Open archive"), _("Homespun never opens messages, contacts or ads.")),
        (_("Read posts and match replies"), read_said(run.counts)),
        (_("Find pictures and videos"), _("%(n)s found so far.") % {"n": figure(run.counts.get("media", 0))}),
        (_("Check totals"), _("Homespun compares the import with the archive’s own totals.")),
    ]
    moving = run.state in (Run.State.WAITING, Run.State.RUNNING)
    return [step_line(title, hint, number - here, moving) for number, (title, hint) in enumerate(lines)]


STEPS = ["open", "posts", "media", "count"]


def step_line(title: str, hint: str, ahead: int, moving: bool) -> Line:
    if ahead < 0:
        return Line(_("%(step)s: done") % {"step": title}, hint, "done", "us")
    if ahead == 0:
        words = _("%(step)s: in progress") if moving else _("%(step)s: stopped here")
        return Line(words % {"step": title}, hint, "now", "them")
    return Line(_("%(step)s: next") % {"step": title}, hint, "next", "missing")


def read_said(counts: dict[str, Any]) -> str:
    said = {key: figure(counts.get(key, 0)) for key in ("new", "notes")}
    return _("%(new)s new posts, %(notes)s long posts joined.") % said


def figure(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def declared(run: Run) -> int:
    """How many posts the archive says that it holds; 0 where it says nothing."""
    said = (run.source.declared if run.source else {}) or {}
    return int(said.get("tweets") or said.get("posts") or said.get("headers") or said.get("listed") or 0)
