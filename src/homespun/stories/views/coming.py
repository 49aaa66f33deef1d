"""Something new comes into a story: narration, a heading, a picture, an address, words from elsewhere."""

from dataclasses import dataclass
from typing import cast

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from homespun.core.models import MediaFile
from homespun.stories import actions
from homespun.stories.access import item_for, story_for
from homespun.stories.actions import ItemFields
from homespun.stories.fetching import post_behind
from homespun.stories.forms import item_fields
from homespun.stories.links import read_link
from homespun.stories.models import Item, Story
from homespun.stories.queries import post_uris
from homespun.stories.uploads import keep_picture
from homespun.stories.views.adding import Adding, Place, adding_from, place_for
from homespun.stories.views.bringing import panel_for
from homespun.stories.views.desk import DeskRequest, is_htmx, saved, sent_file
from homespun.stories.views.shown import PART, shown_item
from homespun.users.access import Right, needs

WRITTEN = (Item.Kind.NARRATION, Item.Kind.HEADING)  # come in empty, with their editor open
ADDRESSES = (Item.Kind.LINK, Item.Kind.VIDEO)


@dataclass(frozen=True)
class Made:
    item: Item
    trouble: str = ""  # what could not be found out about an address


def add(request: DeskRequest, story: Story) -> HttpResponse:
    kind, sent = request.POST.get("kind", ""), request.POST.get("after", "end")
    if kind not in Item.Kind.values or kind == Item.Kind.POST:
        raise Http404
    place = place_for(request.user, story, sent)
    try:
        made = _make(request, story, kind, place)
    except ValidationError as error:
        return _ask_again(request, story, kind, error)
    editing = made.item.kind in WRITTEN
    if not is_htmx(request):
        asked = f"?edit={made.item.pk}" if editing else ""
        back = reverse("stories:studio", args=[story.slug]) + f"{asked}#item-{made.item.pk}"
        return saved(request, back, version=made.item.version, item=made.item.pk, action=shown_item(made.item).url)
    page = _row(story, made, editing=editing) | ({"panel": _panel(request, story)} if _by_panel(request) else {})
    answer = render(request, "stories/studio/come_in.html", page)
    answer["HX-Trigger-After-Settle"] = f'{{"changed-elsewhere": {{"show": "item-{made.item.pk}"}}}}'
    return answer


def _row(story: Story, made: Made, *, editing: bool = False) -> dict[str, object]:
    shown = shown_item(made.item, editing=editing, trouble=made.trouble)
    return {
        "story": story,
        "shown": shown,
        "adding_url": reverse("stories:adding", args=[story.slug]),
        "done": gettext("Added at the end: %(what)s") % {"what": shown.label},
        "undo_url": reverse("stories:deletions", args=[story.slug]),
        "undo_items": [made.item.pk],
        "see": see(story, made.item),
    }


def see(story: Story, item: Item) -> str:
    """Where an item stands that was added at the end, for a page that has not come that far."""
    start = max(0, story.items.filter(deleted=None).count() - PART)
    return reverse("stories:studio", args=[story.slug]) + f"?start={start}#item-{item.pk}"


def _by_panel(request: DeskRequest) -> bool:
    """It was sent by the form beside the story, which is to be as it was, and not by one in its place in the story."""
    return request.POST.get("panel") == "address"


def _panel(request: DeskRequest, story: Story) -> object:
    return panel_for(request.user, story, request.POST)


def _make(request: DeskRequest, story: Story, kind: str, place: Place) -> Made:
    now = timezone.now()
    fields, trouble = item_fields(kind, request.POST), ""
    if kind == Item.Kind.IMAGE:
        fields["media"] = _picture(request)
    if kind in ADDRESSES:
        behind = post_behind(fields.get("url", ""), by=request.user, now=now)
        if behind.uri:
            return Made(_post(request, story, behind.uri, place))
        link = read_link(fields.get("url", ""), now=now)
        kind, trouble = link.kind, behind.trouble or link.trouble
        fields |= {"url": link.url, "title": link.title, "media": link.still}
    item = actions.add_item(story=story, kind=kind, after=place.after, before=place.before, by=request.user, now=now, **fields)
    if trouble:
        actions.note_fetch_error(item=item, error=trouble)
    return Made(item, trouble)


def _post(request: DeskRequest, story: Story, uri: str, place: Place) -> Item:
    """The post that stands at an address, in its own place."""
    items = actions.add_posts(story=story, uris=[uri], after=place.after, before=place.before, by=request.user, now=timezone.now())
    if items:
        return items[0]
    if uri in post_uris(story):
        raise ValidationError(gettext("The story has that post already."))
    raise ValidationError(gettext("That was said to a few only, so it stays on the desk."))


def _picture(request: DeskRequest) -> MediaFile:
    file = sent_file(request, "file")
    if file is None:
        raise ValidationError(gettext("Choose a picture first."))
    if not request.POST.get("alt", "").strip():
        raise ValidationError(gettext("Say what the picture shows, for those who do not see it."))
    return keep_picture(file, now=timezone.now())


def _ask_again(request: DeskRequest, story: Story, kind: str, error: ValidationError) -> HttpResponse:
    adding = adding_from(request.POST) or Adding("end")
    asked = Adding(adding.after, "link" if kind == Item.Kind.VIDEO else kind)
    again = reverse("stories:adding", args=[story.slug])
    page = {"story": story, "adding": asked, "errors": error.messages, "values": request.POST, "adding_url": again}
    if not is_htmx(request):
        return render(request, "stories/studio/add_page.html", page, status=422)
    if not _by_panel(request):
        return render(request, "stories/studio/add.html", page)
    panel = page | {"panel": _panel(request, story)}
    answer = render(request, "stories/studio/panel_address.html", panel)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#panel-in", "innerHTML"
    return answer


@needs(Right.WRITE)
@require_GET
def adding(request: HttpRequest, slug: str) -> HttpResponse:
    """The row that asks what comes here, or more about what was chosen."""
    story = story_for(cast(DeskRequest, request).user, slug)
    asked = adding_from(request.GET)
    if asked is None:
        raise Http404
    if not is_htmx(request):
        return redirect(reverse("stories:studio", args=[slug]) + f"?add={asked.after}&kind={asked.kind}#add")
    page = {"story": story, "adding": asked, "adding_url": request.path}
    return render(request, "stories/studio/add.html", page)


@needs(Right.WRITE)
@require_POST
def reading(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask an address once more what it is called and shows. A title that somebody has written stays."""
    desk = cast(DeskRequest, request)
    item = item_for(desk.user, slug, pk)
    if item.kind not in ADDRESSES:
        raise Http404
    made = _read_again(desk, item)
    if not is_htmx(request):
        return redirect(reverse("stories:studio", args=[slug]) + f"#item-{pk}")
    answer = render(request, "stories/studio/row.html", _row(item.story, made))
    answer["HX-Trigger-After-Settle"] = "changed-elsewhere"
    return answer


def _read_again(request: DeskRequest, item: Item) -> Made:
    now = timezone.now()
    try:
        link = read_link(item.url, now=now)
        actions.note_fetch_error(item=item, error=link.trouble)
        found = ItemFields(title=item.title or link.title, media=link.still or item.media)
        if (found["title"], found["media"]) != (item.title, item.media):
            item = actions.update_item(item=item, version=item.version, by=request.user, now=now, **found)
    except actions.Stale as stale:
        return Made(cast(Item, stale.current))
    except ValidationError as error:
        return Made(item, " ".join(error.messages))
    return Made(item, link.trouble)
