"""The studio: a story as its authors work on it, and what another window has changed of it."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_safe

from homespun.conversations.queries.talks import title
from homespun.stories.access import story_for
from homespun.stories.forms import number
from homespun.stories.models import Story
from homespun.stories.queries import plain_items
from homespun.stories.queries.studio import first_words, item_versions, own_words
from homespun.stories.views.adding import adding_from
from homespun.stories.views.bringing import panel_for
from homespun.stories.views.desk import DeskRequest
from homespun.stories.views.shown import part_of, shown
from homespun.stories.words import plain
from homespun.users.access import Right, holds, needs

SHORT = 16  # characters that are no title yet
ELEMENTS = [
    "save-state",
    "auto-save",
    "sort-list",
    "lend-list",
    "prose-edit",
    "live-version",
    "add-menu",
    "fill-in",
    "focus-point",
    "undo-key",
]


@needs(Right.READ)
@require_safe
def studio(request: HttpRequest, slug: str) -> HttpResponse:
    desk = cast(DeskRequest, request)
    story = story_for(desk.user, slug)
    total: int = story.item_count  # type: ignore[attr-defined]  # annotated by `stories()`
    part = part_of(story, total, start=min(number(request.GET.get("start")) or 0, total), editing=number(request.GET.get("edit")))
    page = about(story, total) | {
        "part": part,
        "panel": panel_for(desk.user, story, request.GET),
        "adding": adding_from(request.GET, name="add"),
        "may_publish": holds(desk.user, Right.PUBLISH),
        "removed": number(request.GET.get("removed")),
        "elements": [f"elements/{name}.js" for name in ELEMENTS],
    }
    return render(request, "stories/studio.html", page)


@needs(Right.READ)
@require_GET
def version(request: HttpRequest, slug: str) -> HttpResponse:
    """What there is now, for a window that saw the story at version `since`; nothing where nothing has changed."""
    story = story_for(cast(DeskRequest, request).user, slug)
    if request.GET.get("since") == str(story.version):
        return HttpResponse(status=204)
    others = [("head", story.head_version), ("facts", story.version), ("end", story.version)]
    return JsonResponse({"version": story.version, "entries": list(item_versions(story)), "others": others})


def about(story: Story, total: int) -> dict[str, Any]:
    """What every part of the studio is rendered with."""
    own = own_words(story)
    return {
        "here": "stories",
        "story": story,
        "total": total,
        "own": own,
        "quoted": total - own,
        "suggested": "" if story.title else _suggestion(first_words(story)),
        "introduction": "\n\n".join(plain(story.introduction).split("\n")),
        "tags": ", ".join(story.tags),
        "facts": _facts(story),
        "adding_url": reverse("stories:adding", args=[story.slug]),
    }


def _suggestion(text: str) -> str:
    """What the story could be called: the first line of its first post, or more of it where that says little."""
    lines = [line for line in text.split("\n") if line.strip()]
    return title(lines[0] if lines and len(lines[0]) > SHORT else text)


def parts(request: HttpRequest, story: Story, total: int, keys: list[str]) -> HttpResponse:
    """Those parts of the studio that a window has an older version of."""
    wanted = {key for text in keys if (key := number(text)) is not None}
    rows = list(plain_items(story).filter(pk__in=wanted)) if wanted else []
    page = about(story, total) | {"shown_items": shown(story, rows), "names": keys}
    return render(request, "stories/studio/parts.html", page)


def _facts(story: Story) -> str:
    tags = ngettext("%(n)s tag", "%(n)s tags", len(story.tags)) % {"n": len(story.tags)} if story.tags else ""
    return ", ".join(filter(None, (story.author_name, tags)))
