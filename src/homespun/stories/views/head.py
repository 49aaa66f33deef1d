"""What stands above the items: title, introduction, author, tags; and the cover picture."""

from typing import cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from homespun.stories.access import story_for
from homespun.stories.actions import HeadFields, Stale, update_head
from homespun.stories.forms import head_fields, number
from homespun.stories.models import Story
from homespun.stories.uploads import keep_picture
from homespun.stories.views.desk import DeskRequest, is_htmx, is_stored, refused, saved, sent_file
from homespun.stories.words import plain
from homespun.users.access import Right, needs


@needs(Right.WRITE)
@require_POST
def head(request: HttpRequest, slug: str) -> HttpResponse:
    desk = cast(DeskRequest, request)
    story = story_for(desk.user, slug)
    version, fields = number(request.POST.get("version")), head_fields(request.POST)
    try:
        update_head(story=story, version=version, by=desk.user, now=timezone.now(), **fields)
    except Stale as stale:
        story = cast(Story, stale.current)
        if not is_stored(story, fields):
            return _conflict(request, story)
    except ValidationError as error:
        return refused(error)
    return saved(request, reverse("stories:studio", args=[story.slug]), version=story.head_version)


def _conflict(request: HttpRequest, current: Story) -> HttpResponse:
    theirs = format_html("<p><b>{}</b></p><p>{}</p><p>{}</p>", current.title, plain(current.introduction), ", ".join(current.tags))
    page = {"theirs": theirs, "version": current.head_version, "button_type": "button"}
    html = render_to_string("stories/studio/conflict.html", page, request=request)
    return JsonResponse({"sentence": gettext("somebody else changed it"), "html": html, "version": current.head_version}, status=409)


@needs(Right.WRITE)
@require_POST
def cover(request: HttpRequest, slug: str) -> HttpResponse:
    """A new cover, its words and its focus, or none any more."""
    desk = cast(DeskRequest, request)
    story = story_for(desk.user, slug)
    try:
        update_head(story=story, by=desk.user, now=timezone.now(), **_cover_fields(desk))
    except ValidationError as error:
        return render(request, "stories/studio/cover.html", {"story": story, "error": " ".join(error.messages)})
    if is_htmx(request):
        return render(request, "stories/studio/cover.html", {"story": story})
    return saved(request, reverse("stories:studio", args=[story.slug]))


def _cover_fields(request: DeskRequest) -> HeadFields:
    data = request.POST
    if "remove" in data:
        return HeadFields(cover=None, cover_alt="", cover_caption="", cover_focus="50% 50%")
    if (file := sent_file(request, "file")) is not None:
        picture = keep_picture(file, now=timezone.now())
        return HeadFields(cover=picture, cover_alt=data.get("alt", ""), cover_focus="50% 50%")
    return HeadFields(cover_alt=data.get("alt", ""), cover_caption=data.get("caption", ""), cover_focus=data.get("focus") or "50% 50%")
