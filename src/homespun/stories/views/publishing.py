"""Who is quoted and on what basis; then the story goes out, comes back, is looked at before, and is taken along."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from homespun.core.dates import spoken
from homespun.stories import actions, page
from homespun.stories.access import item_for, story_for
from homespun.stories.actions.story import slug_to_be
from homespun.stories.export import FORMATS
from homespun.stories.export import export as exporting
from homespun.stories.forms import Said, number, said
from homespun.stories.models import Story
from homespun.stories.queries import Standing, quoted
from homespun.stories.queries.studio import editions
from homespun.stories.views.desk import DeskRequest, is_htmx
from homespun.stories.views.quoting import Person, people
from homespun.stories.views.shown import media_address
from homespun.stories.words import plain
from homespun.users.access import Right, holds, needs


@needs(Right.READ)
@require_safe
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    story = story_for(cast(DeskRequest, request).user, slug)
    opened = request.GET.get("open", "")
    if opened and is_htmx(request):
        return _forms(request, story, opened)
    return _page(request, story, opened=opened)


def _forms(request: HttpRequest, story: Story, opened: str) -> HttpResponse:
    """One person alone, with the forms that a long page does not bring along."""
    found = [person for person in people(quoted(story), opened=opened) if person.anchor == opened]
    if not found:
        raise Http404
    may_publish = holds(request.user, Right.PUBLISH)
    return render(request, "stories/quoted.html", {"story": story, "person": found[0], "may_publish": may_publish})


@needs(Right.PUBLISH)
@require_POST
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze the story and show it, or (`undo`) take it off the site."""
    desk = cast(DeskRequest, request)
    story = story_for(desk.user, slug)
    if "undo" in request.POST:
        actions.unpublish(story=story, by=desk.user, now=timezone.now())
        messages.success(request, gettext("The story is no longer on the site. Its address is kept in case you publish it again."))
        return redirect("stories:publish", story.slug)
    try:
        actions.publish(story=story, by=desk.user, now=timezone.now())
    except actions.NotReady as refusal:
        return _page(request, story_for(desk.user, slug), refused=refusal.reasons, status=409)
    return redirect(f"{reverse('stories:publish', args=[story.slug])}?published#published")


@needs(Right.PUBLISH)
@require_POST
def bases(request: HttpRequest, slug: str) -> HttpResponse:
    """Record on what basis words may stand: of one item, of one person (`key`), or of all who lack one."""
    desk = cast(DeskRequest, request)
    story = story_for(desk.user, slug)
    given = said(request.POST)
    try:
        _record(desk, story, given)
    except ValidationError as error:
        return _page(request, story, form=request.POST.get("form", ""), errors=error.messages, wrong=given, status=422)
    return redirect("stories:publish", story.slug)  # the browser keeps the fragment of the form's address


def _record(request: DeskRequest, story: Story, given: Said) -> None:
    record: Callable[..., object]
    pk = number(request.POST.get("item"))
    if pk is not None:
        record = partial(actions.set_basis, item=item_for(request.user, story.slug, pk))
    else:
        record = partial(actions.set_basis_for, story=story, key=request.POST.get("key") or None)
    record(basis=given.basis, how=given.how, when=given.when, by=request.user, now=timezone.now())


NAMED = 12  # people who lack a basis, beside the button


@dataclass(frozen=True)
class Lacking:
    url: str
    label: str


def _page(
    request: HttpRequest,
    story: Story,
    *,
    opened: str = "",
    refused: Sequence[str] = (),
    form: str = "",
    errors: Sequence[str] = (),
    wrong: Said | None = None,
    status: int = 200,
) -> HttpResponse:
    everybody = people(quoted(story), opened=opened, form=form, errors=errors, wrong=wrong)
    waiting = [person for person in everybody if not person.quoted.is_ready]
    may_publish = holds(request.user, Right.PUBLISH)
    shown = {
        "here": "stories",
        "story": story,
        "just_published": story.is_published and "published" in request.GET,
        "waiting": waiting,
        "ready": [person for person in everybody if person.quoted.is_ready],
        "lead": _lead(everybody, waiting),
        "refused": refused,
        "many_lack": may_publish and sum(person.quoted.standing is Standing.LACKING for person in waiting) > 1,
        "all_error": errors if form == "all" else (),
        "chosen": wrong if form == "all" else None,
        "may_publish": may_publish,
        "address": request.build_absolute_uri(reverse("public:story", args=[slug_to_be(story)])),
        "editions": list(editions(story)),
        "exports": _exports(story) if may_publish else [],
        "cover_url": media_address(story.cover) if story.cover else "",
        "introduction": plain(story.introduction),
        "button": _button(story),
        "published_word": gettext("Published"),
        "published_when": _published_when(story),
    } | _lacking(waiting)
    return render(request, "stories/publish.html", shown, status=status)


def _published_when(story: Story) -> str:
    """When the version went out that visitors see now, and whether the draft has moved on since."""
    if story.edition is None:
        return ""
    text = gettext("Published %(when)s. Anyone can read it at this address.") % {"when": spoken(story.edition.published)}
    if story.changed_since_publication:
        text = f"{text} " + gettext("You have changed the draft since; visitors see the changes when you publish again.")
    return text


def _lacking(waiting: Sequence[Person]) -> dict[str, Any]:
    links = [Lacking(f"#quoted-{person.anchor}", person.quoted.name) for person in waiting[:NAMED]]
    title = ngettext("%(n)s person has no basis yet", "%(n)s people have no basis yet", len(waiting)) % {"n": len(waiting)}
    others = len(waiting) - len(links)
    more = ngettext("and %(n)s other", "and %(n)s others", others) % {"n": others} if others else ""
    return {"lacking": links, "lacking_title": title, "lacking_more": more}


def _lead(everybody: Sequence[Person], waiting: Sequence[Person]) -> str:
    if not everybody:
        return gettext("Nobody is quoted in it.")
    count = len(everybody)
    who = ngettext("%(n)s person is quoted in it.", "%(n)s people are quoted in it.", count) % {"n": count}
    if not waiting:
        return f"{who} " + ngettext("They may be quoted.", "All of them may be quoted.", count)
    names = get_text_list([person.quoted.name for person in waiting[:3]], gettext("and")) if len(waiting) < 4 else ""
    lack = ngettext("%(n)s has no basis yet", "%(n)s have no basis yet", len(waiting)) % {"n": len(waiting)}
    return f"{who} {lack}: {names}." if names else f"{who} {lack}."


def _button(story: Story) -> str:
    """What pressing it will do."""
    if not story.is_published:
        count: int = story.item_count  # type: ignore[attr-defined]  # annotated by `stories()`
        return ngettext("Publish %(n)s item", "Publish %(n)s items", count) % {"n": count}
    return gettext("Publish these changes") if story.changed_since_publication else gettext("Publish the same once more")


@dataclass(frozen=True)
class Export:
    url: str
    label: str


def _exports(story: Story) -> list[Export]:
    labels = {"html": gettext("Web page, with pictures"), "markdown": gettext("Markdown"), "json": gettext("Data, JSON")}
    return [Export(reverse("stories:export", args=[story.slug, kind]), label) for kind, label in labels.items()]


@needs(Right.READ)
@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft as visitors would see it."""
    return HttpResponse(page.preview(story_for(cast(DeskRequest, request).user, slug)))


@needs(Right.PUBLISH)
@require_safe
def export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """What the public sees as a file, or the draft where nothing is public."""
    if kind not in FORMATS:
        raise Http404
    story = story_for(cast(DeskRequest, request).user, slug)
    made = exporting(story, kind, draft=not story.is_published)
    headers = {"Content-Disposition": content_disposition_header(True, made.name) or ""}
    return HttpResponse(made.body, content_type=made.content_type, headers=headers)
