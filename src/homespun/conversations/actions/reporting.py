"""What a run says at its end: what was read and made of it, counted against what the archive says it holds."""

from datetime import datetime
from typing import Any

from homespun.conversations.actions import archive_rows
from homespun.conversations.models import Post, Run
from homespun.networks import x

COUNTS = ("read", "new", "updated", "unchanged", "notes", "community", "deleted", "circle", "likes")
KINDS = {"community": "community posts", "circle": "circle posts", "deleted": "deleted posts", "likes": "likes", "notes": "long posts"}


def finish(run: Run, archive: x.Archive, now: datetime) -> None:
    """Count, name the gaps, and close the run. Runs in the caller's transaction."""
    assert run.source is not None
    source = run.source.pk
    replies, found, edits = archive_rows.answers_of(source)
    counts = run.counts
    counts |= {
        "posts": Post.objects.count(),
        "replies": replies,
        "parents_found": found,
        "parents_missing": replies - found,
        "edits": edits,
    }
    counts["media"], counts["media_missing"] = archive_rows.media_counts(source)
    counts["private"] = archive.found.private
    declared = dict(archive.found.declared)
    if headers := archive.headers():
        declared["headers"] = headers
    run.gaps = gaps(archive, counts, declared)
    run.source.declared = declared
    run.source.save(update_fields=["declared"])
    run.counts, run.state, run.ended, run.progress = counts, Run.State.DONE, now, 1.0
    run.save(update_fields=["counts", "gaps", "state", "ended", "progress"])


def gaps(archive: x.Archive, counts: dict[str, Any], declared: dict[str, int]) -> list[str]:
    """In sentences, what is not there."""
    said = []
    if archive.owner.uri.startswith("urn:"):
        said.append(
            "The archive does not say whose it is: its posts are by an account without a name. Bring it again with --account @handle."
        )
    for month, listed in sorted(archive.found.months.items()):
        read = counts.get(f"month {month}", 0)
        if not read and listed:
            said.append(f"{month}: the index lists {listed} tweets, and the month is not in the archive.")
        elif read < listed:
            said.append(f"{month}: the index lists {listed} tweets, and {read} are in the archive.")
    for name in ("tweets", "headers", "listed"):
        if name in declared and counts.get("read", 0) < declared[name]:
            said.append(f"{SAYS[name]} {declared[name]} tweets, and {counts.get('read', 0)} are in it.")
    for kind, words in KINDS.items():
        wanted = declared.get(kind, 0)
        read = counts.get("notes_read" if kind == "notes" else kind, 0)
        is_open = kind not in ("deleted", "circle") or getattr(archive, kind)
        if is_open and read < wanted:
            said.append(f"The archive says that it holds {wanted} {words}, and {read} are in it.")
        elif wanted and not is_open:
            said.append(f"{wanted} {words} were left shut; --{kind} takes them in.")
    if lost := counts.get("notes_read", 0) - counts.get("notes", 0):
        said.append(f"{lost} long posts belong to no tweet of the archive.")
    if counts.get("media_missing"):
        said.append(f"{counts['media_missing']} pictures and films are not in the archive.")
    return said


SAYS = {
    "tweets": "The archive says that it holds",
    "headers": "Its list of headers names",
    "listed": "Its index lists",
}


def report(run: Run) -> dict[str, Any]:
    """A finished run, as `collect --json` prints it."""
    counts = run.counts
    told = {"kind": run.source.kind if run.source else "x-archive", "name": run.name}
    told |= {name: counts.get(name, 0) for name in (*COUNTS, "posts", "replies", "parents_found", "parents_missing", "edits", "media")}
    told |= {"recovered": counts.get("recovered", {}), "unreadable": run.unreadable}
    return told | {"declared": run.source.declared if run.source else {}, "gaps": run.gaps}
