"""A story as a folder in a zip: the page as it is set, its stylesheet, fonts, pictures, films and data. It asks nothing of any network."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import msgspec
from django.contrib.staticfiles import finders

from homespun.core import media, stylesheets
from homespun.core.models import MediaFile
from homespun.core.templatetags.look import symbols
from homespun.stories import page
from homespun.stories.edition import Content, Entry, Picture
from homespun.stories.export import data
from homespun.stories.export.subject import Subject

WIDTH = 1600
MAX_FILMS = 200 << 20  # bytes of films in all, as the folder is put together in memory
ICON = re.compile(r'<use href="[^"#]*icons\.svg#([\w-]+)">')
FONT = re.compile(r'url\("[^"]*?/fonts/([\w.-]+)"\)')


@dataclass(frozen=True)
class Copies:
    """Pictures and films that could be copied for the public, by the hash of what they were made from."""

    files: dict[str, Path]

    def address(self, sha256: str, width: int) -> str:
        return f"media/{self.files[sha256].name}"


def written(subject: Subject) -> bytes:
    copies = _copies(subject.content)
    held = Subject(_with_held(subject.content, copies), subject.slug, subject.site, subject.published, subject.changed)
    css, fonts = _stylesheet()
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(f"{subject.slug}/index.html", _page(held, copies))
        folder.writestr(f"{subject.slug}/story.css", css)
        folder.writestr(f"{subject.slug}/story.json", data.written(held))
        for font in fonts:
            folder.write(font, f"{subject.slug}/fonts/{font.name}", zipfile.ZIP_STORED)
        for copy in copies.files.values():
            folder.write(copy, f"{subject.slug}/media/{copy.name}", zipfile.ZIP_STORED)
    return out.getvalue()


def _page(subject: Subject, copies: Copies) -> str:
    changed = subject.changed if subject.changed != subject.published else None
    where = page.Where(
        site=subject.site,
        published=subject.published,
        changed=changed,
        frame="stories/offline.html",
        picture=copies.address,
        playing="media/{}".format,
    )
    return _with_own_icons(page.render(subject.content, where))


def _with_own_icons(html: str) -> str:
    """Icons from a sprite in the page: a browser takes none from a file beside it."""
    used = sorted(set(ICON.findall(html)))
    drawn = "".join(f'<symbol id="icon-{name}" viewBox="{symbols()[name][0]}">{symbols()[name][1]}</symbol>' for name in used)
    html = ICON.sub(r'<use href="#icon-\1">', html)
    return html.replace("<body>", f'<body>\n<svg hidden xmlns="http://www.w3.org/2000/svg">{drawn}</svg>', 1)


def _stylesheet() -> tuple[str, list[Path]]:
    """The visitors' stylesheet, and the fonts it names that are there."""
    css = stylesheets.compact(stylesheets.inlined(stylesheets.SOURCES / "public.css"))
    names = dict.fromkeys(FONT.findall(css))
    found = [finders.find(f"parts/fonts/{name}") for name in names]
    return FONT.sub(r'url("fonts/\1")', css), [Path(path) for path in found if isinstance(path, str)]


def _copies(content: Content) -> Copies:
    wanted = {picture.sha256 for picture in content.pictures()}
    files: dict[str, Path] = {}
    for file in MediaFile.objects.filter(sha256__in=wanted):
        try:
            files[file.sha256] = media.public_copy(file, width=WIDTH)
        except media.Refused:
            continue  # its file is gone or cannot be read: the story goes on without it
    return Copies(files | _films(content))


def _films(content: Content) -> dict[str, Path]:
    """Films in their order, as long as there is room; the page says of the others where they were posted."""
    held = MediaFile.objects.in_bulk({film.sha256 for film in content.films()}, field_name="sha256")
    found: dict[str, Path] = {}
    room = MAX_FILMS
    for file in (held[sha256] for sha256 in dict.fromkeys(film.sha256 for film in content.films()) if sha256 in held):
        if file.size > room:
            continue
        try:
            found[file.sha256] = media.film_copy(file)
        except media.Refused:
            continue
        room -= file.size
    return found


def _with_held(content: Content, copies: Copies) -> Content:
    def kept(picture: Picture | None) -> Picture | None:
        if picture is not None and picture.kind != "image":
            return picture if picture.sha256 in copies.files else msgspec.structs.replace(picture, film="")
        return picture if picture is None or picture.sha256 in copies.files else None

    def stripped(entry: Entry) -> Entry:
        return msgspec.structs.replace(entry, media=tuple(filter(None, map(kept, entry.media)))) if entry.media else entry

    head = msgspec.structs.replace(content.head, cover=kept(content.head.cover))
    return Content(head, tuple(map(stripped, content.items)))
