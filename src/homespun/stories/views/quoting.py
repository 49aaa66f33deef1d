"""Everybody quoted, as the publish page says it: with standing, reason, and what can be recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from zlib import crc32

from django.template.defaultfilters import date as said_date
from django.utils.translation import gettext, ngettext

from homespun.people.models import Account
from homespun.stories.forms import Said
from homespun.stories.models import Item
from homespun.stories.queries import Quoted, QuotedItem, Standing
from homespun.stories.words import plain, runs

FEW = 20  # items of one person that are asked about one by one as well
AT_ONCE = 50  # forms that one person is shown with
AT_HAND = 60  # forms that the page brings along; of more, each is fetched when somebody asks for it
LINE = 40  # characters of numbers beside a name
MARKS = {
    Standing.LACKING: "",
    Standing.PRIVATE: "",
    Standing.FOR_FEW: "withdrawn",
    Standing.OPTED_OUT: "withdrawn",
    Standing.GONE: "withdrawn",
}
UNCHANGEABLE = (Standing.GONE, Standing.WITHDRAWN, Standing.OPTED_OUT, Standing.FOR_FEW)


@dataclass(frozen=True)
class Entry:
    """One item of somebody, for which a basis can be recorded on its own."""

    quoted: QuotedItem
    errors: Sequence[str] = ()
    wrong: Said | None = None

    @property
    def item(self) -> Item:
        return self.quoted.item

    @property
    def number(self) -> int:
        return self.quoted.number

    @property
    def is_private(self) -> bool:
        return self.quoted.is_private

    @property
    def text(self) -> str:
        return self.quoted.post.text if self.quoted.post else plain(self.item.html)

    @property
    def anchor(self) -> str:
        return f"item-{self.item.pk}"

    @property
    def chosen(self) -> Said:
        return self.wrong or Said(self.item.basis, self.item.basis_how, self.item.basis_when)


@dataclass(frozen=True)
class Person:
    """Somebody on the publish page. `anchor` is their place on it."""

    quoted: Quoted
    anchor: str
    errors: Sequence[str] = ()
    wrong: Said | None = None
    entries: Sequence[Entry] = field(default_factory=tuple)
    is_open: bool = False
    at_hand: bool = True  # the forms are on the page already

    @property
    def face(self) -> Account | str:
        return self.quoted.account or self.quoted.name

    @property
    def is_us(self) -> bool:
        return self.quoted.account is not None and self.quoted.account.is_own

    @property
    def items_label(self) -> str:
        numbers = self.quoted.numbers
        if len(runs(numbers)) > LINE:
            return gettext("%(n)s items between %(first)s and %(last)s") % {"n": len(numbers), "first": numbers[0], "last": numbers[-1]}
        return ngettext("item %(numbers)s", "items %(numbers)s", len(numbers)) % {"numbers": runs(numbers)}

    @property
    def mark(self) -> str:
        return MARKS.get(self.quoted.standing, self.quoted.standing.value)

    @property
    def word(self) -> str:
        own = {
            Standing.LACKING: gettext("No basis yet"),
            Standing.PRIVATE: gettext("Not public there"),
            Standing.FOR_FEW: gettext("For a few only"),
            Standing.PAUSED: gettext("Opt-out request, not verified"),
            Standing.OPTED_OUT: gettext("Opt-out recorded"),
            Standing.WITHDRAWN: gettext("Opted out"),
            Standing.GONE: gettext("Gone"),
            Standing.OWN: gettext("Your own words") if self.is_us else gettext("Our own account"),
        }
        return own.get(self.quoted.standing, "")

    @property
    def why(self) -> str:
        return _reason(self.quoted)

    @property
    def can_say(self) -> bool:
        return self.quoted.standing not in UNCHANGEABLE and not (self.is_us and self.quoted.is_own)

    @property
    def shows_forms(self) -> bool:
        return self.at_hand or self.is_open

    @property
    def can_say_for_all(self) -> bool:
        return any(not entry.is_private for entry in self.entries)

    @property
    def forms(self) -> int:
        return 1 + len(self.singly) if self.can_say else 0

    @cached_property
    def singly(self) -> list[Entry]:
        """Items that are asked about one by one: all of a few, and what was not public where it was said; those not ready first."""
        few = 1 < len(self.entries) <= FEW
        asked = [entry for entry in self.entries if entry.is_private or few]
        return sorted(asked, key=lambda entry: entry.quoted.standing.is_ready)[:AT_ONCE]

    @property
    def chosen(self) -> Said:
        if self.wrong:
            return self.wrong
        given = {entry.chosen for entry in self.entries}
        return given.pop() if len(given) == 1 else Said("", "", None)


def people(
    quoted: Sequence[Quoted], *, opened: str = "", form: str = "", errors: Sequence[str] = (), wrong: Said | None = None
) -> list[Person]:
    """Each with their place; what was refused stands in the form (`form`: an anchor) that it was sent by. `opened` is an anchor, too."""
    found = [_person(one, f"{crc32(one.key.encode()):x}", opened, form, errors, wrong) for one in quoted]
    if sum(person.forms for person in found) <= AT_HAND:
        return found
    return [replace(person, at_hand=False) for person in found]


def _person(one: Quoted, anchor: str, opened: str, form: str, errors: Sequence[str], wrong: Said | None) -> Person:
    entries = tuple(Entry(entry, errors, wrong) if form == f"item-{entry.item.pk}" else Entry(entry) for entry in one.items)
    mine = form == anchor or any(entry.errors for entry in entries)
    return Person(one, anchor, errors if mine else (), wrong if form == anchor else None, entries, is_open=mine or anchor == opened)


def _reason(quoted: Quoted) -> str:
    """Why they stand where they stand, in a sentence."""
    least = next(item for item in quoted.items if item.standing is quoted.standing)
    if quoted.standing is Standing.AGREED:
        when = said_date(least.when, "DATE_FORMAT") if least.when else ""
        return gettext("They agreed: %(how)s, %(when)s.") % {"how": least.how, "when": when}
    return {
        Standing.OWN: gettext("Nobody needs to be asked."),
        Standing.ORGANISATION: gettext("Speaks for an organisation or a public office here; quoted with credit."),
        Standing.LACKING: gettext("A private person, as far as we know."),
        Standing.PRIVATE: gettext("Item %(n)s was not public where it was said, and needs their own word.") % {"n": least.number},
        Standing.FOR_FEW: gettext("Item %(n)s was for followers or for one person, and stays on the desk. Take it out.")
        % {"n": least.number},
        Standing.PAUSED: gettext(
            "Somebody asked us not to collect this account, and hasn’t verified that. Confirm or dismiss the request on Today, or record"
            " that this person agreed to be quoted."
        ),
        Standing.OPTED_OUT: gettext("An opt-out is recorded for this account, so the post can’t be quoted. Remove the item."),
        Standing.WITHDRAWN: gettext("They verified that they don’t want to be collected or quoted. Remove the item."),
        Standing.GONE: gettext("The post is in no archive any more. Take the item out."),
    }[quoted.standing]
