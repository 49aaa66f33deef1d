"""The panel beside the story: what may come in, and bringing it in."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from homespun.stories.access import story_for
from homespun.stories.actions import add_posts
from homespun.stories.models import Item, Story
from homespun.stories.queries.closed import for_few
from homespun.stories.views.adding import place_for
from homespun.stories.views.bringing import panel_for, uris_asked
from homespun.stories.views.coming import see
from homespun.stories.views.desk import DeskRequest, is_htmx
from homespun.users.access import Right, needs


@needs(Right.READ)
@require_GET
def panel(request: HttpRequest, slug: str) -> HttpResponse:
    desk = cast(DeskRequest, request)
    if not is_htmx(request):
        return redirect(reverse("stories:studio", args=[slug]) + f"?{request.GET.urlencode()}#panel")
    story = story_for(desk.user, slug)
    found = panel_for(desk.user, story, request.GET)
    only_found = request.headers.get("HX-Target") == "found"
    return render(request, "stories/studio/found.html" if only_found else found.template, {"story": story, "panel": found})


@needs(Right.WRITE)
@require_POST
def posts(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring in one post (`uri`), a whole conversation, or all that a search found."""
    desk = cast(DeskRequest, request)
    story = story_for(desk.user, slug)
    place = place_for(desk.user, story, request.POST.get("after", "end"))
    uris = uris_asked(request.POST)
    items = add_posts(story=story, uris=uris, after=place.after, before=place.before, by=desk.user, now=timezone.now())
    if not is_htmx(request):
        first = f"#item-{items[0].pk}" if items else ""
        return redirect(reverse("stories:studio", args=[slug]) + first)
    return _brought(desk, story, items, for_few(uris))


def _brought(request: DeskRequest, story: Story, items: list[Item], few: int) -> HttpResponse:
    data = request.POST.copy()
    if "whole" in data:
        data.pop("conversation", None)
    done = ngettext("Added %(n)s post.", "Added %(n)s posts.", len(items)) % {"n": len(items)}
    if few:
        done += " " + ngettext(
            "%(n)s was said to followers or to one person, and stays on the desk.",
            "%(n)s were said to followers or to one person, and stay on the desk.",
            few,
        ) % {"n": few}
    page = {
        "story": story,
        "panel": panel_for(request.user, story, data),
        "done": done,
        "undo_url": reverse("stories:deletions", args=[story.slug]),
        "undo_items": [item.pk for item in items],
        "see": see(story, items[-1]) if items else "",
    }
    answer = render(request, "stories/studio/brought.html", page)
    answer["HX-Trigger-After-Swap"] = f'{{"changed-elsewhere": {{"show": "{f"item-{items[-1].pk}" if items else ""}"}}}}'
    return answer
