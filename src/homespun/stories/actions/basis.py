"""On what basis somebody's words may stand in a story, as its author says it."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from homespun.stories.actions.writing import checked, touch
from homespun.stories.models import Item, Story
from homespun.stories.queries import QuotedItem, Standing, quoted
from homespun.users.models import User


@transaction.atomic
def set_basis(*, item: Item, basis: str, how: str = "", when: date | None = None, by: User | None, now: datetime) -> Item:
    """Record the basis of one item, or take it back with "". "agreed" needs how and when; it is what private words need as well."""
    _write(item.story, [item], basis, how, when, by, now)
    item.refresh_from_db(fields=["basis", "basis_how", "basis_when"])
    return item


@transaction.atomic
def set_basis_for(
    *, story: Story, key: str | None = None, basis: str, how: str = "", when: date | None = None, by: User | None, now: datetime
) -> int:
    """Record one basis for everybody who lacks one, or (`key`, see `Quoted`) for all words of one person. Returns the number of items.

    Words that were not public are left out: they need `set_basis` on the very item.
    """
    people = [person for person in quoted(story) if key in (None, person.key)]
    entries = [entry for person in people for entry in person.items if not entry.is_private and _is_asked(entry, key)]
    _write(story, [entry.item for entry in entries], basis, how, when, by, now)
    return len(entries)


def _is_asked(entry: QuotedItem, key: str | None) -> bool:
    return key is not None or entry.standing is Standing.LACKING


def _write(story: Story, rows: list[Item], basis: str, how: str, when: date | None, by: User | None, now: datetime) -> None:
    values = checked(Item, {"basis": str(basis), "basis_how": how, "basis_when": when})
    if basis not in Item.Basis.values:
        raise ValidationError({"basis": gettext("The basis is own, organisation or agreed.")})
    if basis == Item.Basis.AGREED and not (values["basis_how"] and when):
        raise ValidationError(gettext("Say how and when they agreed."))
    touch(story, by=by, now=now, verb="item.basis", basis=str(basis), items=[row.pk for row in rows])
    Item.objects.filter(pk__in=[row.pk for row in rows]).update(**values)
