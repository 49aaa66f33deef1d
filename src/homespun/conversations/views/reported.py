"""What came of an archive, as its page says it: gaps first, counts beside; and what taking it out would do."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from homespun.conversations.models import Run, Sighting
from homespun.conversations.templatetags.archives import titled
from homespun.conversations.uploads import pieces
from homespun.conversations.views.reports import Line, declared, figure

SHOWN = 100  # of what could not be read
COUNTED = (
    ("read", gettext_lazy("Posts read")),
    ("new", gettext_lazy("New here")),
    ("updated", gettext_lazy("Here before, and now better")),
    ("unchanged", gettext_lazy("Here before")),
    ("replies", gettext_lazy("Replies")),
    ("parents_found", gettext_lazy("Parents found")),
    ("parents_missing", gettext_lazy("Parents missing")),
    ("notes", gettext_lazy("Long posts joined")),
    ("edits", gettext_lazy("Edits folded")),
    ("media", gettext_lazy("Pictures and films found")),
    ("deleted", gettext_lazy("Deleted posts")),
    ("circle", gettext_lazy("Posts of a circle")),
    ("community", gettext_lazy("Posts in communities")),
)
MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d): the index lists (?P<listed>\d+) tweets, and (?:(?P<read>\d+) are|the month is not)")
COUNT = re.compile(r"\D+ (?P<said>\d+) .*, and (?P<read>\d+) are in it\.$")
SHUT = re.compile(r"(?P<what>\d+ \w+ posts) were left shut")
NUMBER = re.compile(r"^\d+")
PLACES = {
    "The archive": gettext_lazy("The archive says that it holds %(said)s, and %(read)s are in it."),
    "Its list": gettext_lazy("Its list of headers names %(said)s posts, and %(read)s are in it."),
    "Its index": gettext_lazy("Its index lists %(said)s posts, and %(read)s are in it."),
}
ALWAYS = {"read", "new", "unchanged", "replies", "parents_found", "parents_missing"}
RECOVERED = {
    "like": gettext_lazy("In a list of likes: their words, kept on the desk only"),
    "repost": gettext_lazy("Whole, inside a repost"),
    "repost_text": gettext_lazy("In the text of a repost, perhaps cut"),
    "quote": gettext_lazy("Whole, inside a post that quotes it"),
    "page": gettext_lazy("In a saved page"),
}


@dataclass(frozen=True)
class Fact:
    label: str
    value: int


@dataclass(frozen=True)
class Report:
    title: str
    lead: str
    gaps: list[Line]
    found: list[Line]
    found_total: int
    unreadable: list[dict[str, str]]
    unreadable_more: int
    facts: list[Fact]
    file: str


@dataclass(frozen=True)
class Removal:
    lead: str
    lines: list[Line]


def report(run: Run) -> Report:
    """What came of a finished run."""
    found = recovered(run)
    return Report(
        title=capital(_("%(title)s is in") % {"title": titled(run)}),
        lead=lead(run),
        gaps=gaps(run),
        found=[Line(line.label, _("%(n)s of them") % {"n": figure(line.value)}) for line in found],
        found_total=sum(line.value for line in found),
        unreadable=run.unreadable[:SHOWN],
        unreadable_more=max(0, len(run.unreadable) - SHOWN),
        facts=facts(run),
        file=file_said(run),
    )


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lead(run: Run) -> str:
    new, found = run.counts.get("new", 0), run.counts.get("parents_found", 0)
    begun = ngettext("It brought %(n)s post that was not here.", "It brought %(n)s posts that were not here.", new) % {"n": figure(new)}
    if not found:
        return begun
    rest = ngettext("%(n)s answer stands below what it answers.", "%(n)s answers stand below what they answer.", found)
    return f"{begun} {rest % {'n': figure(found)}}"


def facts(run: Run) -> list[Fact]:
    """The counts, what the archive says of itself first."""
    said = [Fact(_("The archive says"), declared(run))] if declared(run) else []
    return (
        said
        + [Fact(str(label), number(run.counts.get(key))) for key, label in COUNTED if key in ALWAYS or number(run.counts.get(key))]
        + [Fact(_("Could not be read"), len(run.unreadable))]
    )


def number(value: Any) -> int:
    return value if isinstance(value, int) else sum(value.values()) if isinstance(value, dict) else 0


def recovered(run: Run) -> list[Fact]:
    kinds = run.counts.get("recovered") or {}
    return [Fact(str(RECOVERED.get(kind, kind)), count) for kind, count in kinds.items() if count]


def gaps(run: Run) -> list[Line]:
    """What the archive itself says is not in it, then what its posts point at, then what could not be read."""
    # the archive counts itself in more than one place; what two of them say alike is said once
    lines = list({line.title: line for line in reversed([gap(each) for each in run.gaps])}.values())[::-1]
    if missing := run.counts.get("parents_missing", 0):
        title = ngettext("%(n)s post that is answered in it", "%(n)s posts that are answered in it", missing) % {"n": figure(missing)}
        lines.append(
            Line(title, _("Nobody has brought them yet. They stand as ghosts in their place, and are found when an archive has them."))
        )
    if broken := len(run.unreadable):
        title = ngettext("%(n)s item that could not be read", "%(n)s items that could not be read", broken) % {"n": figure(broken)}
        lines.append(Line(title, _("Everything round them is here."), address="#unreadable", link=_("See why")))
    return lines


def gap(sentence: str) -> Line:
    """One gap, which the reader of the archive said for the command line, with a heading and what to do."""
    if match := MONTH.match(sentence):
        month = date_format(date(int(match["year"]), int(match["month"]), 1), "YEAR_MONTH_FORMAT")
        listed, read = figure(int(match["listed"])), figure(int(match["read"] or 0))
        words = (
            _("The archive’s own index lists %(listed)s posts for this month, and %(read)s are in it.")
            if match["read"]
            else _("The archive’s own index lists %(listed)s posts for this month; its file is not there.")
        )
        older = _("If there is an older download, bring that as well: nothing is doubled.")
        return Line(month, f"{words % {'listed': listed, 'read': read}} {older}")
    if match := COUNT.match(sentence):
        said, held = int(match["said"]), int(match["read"])
        lost = figure(said - held)
        place = next((place for place in PLACES if sentence.startswith(place)), "The archive")
        hint = str(PLACES[place]) % {"said": figure(said), "read": figure(held)}
        if " likes," in sentence:
            return Line(ngettext("%(n)s like that is not in it", "%(n)s likes that are not in it", said - held) % {"n": lost}, hint)
        title = ngettext("%(n)s post that it names and does not hold", "%(n)s posts that it names and does not hold", said - held)
        return Line(title % {"n": lost}, hint)
    if match := SHUT.match(sentence):
        return Line(_("Left shut"), _("%(what)s. Bring it again to open them, if you want to.") % {"what": match["what"]})
    if "--account" in sentence:
        return Line(
            _("Whose it is"), _("The archive does not say. Its posts stand under an account without a name; bring it again and name it.")
        )
    return Line(NUMBER.sub(lambda match: figure(int(match[0])), sentence, count=1))


def file_said(run: Run) -> str:
    """What has become of what was read."""
    private, is_gone = run.counts.get("private", 0), pieces.is_here(Path(run.path))
    if is_gone and private:
        said = ngettext(
            "“%(name)s” has been thrown away, with %(n)s private file in it that nobody here has opened.",
            "“%(name)s” has been thrown away, with %(n)s private files in it that nobody here has opened.",
            private,
        )
    elif is_gone:
        said = _("“%(name)s” has been thrown away, now that it is read.")
    elif private:
        said = ngettext(
            "“%(name)s” lies where it lay. It holds %(n)s private file that nobody here has opened; keep it somewhere safe, or delete it.",
            "“%(name)s” lies where it lay. It holds %(n)s private files that nobody here has opened; keep it somewhere safe, or delete it.",
            private,
        )
    else:
        said = _("“%(name)s” lies where it lay; nothing in it was changed.")
    return said % {"name": run.name, "n": figure(private)}


def removal(run: Run) -> Removal:
    """What taking an archive out would do, counted."""
    if run.source is None:
        return Removal(_("Nothing of it is here."), [])
    mine = Sighting.objects.filter(source=run.source)
    elsewhere = Sighting.objects.filter(post=OuterRef("post")).exclude(source=run.source)
    shared = mine.filter(Exists(elsewhere)).values("post_id").distinct().count()
    alone = mine.values("post_id").distinct().count() - shared
    words = _(
        "Posts that only it brought go, and so do the pictures that only it held. What others brought as well stays, as they tell it."
    )
    lines = [
        Line(
            ngettext("%(n)s post goes", "%(n)s posts go", alone) % {"n": figure(alone)},
            _("Where somebody answers one of them, a ghost stands in its place."),
            node="missing",
        ),
        Line(
            ngettext("%(n)s post stays", "%(n)s posts stay", shared) % {"n": figure(shared)}, _("Another archive holds it, too."), node="us"
        ),
    ]
    return Removal(words, lines)
