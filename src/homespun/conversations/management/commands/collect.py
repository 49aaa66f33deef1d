"""`homespun collect`: bring in archives, and what stands at addresses."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from homespun.conversations import actions
from homespun.conversations.actions.reporting import noun_for
from homespun.conversations.models import Run
from homespun.core.command import Answer, Failure
from homespun.core.command import Command as Base
from homespun.core.terminal import one_line
from homespun.networks import NetworkError

LIST = "/desk/conversations/"  # reverse() would import every view, which takes longer than reading a small archive
MOST_KEYS = 50  # as many as the page takes
ADDRESS = re.compile(r"[a-z][a-z+]*://|did:[a-z]+:|@\S+\.|#\w", re.IGNORECASE)


class Command(Base):
    help = "Bring in archives and exports (a zip, a folder, a single file of one), and what stands at addresses of posts and pages."
    group: ClassVar[str] = "Collect"

    def arguments(self, parser: ArgumentParser) -> None:
        what = "what to read: archives, the parts of one, addresses of posts and pages; what there is as a path is a path"
        parser.add_argument("what", nargs="+", metavar="WHAT", help=what)
        parser.add_argument("--account", default="", metavar="@HANDLE", help="whose archive it is, where it does not say so itself")
        parser.add_argument("--theirs", action="store_true", help="the archive is a customer's, not ours")
        parser.add_argument("--deleted", action="store_true", help="take in tweets that their author deleted")
        parser.add_argument("--circle", action="store_true", help="take in tweets that only a circle could see")

    def run(self, **options: Any) -> Answer:
        if not all(what.strip() for what in options["what"]):
            raise Failure("Name a file, a folder or an address: one of the words you gave is empty.")
        told = actions.Options(options["theirs"], options["account"], options["deleted"], options["circle"])
        reports = []
        self.sources: list[int] = []
        self.conversations: list[int] = []
        for what in options["what"]:
            try:
                reports.append(self.found(what) if is_address(what) else self.read(Path(what), told))
            except NetworkError as error:
                raise Failure(str(error)) from error
        listed = {"conversations_url": list_url(self.sources, self.conversations)}
        return reports[0] | listed if len(reports) == 1 else {"runs": reports} | listed

    def read(self, path: Path, told: actions.Options) -> dict[str, Any]:
        run = actions.collect(by=None, now=timezone.now(), path=path, options=told, on_progress=self.tell_progress)
        self.sources += [run.source_id] if run.source_id else []
        return actions.report(run)

    def found(self, address: str) -> dict[str, Any]:
        from homespun.conversations.actions.finding import find  # noqa: PLC0415  (all that asks the outside: no archive waits for it)
        from homespun.core.door import door  # noqa: PLC0415  (the same)

        came = find(by=None, now=timezone.now(), address=address, door=door())
        self.conversations += came.conversations
        return {"address": address, "kind": came.kind, "new": came.new, "updated": came.updated, "conversation": came.uri}

    def tell_progress(self, run: Run) -> None:
        counts = run.counts
        self.progress(f"{run.name}: {run.progress:.0%}, {counts.get('read', 0)} read, {counts.get('new', 0)} new posts")

    def tell(self, answer: Answer) -> str:
        url = answer["conversations_url"]
        parts = [*(told(report) for report in answer.get("runs", [answer])), *([f"See the conversations: {url}"] if url else [])]
        return "\n\n".join(parts)


def is_address(what: str) -> bool:
    """What is no path here and looks like an address: a url, a uri, @name@server, #tag."""
    return not Path(what).exists() and bool(ADDRESS.match(what))


def list_url(sources: list[int], conversations: list[int]) -> str | None:
    """The address of the list of these conversations; None where the address of the site isn't known, or where there are none."""
    if not settings.HOMESPUN_URL_IS_KNOWN or not (sources or conversations):
        return None
    pairs = [*(("source", key) for key in dict.fromkeys(sources)), *(("only", key) for key in dict.fromkeys(conversations))]
    return f"{settings.HOMESPUN_URL}{LIST}?{urlencode(pairs[:MOST_KEYS])}"


def told(report: Answer) -> str:
    if "address" in report:
        return f"{report['address']}: {report['kind']}; {report['new']} new, {report['updated']} updated. {report['conversation']}".strip()
    noun = noun_for(report["kind"])
    lines = [
        f"{report['name']}: {report['read']} {noun} read; {report['new']} new, {report['updated']} updated,"
        f" {report['unchanged']} unchanged.",
        f"{report['replies']} replies, {report['parents_found']} with what they answer, {report['parents_missing']} without.",
        f"{report['notes']} long posts joined, {report['edits']} edits folded, {report['media']} pictures and films.",
    ]
    lines += [f"{number} recovered from {place.replace('_', ' ')}." for place, number in sorted(report["recovered"].items())]
    lines += [f"Not read: {one_line(each['where'])}. {one_line(each['why'])}" for each in report["unreadable"]]
    return "\n".join(lines + list(report["gaps"]))
