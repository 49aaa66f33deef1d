"""What came of an archive, as its page says it: gaps first, counts beside; and what taking it out would do."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from homespun.conversations.models import Post, Run, Sighting
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
ALWAYS = {"read", "new", "unchanged", "replies", "parents_found", "parents_missing"}
RECOVERED = {
    "like": gettext_lazy("In a list of likes: their words, kept on the desk only"),
    "repost": gettext_lazy("Whole, inside a repost"),
    "repost_text": gettext_lazy("In the text of a repost, perhaps cut"),
    "quote": gettext_lazy("Whole, inside a post that quotes it"),
    "archive": gettext_lazy("In another archive that is here"),
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
    lines = [gap(each) for each in run.gaps]
    if missing := run.counts.get("parents_missing", 0):
        title = ngettext("%(n)s post that is answered in it", "%(n)s posts that are answered in it", missing) % {"n": figure(missing)}
        lines.append(
            Line(title, _("Nobody has brought them yet. They stand as ghosts in their place, and are found when an archive has them."))
        )
    if broken := len(run.unreadable):
        title = ngettext("%(n)s item that could not be read", "%(n)s items that could not be read", broken) % {"n": figure(broken)}
        lines.append(Line(title, _("Everything round them is here."), address="#unreadable", link=_("See why")))
    return lines


def gap(each: Any) -> Line:
    """One gap, as the reader of the archive noted it."""
    if not isinstance(each, dict):
        return Line(str(each))
    kind, count = each.get("kind"), figure(int(each.get("declared") or 0) - int(each.get("read") or 0))
    if kind == "month":
        year, month = str(each["month"]).split("-")
        listed = ngettext(
            "The archive’s own index lists %(n)s post for it; its file is not there.",
            "The archive’s own index lists %(n)s posts for it; their file is not there.",
            int(each.get("declared") or 0),
        )
        older = _("If there is an older download, bring that as well: nothing is doubled.")
        return Line(
            date_format(date(int(year), int(month), 1), "YEAR_MONTH_FORMAT"),
            f"{listed % {'n': figure(int(each.get('declared') or 0))}} {older}",
        )
    if kind == "partial":
        return Line(_("A part of an archive"), _("It says of itself that it is one of several files. Bring the others, too."))
    if kind in ("account", "owner"):
        return Line(_("Whose it is"), _("The archive does not say whose it is, so its posts stand under an account without a name."))
    if "declared" in each:
        title = _("%(n)s of its posts") % {"n": count}
        return Line(
            title,
            _("The archive says that it holds %(declared)s; %(read)s are in it.")
            % {"declared": figure(int(each["declared"] or 0)), "read": figure(int(each.get("read") or 0))},
        )
    return Line(str(each.get("sentence") or each.get("why") or kind))


def file_said(run: Run) -> str:
    """What has become of what was read."""
    path = Path(run.path)
    if pieces.is_here(path):
        return _("“%(name)s” has been thrown away: it held private parts that nobody here has opened.") % {"name": run.name}
    return _("“%(name)s” lies where it lay. It holds private parts that nobody here has opened; keep it somewhere safe, or delete it.") % {
        "name": run.name
    }


def removal(run: Run) -> Removal:
    """What taking an archive out would do, counted."""
    if run.source is None:
        return Removal(_("Nothing of it is here."), [])
    others = Sighting.objects.filter(post=OuterRef("pk")).exclude(source=run.source)
    seen = Post.objects.filter(Exists(Sighting.objects.filter(post=OuterRef("pk"), source=run.source)))
    alone, shared = seen.filter(~Exists(others)).count(), seen.filter(Exists(others)).count()
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
