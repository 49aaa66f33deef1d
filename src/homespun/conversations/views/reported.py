"""What came of an archive, as its page says it: gaps first, counts beside; and what taking it out would do."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from homespun.conversations.actions.reporting import Gap
from homespun.conversations.models import Run, Sighting
from homespun.conversations.templatetags.archives import titled
from homespun.conversations.uploads import pieces
from homespun.conversations.views.reports import Line, declared, figure
from homespun.conversations.worded import worded
from homespun.networks import Said

COUNTED_BY = ("tweets", "headers", "listed")
FEW = 6  # months that are told one by one
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
HINTS = {
    "headers": gettext_lazy("Its list of headers names %(said)s posts, and %(read)s are in it."),
    "listed": gettext_lazy("Its index lists %(said)s posts, and %(read)s are in it."),
    "": gettext_lazy("The archive says that it holds %(said)s, and %(read)s are in it."),
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
        unreadable=[{name: worded(Said.again(kept)) for name, kept in each.items()} for each in run.unreadable[:SHOWN]],
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
    said = [Fact(_("It says that it holds"), declared(run))] if declared(run) else []
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
    months = [each for each in run.gaps if each["kind"] == "month"]
    others = [gap(each) for each in without_echoes(run.gaps) if each["kind"] != "month"]
    lines = list({line.title: line for line in reversed([*month_gaps(months), *others])}.values())[::-1]
    if missing := run.counts.get("parents_missing", 0):
        title = ngettext("%(n)s post that is answered in it", "%(n)s posts that are answered in it", missing) % {"n": figure(missing)}
        lines.append(
            Line(title, _("Nobody has brought them yet. They stand as ghosts in their place, and are found when an archive has them."))
        )
    if broken := len(run.unreadable):
        title = ngettext("%(n)s item that could not be read", "%(n)s items that could not be read", broken) % {"n": figure(broken)}
        lines.append(Line(title, _("Everything round them is here."), address="#unreadable", link=_("See why")))
    return lines


def without_echoes(gaps: list[Gap]) -> list[Gap]:
    """The archive counts its posts in several places; of those that miss some, the one that misses most speaks for all."""
    counted = [each for each in gaps if each["kind"] == "counted" and each["by"] in COUNTED_BY]
    most = max(counted, key=lambda each: each["said"] - each["read"], default=None)
    return [each for each in gaps if each not in counted or each is most]


def month_gaps(months: list[Gap]) -> list[Line]:
    """One by one where there are few, else year by year: an archive may have lost a hundred months."""
    if len(months) <= FEW:
        return [gap(each) for each in months]
    years: dict[str, list[Gap]] = defaultdict(list)
    for each in months:
        years[each["month"][:4]].append(each)
    lines = [Line(year, year_said(lost)) for year, lost in years.items()]
    return [*lines[:-1], replace(lines[-1], hint=f"{lines[-1].hint} {older()}")]


def year_said(months: list[Gap]) -> str:
    lost = sum(each["said"] - each["read"] for each in months)
    names = [date_format(date(2000, int(each["month"][5:]), 1), "F") for each in (months[0], months[-1])]
    if len(months) == 1:
        words = ngettext(
            "%(n)s post of %(first)s that the archive’s own index lists is not in it.",
            "%(n)s posts of %(first)s that the archive’s own index lists are not in it.",
            lost,
        )
    else:
        words = ngettext(
            "%(n)s post, from %(first)s to %(last)s, that the archive’s own index lists is not in it.",
            "%(n)s posts, from %(first)s to %(last)s, that the archive’s own index lists are not in it.",
            lost,
        )
    return words % {"n": figure(lost), "first": names[0], "last": names[1]}


def older() -> str:
    return _("If there is an older download, bring that as well: nothing is doubled.")


def gap(each: Gap) -> Line:
    """One gap, with a heading and what to do."""
    match each["kind"]:
        case "month":
            return month_gap(each)
        case "counted":
            return counted_gap(each)
        case "shut":
            hint = shut(each["what"], each["count"]) % {"n": figure(each["count"])}
            return Line(_("Left shut"), _("%(what)s. Bring it again to open them, if you want to.") % {"what": hint})
        case "owner":
            hint = _("The archive does not say. Its posts stand under an account without a name; bring it again and name it.")
            return Line(_("Whose it is"), hint)
        case "notes":
            title = ngettext("%(n)s long post belongs to no post of it", "%(n)s long posts belong to no post of it", each["count"])
        case _:
            title = ngettext("%(n)s picture or film that is not in it", "%(n)s pictures and films that are not in it", each["count"])
    return Line(title % {"n": figure(each["count"])})


def month_gap(each: Gap) -> Line:
    year, month = map(int, each["month"].split("-"))
    words = (
        _("The archive’s own index lists %(said)s posts for this month, and %(read)s are in it.")
        if each["read"]
        else _("The archive’s own index lists %(said)s posts for this month; its file is not there.")
    )
    said = words % {"said": figure(each["said"]), "read": figure(each["read"])}
    return Line(date_format(date(year, month, 1), "YEAR_MONTH_FORMAT"), f"{said} {older()}")


def counted_gap(each: Gap) -> Line:
    """What the archive names and does not hold; which of its lists says so."""
    lost = each["said"] - each["read"]
    title = (
        ngettext("%(n)s like that is not in it", "%(n)s likes that are not in it", lost)
        if each["by"] == "likes"
        else ngettext("%(n)s post that it names and does not hold", "%(n)s posts that it names and does not hold", lost)
    )
    hint = str(HINTS.get(each["by"], HINTS[""])) % {"said": figure(each["said"]), "read": figure(each["read"])}
    return Line(title % {"n": figure(lost)}, hint)


def shut(what: str, count: int) -> str:
    if what == "circle":
        return ngettext("%(n)s post of a circle", "%(n)s posts of a circle", count)
    return ngettext("%(n)s deleted post", "%(n)s deleted posts", count)


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
    lines = [Line(goes(alone), _("Where somebody answers one of them, a ghost stands in its place."), node="missing")]
    if shared:
        stays = ngettext("%(n)s post stays", "%(n)s posts stay", shared) % {"n": figure(shared)}
        lines.append(Line(stays, ngettext("Another archive holds it, too.", "Other archives hold them, too.", shared), node="us"))
    return Removal(words, lines)


def goes(count: int) -> str:
    return ngettext("%(n)s post goes", "%(n)s posts go", count) % {"n": figure(count)}
