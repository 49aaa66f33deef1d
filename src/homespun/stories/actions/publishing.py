"""A story is frozen into an edition, which the public sees at once; or is taken back from it."""

from collections.abc import Callable
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext, ngettext

from homespun.core import media
from homespun.stories import edition
from homespun.stories.actions.story import slug_to_be
from homespun.stories.actions.writing import holder, touch, withdraw
from homespun.stories.models import Edition, Story
from homespun.stories.queries import Quoted, Standing, items, posts, stops_for, who_is_quoted
from homespun.stories.words import runs
from homespun.users.models import User


class NotReady(Exception):
    """A story that may not be published yet. `people` lack a basis for some of their items, `reasons` say it all in sentences."""

    def __init__(self, reasons: list[str], people: list[Quoted]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
        self.people = people


@transaction.atomic
def publish(*, story: Story, by: User | None, now: datetime) -> Edition:
    """Freeze the story and show it. Raises NotReady where somebody quoted lacks a basis, or there is nothing to publish.

    The address is settled by the first publication and stays through all later ones.
    """
    touch(story, by=by, now=now, verb="story.publish")
    story.refresh_from_db()
    rows = list(items(story))
    held = posts(row.post_uri for row in rows)
    _refuse(story, who_is_quoted(rows, held, stops_for(story, held)), empty=not rows)
    content, slug = edition.freeze(story, rows, held), slug_to_be(story)
    earlier = story.editions.aggregate(last=Max("number"), first=Min("first_published"))
    story.edition = Edition.objects.create(
        story=story,
        number=(earlier["last"] or 0) + 1,
        published=now,
        first_published=earlier["first"] or now,
        by=by,
        story_version=story.version,
        head=edition.stored(content.head),
        items=edition.stored(content.items),
    )
    story.slug = slug
    story.save(update_fields=["edition", "slug"])
    media.share(holder=holder(story), sha256s=(shown.sha256 for shown in chain(content.pictures(), content.films())))
    return story.edition


@transaction.atomic
def unpublish(*, story: Story, by: User | None, now: datetime) -> None:
    """Take the story from the public. Its editions and its address are kept for when it is published again."""
    withdraw(story)
    touch(story, by=by, now=now, verb="story.unpublish")


def _refuse(story: Story, people: list[Quoted], *, empty: bool) -> None:
    lacking = [person for person in people if not person.is_ready]
    reasons = [sentence for sentence in (_about_head(story), _about_nothing(empty), *map(_about, lacking)) if sentence]
    if reasons:
        raise NotReady(reasons, lacking)


def _about_head(story: Story) -> str:
    return "" if story.title else gettext("The story has no title yet.")


def _about_nothing(empty: bool) -> str:
    return gettext("There is nothing in the story yet.") if empty else ""


def _about(person: Quoted) -> str:
    """One sentence for each kind of hindrance that a person's items meet."""
    return " ".join(
        sentence(len(numbers)) % {"who": person, "items": runs(numbers)}
        for standing, sentence in SENTENCES.items()
        if (numbers := [entry.number for entry in person.items if entry.standing is standing])
    )


SENTENCES: dict[Standing, Callable[[int], str]] = {
    Standing.LACKING: lambda n: ngettext(
        "%(who)s is quoted without a basis (item %(items)s).",
        "%(who)s is quoted without a basis (items %(items)s).",
        n,
    ),
    Standing.PRIVATE: lambda n: ngettext(
        "What %(who)s said in item %(items)s was not public there: record for that very item that they agreed.",
        "What %(who)s said in items %(items)s was not public there: record for each of these very items that they agreed.",
        n,
    ),
    Standing.FOR_FEW: lambda n: ngettext(
        "What %(who)s said in item %(items)s was for followers or for one person, and stays on the desk. Take the item out.",
        "What %(who)s said in items %(items)s was for followers or for one person, and stays on the desk. Take the items out.",
        n,
    ),
    Standing.PAUSED: lambda n: ngettext(
        "Item %(items)s has to wait: there is an opt-out request for %(who)s, not verified. Confirm or dismiss it, or remove the item.",
        "Items %(items)s have to wait: there is an opt-out request for %(who)s, not verified. Confirm or dismiss it, or remove the items.",
        n,
    ),
    Standing.OPTED_OUT: lambda n: ngettext(
        "Item %(items)s can’t be published: an opt-out is recorded for %(who)s. Remove the item.",
        "Items %(items)s can’t be published: an opt-out is recorded for %(who)s. Remove the items.",
        n,
    ),
    Standing.WITHDRAWN: lambda n: ngettext(
        "%(who)s has opted out, so item %(items)s can’t be published. Remove the item.",
        "%(who)s has opted out, so items %(items)s can’t be published. Remove the items.",
        n,
    ),
    Standing.GONE: lambda n: ngettext(
        "The post of item %(items)s is in no archive any more.",
        "The posts of items %(items)s are in no archive any more.",
        n,
    ),
}
