"""All stories, a new one, and those that were taken away and can come back."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from homespun.conversations.models import Conversation
from homespun.stories.access import removed_story_for, stories_for, story_for
from homespun.stories.actions import create_story, remove_story, restore_story
from homespun.stories.forms import number
from homespun.stories.models import Story
from homespun.stories.queries.studio import removed_stories
from homespun.stories.views.desk import DeskRequest
from homespun.users.access import Right, holds, needs


@needs(Right.READ, post=Right.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def stories(request: HttpRequest) -> HttpResponse:
    desk = cast(DeskRequest, request)
    if request.method == "POST":
        return _create(desk)
    rows = list(stories_for(desk.user))
    page = {
        "here": "stories",
        "stories": rows,
        "lead": _lead(rows),
        "removed": list(removed_stories()[:20]),
        "may_publish": holds(desk.user, Right.PUBLISH),
    }
    return render(request, "stories/list.html", page)


def _create(request: DeskRequest) -> HttpResponse:
    key = number(request.POST.get("conversation"))
    conversation = Conversation.objects.filter(pk=key).first() if key is not None else None
    try:
        story = create_story(title=request.POST.get("title", ""), conversation=conversation, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("stories:list")
    return redirect("stories:studio", story.slug)


def _lead(rows: list[Story]) -> str:
    published = sum(story.is_published for story in rows)
    drafts = len(rows) - published
    if not published:
        return ngettext("%(n)s draft, and nothing published yet.", "%(n)s drafts, and nothing published yet.", drafts) % {"n": drafts}
    told = ngettext("%(n)s story is published", "%(n)s stories are published", published) % {"n": published}
    begun = ngettext("%(n)s is a draft", "%(n)s are drafts", drafts) % {"n": drafts}
    return gettext("%(told)s, %(begun)s.") % {"told": told, "begun": begun}


@needs(Right.WRITE)
@require_POST
def deletion(request: HttpRequest, slug: str) -> HttpResponse:
    desk = cast(DeskRequest, request)
    if "undo" in request.POST:
        restore_story(story=removed_story_for(desk.user, slug), by=desk.user, now=timezone.now())
        messages.success(request, gettext("It is back, as a draft."))
    else:
        story = story_for(desk.user, slug)
        if story.is_published and not holds(desk.user, Right.PUBLISH):
            raise Http404  # it would take it from the public
        remove_story(story=story, by=desk.user, now=timezone.now())
        messages.success(request, gettext("Deleted “%(title)s”. You can bring it back below.") % {"title": story})
    return redirect("stories:list")
