"""Items are added, written, moved, taken out and put back."""

from typing import cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from homespun.stories import actions
from homespun.stories.access import item_for, story_for
from homespun.stories.forms import item_fields, number
from homespun.stories.models import Item
from homespun.stories.queries.studio import first_item, item_after, item_before
from homespun.stories.views.adding import Place, place_for
from homespun.stories.views.coming import add
from homespun.stories.views.desk import DeskRequest, is_htmx, is_script, is_stored, refused, saved
from homespun.stories.views.shown import part_after, part_of, shown_item
from homespun.stories.views.studio import about, parts
from homespun.users.access import Right, needs


@needs(Right.READ, post=Right.WRITE)
@require_http_methods(["GET", "POST"])
def items(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the next part, or the parts that are named. POST: a new item."""
    desk = cast(DeskRequest, request)
    story = story_for(desk.user, slug)
    if request.method == "POST":
        return add(desk, story)
    total: int = story.item_count  # type: ignore[attr-defined]  # annotated by `stories()`
    if "keys" in request.GET:
        return parts(request, story, total, request.GET["keys"].split(","))
    after = number(request.GET.get("after"))
    part = part_after(story, total, item_for(desk.user, slug, after)) if after else part_of(story, total)
    return render(request, "stories/studio/part.html", about(story, total) | {"part": part})


@needs(Right.READ, post=Right.WRITE)
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """GET: as it stands. POST: as it is written, on the version that the writer saw."""
    desk = cast(DeskRequest, request)
    row = item_for(desk.user, slug, pk)
    if request.method == "POST":
        return _save(desk, row)
    return _row(request, row)


def _save(request: DeskRequest, row: Item) -> HttpResponse:
    version = number(request.POST.get("version")) or 0
    fields = item_fields(row.kind, request.POST)
    if fields.get("url", row.url) != row.url:
        fields["fetch_error"] = ""  # it was about the other address
    if request.POST.get("take") == "theirs":
        return saved(request, _studio(row))
    try:
        if request.POST.get("take") == "both":
            fields["media"] = row.media
            actions.add_item(story=row.story, kind=row.kind, after=row, by=request.user, now=timezone.now(), **fields)
        else:
            actions.update_item(item=row, version=version, by=request.user, now=timezone.now(), **fields)
    except actions.Stale as stale:
        row = cast(Item, stale.current)
        if not is_stored(row, fields):
            return _conflict(request, row)
    except ValidationError as error:
        return refused(error)
    return saved(request, _studio(row), version=row.version)


def _conflict(request: DeskRequest, current: Item) -> HttpResponse:
    """Both versions: theirs in the answer, the writer's own still in the form."""
    theirs = shown_item(current)
    page = {
        "version": current.version,
        "theirs": theirs.html or theirs.item.title or theirs.item.alt,
        "story": current.story,
        "adding_url": reverse("stories:adding", args=[current.story.slug]),
    }
    if not is_script(request):
        mine = shown_item(current, editing=True)
        for name, value in item_fields(current.kind, request.POST).items():
            setattr(current, name, value)
        whole = page | {"shown": mine, "conflict": True, "button_type": "submit", "both": True}
        return render(request, "stories/studio/conflict_page.html", whole, status=409)
    html = render_to_string("stories/studio/conflict.html", page | {"button_type": "button", "both": True}, request=request)
    return JsonResponse({"sentence": gettext("somebody else changed it"), "html": html, "version": current.version}, status=409)


@needs(Right.WRITE)
@require_GET
def editor(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    row = item_for(cast(DeskRequest, request).user, slug, pk)
    if not is_htmx(request):
        return redirect(reverse("stories:studio", args=[slug]) + f"?edit={pk}#item-{pk}")
    return _row(request, row, editing=True)


def _row(request: HttpRequest, row: Item, *, editing: bool = False) -> HttpResponse:
    page = {"story": row.story, "shown": shown_item(row, editing=editing), "adding_url": reverse("stories:adding", args=[row.story.slug])}
    return render(request, "stories/studio/row.html", page)


@needs(Right.WRITE)
@require_POST
def position(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move an item: `after` is the key of the one that it now follows ("" for the first), or `to` is up, down, top or end."""
    desk = cast(DeskRequest, request)
    row = item_for(desk.user, slug, pk)
    place = _step(row, request.POST["to"]) if "to" in request.POST else place_for(desk.user, row.story, request.POST.get("after", ""))
    if place is not None:
        actions.move_item(item=row, after=place.after, before=place.before, by=desk.user, now=timezone.now())
    return saved(request, _studio(row), version=row.story.version)


def _step(row: Item, to: str) -> Place | None:
    """None where it is there already."""
    if to == "end":
        return Place()
    if to == "down":
        other = item_after(row)
        return Place(after=other) if other else None
    other = first_item(row.story) if to == "top" else item_before(row)
    return Place(before=other) if other else None


@needs(Right.WRITE)
@require_POST
def deletion(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an item out, or (`undo`) put it back where it was."""
    desk = cast(DeskRequest, request)
    row = item_for(desk.user, slug, pk)
    if "undo" in request.POST:
        actions.restore_item(item=row, by=desk.user, now=timezone.now())
        return _changed(request, _studio(row), focus=f"item-{pk}")
    actions.remove_item(item=row, by=desk.user, now=timezone.now())
    if not is_htmx(request):
        return saved(request, reverse("stories:studio", args=[slug]) + f"?removed={pk}")
    done = gettext("Took out: %(what)s") % {"what": shown_item(row).label}
    answer = render(request, "stories/studio/taken_out.html", {"done": done, "undo_url": request.path})
    answer["HX-Trigger"] = "changed-elsewhere"
    return answer


@needs(Right.WRITE)
@require_POST
def deletions(request: HttpRequest, slug: str) -> HttpResponse:
    """Take out several that have just been brought in: the undo of bringing."""
    desk = cast(DeskRequest, request)
    for text in request.POST.getlist("items"):
        row = item_for(desk.user, slug, number(text) or 0)
        actions.remove_item(item=row, by=desk.user, now=timezone.now())
    return _changed(request, reverse("stories:studio", args=[slug]))


def _changed(request: HttpRequest, back: str, *, focus: str = "") -> HttpResponse:
    if not is_htmx(request):
        return saved(request, back)
    answer = HttpResponse()
    answer["HX-Trigger"] = f'{{"changed-elsewhere": {{"focus": "{focus}"}}}}'
    return answer


def _studio(row: Item) -> str:
    return reverse("stories:studio", args=[row.story.slug]) + f"#item-{row.pk}"
