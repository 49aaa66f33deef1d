"""`opt-outs.txt` in the data folder: every opt-out and request, as hashes. `restore` reads it before anything is opened again.

One line a hash: state, purpose, key, proof, moment of the request, moment of the decision, why it is ignored, hash, and last the address of
an open request, sealed. "-" stands for nothing. `tombstones.txt` of older versions has lines of a hash and a moment.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from homespun.conversations.actions.opt_out_effects import withdraw
from homespun.conversations.actions.opt_outs import digest
from homespun.conversations.models import EFFECTIVE, OptOut, OptOutRequest
from homespun.core.security import sealing
from homespun.people.models import Account

FILE, OLD_FILE, RESTORED = "opt-outs.txt", "tombstones.txt", "opt-outs.restored"
FIELDS = 9
EARLIER_KEY = "earlier-"  # of opt-outs made before verification existed; the moment follows


@dataclass(frozen=True)
class OptOutLine:
    """One line of the file."""

    state: str
    purpose: str
    key: str
    proof: str
    requested_at: datetime
    decided_at: datetime | None
    ignored_because: str
    digest: str
    sealed: str = ""

    @property
    def changed_at(self) -> datetime:
        return self.decided_at or self.requested_at


def write_opt_out_file() -> None:
    """Write the whole file or nothing, where it isn't as the database is. Then the file of older versions is no longer needed."""
    path = Path(settings.DATA) / FILE
    text = "".join(f"{line}\n" for line in _lines(_known(path)))
    if (path.read_text() if path.exists() else "") != text:
        fresh = path.with_name(f"{FILE}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    path.with_name(OLD_FILE).unlink(missing_ok=True)


def _known(path: Path) -> dict[str, str]:
    """Sealed addresses by key, as sealing the same again gives other letters."""
    if not path.exists():
        return {}
    return {line.key: line.sealed for line in parse_lines(path.read_text().splitlines()) if line.sealed}


def _lines(sealed: dict[str, str]) -> Iterable[str]:
    rows = OptOut.objects.select_related("request").order_by("request__requested_at", "request__key", "digest")
    for row in rows:
        request = row.request
        if request.address and request.key not in sealed:
            sealed[request.key] = sealing.seal({"address": request.address})
        fields = [request.state, request.purpose, request.key, request.proof, _moment(request.requested_at), _moment(request.decided_at)]
        address = sealed[request.key] if request.address else ""
        yield " ".join(field or "-" for field in (*fields, request.ignored_because, row.digest, address))


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def parse_lines(lines: Iterable[str]) -> list[OptOutLine]:
    """Lines of the file and of its predecessor; others are skipped."""
    found = []
    for line in lines:
        with suppress(ValueError):
            found.append(_parse(line.split()))
    return found


def _parse(fields: Sequence[str]) -> OptOutLine:
    if len(fields) == FIELDS:
        state, purpose, key, proof, requested, decided, ignored, found, sealed = ("" if field == "-" else field for field in fields)
        if state not in OptOutRequest.State.values or purpose not in OptOutRequest.Purpose.values:
            raise ValueError(state)
        at = datetime.fromisoformat(requested)
        return OptOutLine(state, purpose, key, proof, at, datetime.fromisoformat(decided) if decided else None, ignored, found, sealed)
    if len(fields) in (2, 3):
        at = datetime.fromisoformat(" ".join(fields[1:])).replace(tzinfo=UTC)
        key = f"{EARLIER_KEY}{at:%Y%m%d%H%M%S}"
        return OptOutLine(OptOutRequest.State.EARLIER, OptOutRequest.Purpose.OPT_OUT, key, "", at, at, "", fields[0])
    raise ValueError(len(fields))


def read_restored() -> int:
    """Take over what `restore` left behind: opt-outs and decisions that the restored database doesn't know. Returns how many requests."""
    path = Path(settings.DATA) / RESTORED
    if not path.exists():
        return 0
    with transaction.atomic():
        count = merge(parse_lines(path.read_text().splitlines()))
    write_opt_out_file()
    path.unlink()
    return count


def merge(lines: Iterable[OptOutLine]) -> int:
    """The later decision on a request counts. Run in the caller's transaction."""
    by_key: dict[str, list[OptOutLine]] = {}
    for line in lines:
        by_key.setdefault(line.key, []).append(line)
    changed = sum(_merge_request(each) for each in by_key.values())
    if changed:
        _withdraw_covered()
    return changed


def _merge_request(lines: list[OptOutLine]) -> bool:
    first = max(lines, key=lambda line: line.changed_at)
    if first.state == OptOutRequest.State.EARLIER:
        held = set(OptOut.objects.filter(digest__in=[line.digest for line in lines]).values_list("digest", flat=True))
        lines = [line for line in lines if line.digest not in held]  # recorded or undone since, under another key
        if not lines:
            return False
    row = OptOutRequest.objects.filter(key=first.key).first() or OptOutRequest(key=first.key, requested_at=first.requested_at)
    is_newer = row.pk is None or first.changed_at > (row.decided_at or row.requested_at)
    if is_newer:
        row.state, row.purpose, row.proof, row.decided_at = first.state, first.purpose, first.proof, first.decided_at
        row.ignored_because = first.ignored_because
        row.address = _opened(first) if first.state == OptOutRequest.State.OPEN else ""
        row.account_uri = row.claimed_uri = row.sign_in = ""
        row.save()
    OptOut.objects.bulk_create((OptOut(digest=line.digest, request=row) for line in lines), ignore_conflicts=True)
    return is_newer


def _opened(line: OptOutLine) -> str:
    """The address, where the key that sealed it is here."""
    with suppress(sealing.Lost):
        return str(sealing.opened(line.sealed)["address"])
    return ""


def _withdraw_covered() -> None:
    """Posts in a restored database of accounts that have opted out since its backup was made."""
    covered = set(OptOut.objects.filter(request__purpose="opt-out", request__state__in=EFFECTIVE).values_list("digest", flat=True))
    withdraw(account for account in Account.objects.filter(is_own=False) if digest(account.uri) in covered)
