"""`homespun doctor`: what is configured, what is broken, what to do."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from homespun import __version__
from homespun.config import doctor
from homespun.core import command
from homespun.core.command import Answer, Needs

SIGNS = {"well": "✓", "note": "·", "warning": "!", "broken": "✗"}


class Command(command.Command):
    help = "What is configured, what is broken, what to do"
    group = "Look after"
    needs = Needs.ANY

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all-records", action="store_true", help="read every stored record; takes minutes on a large site")

    def run(self, **options: Any) -> Answer:
        findings = doctor.examine(all_records=options["all_records"])
        counts = {state: sum(finding.state == state for finding in findings) for state in ("broken", "warning")}
        return {
            "version": __version__,
            "well": not any(counts.values()),
            "broken": counts["broken"],
            "warnings": counts["warning"],
            "findings": [asdict(finding) for finding in findings],
        }

    def succeeded(self, answer: Answer) -> bool:
        return not answer["broken"]

    def tell(self, answer: Answer) -> str:
        return "\n".join([f"Homespun {answer['version']}", *map(line, answer["findings"]), summary(answer["broken"], answer["warnings"])])


def summary(broken: int, warnings: int) -> str:
    """All is well, or how much isn't."""
    if not broken and not warnings:
        return "All is well."
    counted = [f"{broken} broken"] if broken else []
    counted += [f"{warnings} warning{'s' if warnings > 1 else ''}"] if warnings else []
    return f"{', '.join(counted)}. What to do is below each."


def line(finding: dict[str, str]) -> str:
    todo = f"\n    {finding['todo']}" if finding["todo"] else ""
    return f"{SIGNS[finding['state']]} {finding['name']}: {finding['text']}{todo}"
