"""`homespun collect`: bring archives in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.utils import timezone

from homespun.conversations import actions
from homespun.conversations.models import Run
from homespun.core.command import Answer, Failure
from homespun.core.command import Command as Base
from homespun.networks import NetworkError


class Command(Base):
    help = "Bring in an X archive: a zip, a folder, or a single file of one."
    group: ClassVar[str] = "Collect"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="what to read; several archives, or the parts of one")
        parser.add_argument("--account", default="", metavar="@HANDLE", help="whose archive it is, where it does not say so itself")
        parser.add_argument("--theirs", action="store_true", help="the archive is a customer's, not ours")
        parser.add_argument("--deleted", action="store_true", help="take in tweets that their author deleted")
        parser.add_argument("--circle", action="store_true", help="take in tweets that only a circle could see")

    def run(self, **options: Any) -> Answer:
        told = actions.Options(options["theirs"], options["account"], options["deleted"], options["circle"])
        reports = []
        for path in options["paths"]:
            try:
                run = actions.collect(by=None, now=timezone.now(), path=path, options=told, on_progress=self.tell_progress)
            except NetworkError as error:
                raise Failure(str(error)) from error
            reports.append(actions.report(run))
        return reports[0] if len(reports) == 1 else {"runs": reports}

    def tell_progress(self, run: Run) -> None:
        counts = run.counts
        self.progress(f"{run.name}: {run.progress:.0%}, {counts.get('read', 0)} tweets read, {counts.get('new', 0)} new posts")

    def tell(self, answer: Answer) -> str:
        return "\n\n".join(told(report) for report in answer.get("runs", [answer]))


def told(report: Answer) -> str:
    lines = [
        f"{report['name']}: {report['read']} tweets read; {report['new']} new, {report['updated']} updated,"
        f" {report['unchanged']} unchanged.",
        f"{report['replies']} replies, {report['parents_found']} with what they answer, {report['parents_missing']} without.",
        f"{report['notes']} long posts joined, {report['edits']} edits folded, {report['media']} pictures and films.",
    ]
    lines += [f"{number} recovered from {place.replace('_', ' ')}." for place, number in sorted(report["recovered"].items())]
    lines += [f"Not read: {each['where']}. {each['why']}" for each in report["unreadable"]]
    return "\n".join(lines + list(report["gaps"]))
