"""The `homespun` command: the product's own commands, found in its rooms, with one clear line when something fails."""

import errno
import gc
import os
import sys
import traceback
from pathlib import Path

import django
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError

from homespun import __version__
from homespun.config import data
from homespun.core.command import Command, Needs
from homespun.core.terminal import one_line

GROUPS = ("Run", "Collect", "Find", "Tell", "Look after", "Other")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homespun.config.settings")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a text stream can
    status = answered(sys.argv)
    gc.freeze()  # or Python looks through all that is left, at the exit
    sys.exit(status)


def answered(argv: list[str]) -> int:
    """Run what the words ask for; 0, or 1 after one sentence on standard error."""
    try:
        dispatch(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return failed("Stopped.", status=130)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 0 if left.code is None else failed(str(left.code))
    except CommandError as error:
        show_traceback()
        return failed(str(error), status=error.returncode)
    except Exception as error:  # a person reads this, so it is a sentence and not a traceback
        return failed(explained(error))
    return 0


def failed(sentence: str, status: int = 1) -> int:
    print(one_line(sentence), file=sys.stderr)
    return status


def explained(error: Exception) -> str:
    shown = show_traceback()
    name, text = type(error).__name__, " ".join(str(error).split())
    if "is locked" in text:
        return "The database was kept busy by another process for too long. Try again."
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in text:
        return "The disk is full. Make room and run the same again; what was done so far is kept."
    if isinstance(error, PermissionError) and error.filename:
        return f"“{error.filename}” may not be read or written by whoever runs this. Change whose it is, or its permissions."
    if "readonly database" in text or (isinstance(error, OSError) and error.errno == errno.EROFS):
        return "The data folder may be read only, so nothing was changed. Change whose it is, or its permissions."
    hint = "" if shown else " Run it again with --traceback to see where."
    return f"This went wrong unexpectedly: {name}{': ' if text else ''}{text.rstrip('.')}.{hint}"


def show_traceback() -> bool:
    if wanted := "--traceback" in sys.argv or os.environ.get("HOMESPUN_DEBUG") == "1":
        traceback.print_exc()
    return wanted


def dispatch(argv: list[str]) -> None:
    match argv[1:]:
        case [] | ["help"] | ["--help" | "-h", *_]:
            print(listing())
        case ["--version" | "version", *_]:
            print(f"homespun {__version__}")
        case ["help", name, *_]:
            run(["homespun", name, "--help"])
        case _:
            run(argv)


def run(argv: list[str]) -> None:
    name = argv[1]
    if any(word in ("--help", "-h") for word in argv[2:]):
        start_django()
        found(name).run_from_argv(argv)
        return
    if name in own_names():
        prepared_and_run(name, argv)
    else:
        run_djangos(name, argv)


def own_names() -> set[str]:
    """The product's commands by their files, without importing anything."""
    package = Path(__file__).parent.parent
    return {file.stem.replace("_", "-") for file in package.glob("*/management/commands/*.py") if not file.stem.startswith("_")}


def prepared_and_run(name: str, argv: list[str]) -> None:
    """See to what the command needs, after its words have been understood: a slip of the pen makes no data folder."""
    start_django()
    command = found(name)
    command.create_parser("homespun", name).parse_args(argv[2:])
    prepare(command)
    gc.freeze()
    gc.enable()
    command.run_from_argv(argv)


def prepare(command: Command) -> None:
    if command.needs is Needs.NOTHING:
        return
    data.make_folder()
    read_secrets_again()
    if command.needs in (Needs.CURRENT, Needs.ANY):
        data.make_database()
    if command.needs is Needs.CURRENT:
        data.refuse_other_version()


def read_secrets_again() -> None:
    """The settings were read before the folder was there; a first command must sign with the key that it has just made."""
    settings.SECRET_KEY = settings.SECRET_KEY_FILE.read_text().strip()


def run_djangos(name: str, argv: list[str]) -> None:
    """Django's own commands (makemigrations, shell, …) are there for developers and are not listed."""
    start_django()
    app = get_commands().get(name)
    if app is None:
        raise CommandError(f"There is no command “{name}”. See: homespun --help")
    command = load_command_class(app, name) if isinstance(app, str) else app
    gc.enable()
    command.run_from_argv(argv)


def found(name: str) -> Command:
    """A command by its name, whose module has underscores instead of hyphens."""
    module = name.replace("-", "_")
    app = get_commands().get(module)
    if app is None:
        raise CommandError(f"There is no command “{name}”. See: homespun --help")
    command: Command = load_command_class(app, module) if isinstance(app, str) else app  # type: ignore[assignment]  # ours are
    return command


def start_django() -> None:
    """Set Django up, and load what a command needs, without a garbage collector that would find none: a tenth of the start."""
    gc.disable()
    django.setup()


def listing() -> str:
    """What `homespun --help` says: the product's commands under their headings, one line each."""
    start_django()
    commands = {name: found(name) for name in sorted(own_names())}
    lines = [
        "Homespun keeps both sides of your public conversations and spins them into stories.",
        "",
        "homespun COMMAND [--json] [--help]",
    ]
    for group in GROUPS:
        names = [
            name
            for name, command in commands.items()
            if getattr(command, "group", "Other") == group and not getattr(command, "hidden", False)
        ]
        if names:
            lines += ["", f"{group}:", *(f"  {name:<14} {commands[name].help}" for name in names)]
    return "\n".join([*lines, "", "Settings are read from the environment; docs/operating.md has them in one table."])
