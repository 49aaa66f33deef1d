"""`homespun story new|list|publish|unpublish|export`: stories from the command line."""

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from homespun.conversations.queries import conversation_at
from homespun.core import command
from homespun.core.terminal import one_line
from homespun.stories import actions, queries
from homespun.stories.export import FORMATS, NotPublished, export
from homespun.stories.models import Item, Story
from homespun.users.queries import is_claimed

CLAIM = gettext_noop("Run homespun serve, and open the address that it prints.")
BASES = [basis for basis in Item.Basis.values if basis]


class Command(command.Command):
    help = "Begin a story from a conversation, list stories, publish one, take it back, export it."
    group = "Tell"

    def arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="new|list|publish|unpublish|export", required=True)
        new = verbs.add_parser("new", help="begin one, with the posts of a conversation as its items")
        new.add_argument("--title", required=True)
        new.add_argument("--conversation", metavar="URI", default="", help="of any post in it; without it the story begins empty")
        verbs.add_parser("list", help="all stories, last changed first")
        _publish_arguments(verbs.add_parser("publish", help="freeze one and show it to everybody"))
        verbs.add_parser("unpublish", help="take one from the public; its address is kept").add_argument("slug")
        _export_arguments(verbs.add_parser("export", help="write one into a file"))
        for verb in verbs.choices.values():
            verb.add_argument("--json", action="store_true", default=SUPPRESS, help="print one JSON object on standard output")

    def run(self, **options: Any) -> command.Answer:
        try:
            return VERBS[options.pop("verb")](**options)
        except ValidationError as error:
            raise command.Failure(" ".join(error.messages)) from error
        except (actions.NotReady, NotPublished) as error:
            raise command.Failure(str(error)) from error

    def tell(self, answer: command.Answer) -> str:
        if "stories" in answer:
            return "\n".join(map(_line, answer["stories"])) or _("No stories yet.")
        if "file" in answer:
            return _("Written to %(file)s.") % answer
        if answer.get("visible") is False:
            return f"{_line(answer)}\n{_('Nobody can see it yet, because this site has no owner.')} {_(CLAIM)}"
        return _line(answer)


def _publish_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug")
    parser.add_argument("--basis", choices=BASES, default="", help="on which the words of all who lack one may stand")
    parser.add_argument("--how", default="", help="how they agreed: by letter, on the telephone")
    parser.add_argument("--when", type=_day, metavar="DATE", help="when they agreed: 2026-03-12")
    parser.add_argument(
        "--items",
        type=_numbers,
        default=[],
        metavar="N,N",
        help="record the basis for these very items instead; words that were not public need that",
    )


def _export_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug")
    parser.add_argument("--format", choices=list(FORMATS), default="html", help="html is a zip that opens without a network")
    parser.add_argument("--output", type=Path, metavar="FILE", required=True)
    parser.add_argument("--draft", action="store_true", help="the draft instead of what is published")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def new(*, title: str, conversation: str, **options: Any) -> command.Answer:
    found = conversation_at(conversation) if conversation else None
    if conversation and found is None:
        raise command.Failure(_("No post with the address %(uri)s is held, nor known to be missing.") % {"uri": conversation})
    story = actions.create_story(title=title, conversation=found, by=None, now=timezone.now())
    return _about(queries.stories().get(pk=story.pk))


def listed(**options: Any) -> command.Answer:
    return {"stories": [_about(story) for story in queries.stories()]}


@transaction.atomic
def publish(*, slug: str, basis: str, how: str, when: date | None, items: list[int], **options: Any) -> command.Answer:
    """A refusal leaves nothing behind, the recorded basis neither."""
    story, now = _story(slug), timezone.now()
    if basis and items:
        for item in _items(story, items):
            actions.set_basis(item=item, basis=basis, how=how, when=when, by=None, now=now)
    elif basis:
        actions.set_basis_for(story=story, basis=basis, how=how, when=when, by=None, now=now)
    edition = actions.publish(story=story, by=None, now=now)
    return _about(_story(story.slug)) | {"edition": edition.number, "visible": is_claimed()}


def unpublish(*, slug: str, **options: Any) -> command.Answer:
    actions.unpublish(story=_story(slug), by=None, now=timezone.now())
    return _about(_story(slug))


def exported(*, slug: str, format: str, output: Path, draft: bool, **options: Any) -> command.Answer:
    made = export(_story(slug), format, draft=draft)
    try:
        output.write_bytes(made.body)
    except OSError as error:
        raise command.Failure(_("%(file)s cannot be written: %(why)s.") % {"file": output, "why": error.strerror}) from error
    return {"slug": slug, "format": format, "file": str(output), "bytes": len(made.body)}


VERBS: dict[str, Callable[..., command.Answer]] = {
    "new": new,
    "list": listed,
    "publish": publish,
    "unpublish": unpublish,
    "export": exported,
}


def _story(slug: str) -> Story:
    story = queries.stories().filter(slug=slug).first()
    if story is None:
        raise command.Failure(_("There is no story with the address %(slug)s. `homespun story list` names them.") % {"slug": slug})
    return story


def _items(story: Story, numbers: list[int]) -> list[Item]:
    found = [item for item in queries.items(story) if item.number in numbers]  # type: ignore[attr-defined]  # annotated
    if len(found) < len(set(numbers)):
        raise command.Failure(_("The story has no item of one of these numbers."))
    return found


def _about(story: Story) -> dict[str, Any]:
    return {
        "slug": story.slug,
        "title": story.title,
        "items": story.item_count,  # type: ignore[attr-defined]  # annotated by `stories()`
        "published": story.edition.first_published if story.edition else None,
        "changed_since_publication": story.changed_since_publication,
        "url": f"{settings.HOMESPUN_URL}{reverse('public:story', args=[story.slug])}" if story.edition else None,
    }


def _line(about: command.Answer) -> str:
    count = ngettext("%(n)s item", "%(n)s items", about["items"]) % {"n": about["items"]}
    state = about["url"] or _("not published")
    changed = ", " + _("changed since publication") if about["changed_since_publication"] else ""
    return f"{about['slug']}: {one_line(about['title'])} ({count}; {state}{changed})"
