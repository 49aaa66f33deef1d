"""`homespun sample`: write the made-up archives into a folder, to try `collect` with."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from homespun.conversations import sample
from homespun.core.command import Answer, Command, Failure


class Command(Command):  # type: ignore[no-redef]  # Django looks for it under this name
    """Write the sample."""

    help = "Write the made-up archives of the sample into a folder: ours, and two of customers."
    group = "Collect"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where to write them; made if it is missing")

    def run(self, *, folder: Path, **options: Any) -> Answer:
        try:
            paths = sample.write(folder)
        except OSError as error:
            raise Failure(f"{folder} cannot be written: {error.strerror}.") from error
        return {
            "archives": [{"path": str(path), "theirs": not archive.ours} for path, archive in zip(paths, sample.archives(), strict=True)]
        }

    def tell(self, answer: Answer) -> str:
        return "\n".join(f"homespun collect {each['path']}{' --theirs' if each['theirs'] else ''}" for each in answer["archives"])
