"""`homespun doctor`: what is configured, what is broken, what to do."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from homespun import __version__
from homespun.config import doctor
from homespun.core import command
from homespun.core.command import Answer, Needs

SIGNS = {"well": "✓", "note": "·", "broken": "✗"}


class Command(command.Command):
    help = "What is configured, what is broken, what to do"
    group = "Look after"
    needs = Needs.ANY

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all-records", action="store_true", help="read every stored record; takes minutes on a large site")

    def run(self, **options: Any) -> Answer:
        findings = doctor.examine(all_records=options["all_records"])
        is_well = all(finding.state != "broken" for finding in findings)
        return {"version": __version__, "well": is_well, "findings": [asdict(finding) for finding in findings]}

    def tell(self, answer: Answer) -> str:
        lines = [line(finding) for finding in answer["findings"]]
        last = "All is well." if answer["well"] else "Something is broken; what to do stands beside it."
        return "\n".join([f"Homespun {answer['version']}", *lines, last])


def line(finding: dict[str, str]) -> str:
    todo = f"\n    {finding['todo']}" if finding["todo"] else ""
    return f"{SIGNS[finding['state']]} {finding['name']}: {finding['text']}{todo}"
