"""The names and states of archives and imports on pages."""

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from homespun.conversations.models import Run
from homespun.conversations.uploads import recognition

register = template.Library()

SAID = {
    Run.State.WAITING: lambda: _("Waiting for another import to finish"),
    Run.State.RUNNING: lambda: _("Importing"),
    Run.State.CANCELLED: lambda: _("Stopped. Posts imported so far are kept."),
    Run.State.FAILED: lambda: _("Failed. Posts imported so far are kept."),
}


@register.filter
def counted(value: int) -> str:
    """A number as the reader groups it."""
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def percent(run: Run) -> int:
    return int(run.progress * 100)


@register.filter
def titled(run: Run) -> str:
    """The archive of @somebody; the name of the file where nobody is known."""
    account = run.source.account if run.source else None
    if account is None or not (account.handle or account.name):
        return run.name
    return _("the archive of %(who)s") % {"who": f"@{account.handle}" if account.handle else account.name}


@register.filter
def headed(run: Run) -> str:
    """The same where a line begins with it. The name of a file stays as it is written."""
    said = titled(run)
    return said if said == run.name else said[:1].upper() + said[1:]


@register.filter
def state_said(run: Run) -> str:
    """Where a run stands, in words and figures."""
    if "removed_by" in run.options:
        return _("Removing")
    if run.state == Run.State.DONE:
        read, new = run.counts.get("read", 0), run.counts.get("new", 0)
        # Posts that it reposts, quotes or likes can be new, too.
        words = _("%(read)s posts read, %(new)s new") if new <= read else _("%(read)s posts read, %(new)s new with those they quote")
        return words % {"read": counted(read), "new": counted(new)}
    return SAID[Run.State(run.state)]()


@register.filter
def recognised(found: Any) -> str:
    """What was recognised in a file, in a sentence."""
    return (recognition.Found(**found) if isinstance(found, dict) else found).sentence
