"""The audit trail: one row per deed, in the deed's own transaction."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from homespun.core import live
from homespun.core.models import AuditEntry


def record(*, by: AbstractBaseUser | None, now: datetime, verb: str, subject: str, **details: Any) -> AuditEntry:
    """Write that `by` (None: the program itself) did `verb` to `subject`, a kind and a key such as `story:12`.

    Pages that are open hear that something has changed.
    """
    live.changed()
    return AuditEntry.objects.create(at=now, by_id=by.pk if by else None, verb=verb, subject=subject, details=details)
