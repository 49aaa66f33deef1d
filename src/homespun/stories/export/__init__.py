"""A story as files to take away: a web page that opens without a network, Markdown, or data. All come from what an edition holds."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext

from homespun.core.site import site
from homespun.stories import edition
from homespun.stories.export import data, markdown, web
from homespun.stories.export.subject import Subject
from homespun.stories.models import Story

FORMATS: dict[str, tuple[str, str, Callable[[Subject], bytes]]] = {
    "html": ("zip", "application/zip", web.written),
    "markdown": ("md", "text/markdown; charset=utf-8", markdown.written),
    "json": ("json", "application/json", data.written),
}


@dataclass(frozen=True)
class Exported:
    """One file: what to call it, what it is, and what is in it."""

    name: str
    content_type: str
    body: bytes


class NotPublished(Exception):
    """The edition was asked for and there is none."""

    def __init__(self) -> None:
        super().__init__(gettext("The story is not published; its draft can be exported instead."))


def export(story: Story, kind: str, *, draft: bool = False) -> Exported:
    """What the public sees of a story, or its draft, as one of `FORMATS` (KeyError for another). Raises NotPublished."""
    ending, content_type, write = FORMATS[kind]
    return Exported(f"{story.slug}.{ending}", content_type, write(_subject(story, draft)))


def _subject(story: Story, draft: bool) -> Subject:
    if draft:
        return Subject(edition.build(story), story.slug, site())
    if story.edition is None or story.edition.struck:
        raise NotPublished
    kept = story.edition
    return Subject(edition.content(kept), story.slug, site(), kept.first_published, kept.published)
