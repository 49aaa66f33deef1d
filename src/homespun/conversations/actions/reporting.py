"""What a run says at its end: what was read and made of it, counted against what the archive says it holds."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from homespun.conversations.actions import archive_rows
from homespun.conversations.models import Post, Run
from homespun.networks import Said
from homespun.networks.exports import Export

COUNTS = ("read", "new", "updated", "unchanged", "notes", "community", "deleted", "circle", "likes")
KINDS = {"community": "community posts", "circle": "circle posts", "deleted": "deleted posts", "likes": "likes", "notes": "long posts"}
SHUT = ("deleted", "circle")  # unless asked for
Gap = dict[str, Any]  # `kind`, and what is to be said of it; pages word it in the reader's language, `sentence` in English


def finish(run: Run, archive: Export, now: datetime) -> None:
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
    counts["private"] = archive.private
    declared = dict(archive.declared)
    if headers := archive.headers():
        declared["headers"] = headers
    run.gaps = list(gaps(archive, counts, declared))
    run.source.declared = declared
    run.source.save(update_fields=["declared"])
    run.counts, run.state, run.ended, run.progress = counts, Run.State.DONE, now, 1.0
    run.save(update_fields=["counts", "gaps", "state", "ended", "progress"])


def gaps(archive: Export, counts: dict[str, Any], declared: dict[str, int]) -> Iterator[Gap]:
    """What is not there, one by one."""
    if archive.owner.uri.startswith("urn:"):
        yield {"kind": "owner"}
    for month, listed in sorted(archive.months.items()):
        read = counts.get(f"month {month}", 0)
        if read < listed:
            yield {"kind": "month", "month": month, "said": listed, "read": read}
    for name in ("tweets", "posts", "headers", "listed"):
        if counts.get("read", 0) < declared.get(name, 0):
            yield {"kind": "counted", "by": name, "said": declared[name], "read": counts.get("read", 0)}
    for name in KINDS:
        said, read = declared.get(name, 0), counts.get("notes_read" if name == "notes" else name, 0)
        is_open = name not in SHUT or getattr(archive, name)
        if is_open and read < said:
            yield {"kind": "counted", "by": name, "said": said, "read": read}
        elif said and not is_open:
            yield {"kind": "shut", "what": name, "count": said}
    if lost := counts.get("notes_read", 0) - counts.get("notes", 0):
        yield {"kind": "notes", "count": lost}
    if counts.get("opted_out"):
        yield {"kind": "opted-out", "count": counts["opted_out"]}
    if counts.get("media_missing"):
        yield {"kind": "media", "count": counts["media_missing"]}


def noun_for(kind: str) -> str:
    """What the posts of a source of this kind are called."""
    return "tweets" if kind == "x-archive" else "posts"


def sentence(gap: Gap, noun: str = "tweets") -> str:
    """A gap for the command line."""
    match gap["kind"]:
        case "owner":
            return (
                "The archive does not say whose it is: its posts are by an account without a name. Bring it again with --account @handle."
            )
        case "month":
            rest = f"{gap['read']} are in the archive" if gap["read"] else "the month is not in the archive"
            return f"{gap['month']}: the index lists {gap['said']} {noun}, and {rest}."
        case "counted":
            says, what = SAYS.get(gap["by"], SAYS["tweets"]), KINDS.get(gap["by"], noun)
            return f"{says} {gap['said']} {what}, and {gap['read']} are in it."
        case "shut":
            return f"{gap['count']} {KINDS[gap['what']]} were left shut; --{gap['what']} takes them in."
        case "notes":
            return f"{gap['count']} long posts belong to no tweet of the archive."
        case "opted-out":
            return f"{gap['count']} posts were not imported, because their accounts are opted out or have an open opt-out request."
        case kind:
            assert kind == "media"
            return f"{gap['count']} pictures and films are not in the archive."


SAYS = {
    "tweets": "The archive says that it holds",
    "posts": "The archive says that it holds",
    "headers": "Its list of headers names",
    "listed": "Its index lists",
}


def report(run: Run) -> dict[str, Any]:
    """A finished run, as `collect --json` prints it: in English, whatever the language of the site."""
    counts = run.counts
    told: dict[str, Any] = {"kind": run.source.kind if run.source else "x-archive", "name": run.name}
    told |= {name: counts.get(name, 0) for name in (*COUNTS, "posts", "replies", "parents_found", "parents_missing", "edits", "media")}
    unreadable = [{name: str(Said.again(kept)) for name, kept in each.items()} for each in run.unreadable]
    told |= {"recovered": counts.get("recovered", {}), "unreadable": unreadable}
    return told | {
        "declared": run.source.declared if run.source else {},
        "gaps": [sentence(gap, noun_for(told["kind"])) for gap in run.gaps],
    }
