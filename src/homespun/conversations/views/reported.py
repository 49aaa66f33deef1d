"""The report of an import: what is missing first, counts beside it; and what removing the archive would do."""

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
from homespun.conversations.queries.imported import count_conversations_from
from homespun.conversations.templatetags.archives import titled
from homespun.conversations.uploads import pieces
from homespun.conversations.views.reports import Line, declared, figure
from homespun.conversations.worded import worded
from homespun.networks import Said

COUNTED_BY = ("tweets", "posts", "headers", "listed")
FEW = 6  # months that are told one by one
SHOWN = 100  # of what could not be read
COUNTED = (
    ("read", gettext_lazy("Posts read")),
    ("new", gettext_lazy("New posts")),
    ("updated", gettext_lazy("Updated")),
    ("unchanged", gettext_lazy("Already here")),
    ("replies", gettext_lazy("Replies")),
    ("parents_found", gettext_lazy("Replied-to posts found")),
    ("parents_missing", gettext_lazy("Replied-to posts missing")),
    ("notes", gettext_lazy("Long posts joined")),
    ("edits", gettext_lazy("Edits merged")),
    ("media", gettext_lazy("Pictures and videos found")),
    ("deleted", gettext_lazy("Deleted posts")),
    ("circle", gettext_lazy("X Circle posts")),
    ("community", gettext_lazy("Posts in communities")),
)
HINTS = {
    "headers": gettext_lazy("The archive’s list of headers names %(said)s posts. It contains %(read)s."),
    "listed": gettext_lazy("The archive’s index lists %(said)s posts. It contains %(read)s."),
    "": gettext_lazy("The archive’s own total is %(said)s. It contains %(read)s."),
}
ALWAYS = {"read", "new", "unchanged", "replies", "parents_found", "parents_missing"}
RECOVERED = {
    "like": gettext_lazy("Found in likes: visible to your team only"),
    "repost": gettext_lazy("Found in reposts"),
    "repost_text": gettext_lazy("Found in the text of reposts, which may be cut"),
    "quote": gettext_lazy("Found in quotes"),
    "page": gettext_lazy("Found in saved pages"),
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
    conversations: int  # that have a post from this archive


@dataclass(frozen=True)
class Removal:
    lead: str
    lines: list[Line]


def report(run: Run) -> Report:
    """What came of a finished run."""
    found = recovered(run)
    return Report(
        title=_("Imported %(title)s") % {"title": titled(run)},
        lead=lead(run),
        gaps=gaps(run),
        found=[Line(line.label, _("%(n)s of them") % {"n": figure(line.value)}) for line in found],
        found_total=sum(line.value for line in found),
        unreadable=[{name: worded(Said.again(kept)) for name, kept in each.items()} for each in run.unreadable[:SHOWN]],
        unreadable_more=max(0, len(run.unreadable) - SHOWN),
        facts=facts(run),
        file=file_said(run),
        conversations=count_conversations_from([run.source_id] if run.source_id else []),
    )


def lead(run: Run) -> str:
    new, found = run.counts.get("new", 0), run.counts.get("parents_found", 0)
    begun = ngettext("%(n)s new post.", "%(n)s new posts.", new) % {"n": figure(new)} if new else _("No new posts.")
    if not found:
        return begun
    rest = ngettext("%(n)s reply was matched to the post it answers.", "%(n)s replies were matched to the posts they answer.", found)
    return f"{begun} {rest % {'n': figure(found)}}"


def facts(run: Run) -> list[Fact]:
    """The counts, what the archive says of itself first."""
    said = [Fact(_("Archive’s own total"), declared(run))] if declared(run) else []
    return (
        said
        + [Fact(str(label), number(run.counts.get(key))) for key, label in COUNTED if key in ALWAYS or number(run.counts.get(key))]
        + [Fact(_("Unreadable items"), len(run.unreadable))]
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
        title = ngettext("%(n)s reply answers a missing post", "%(n)s replies answer missing posts", missing) % {"n": figure(missing)}
        lines.append(Line(title, _("Import the other person’s archive to fill them in. Until then, they show as missing posts.")))
    if broken := len(run.unreadable):
        title = ngettext("%(n)s unreadable item", "%(n)s unreadable items", broken) % {"n": figure(broken)}
        lines.append(Line(title, _("Everything else in the archive was imported."), address="#unreadable", link=_("See the reasons")))
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
            "The archive’s index lists %(n)s post from %(first)s that it doesn’t contain.",
            "The archive’s index lists %(n)s posts from %(first)s that it doesn’t contain.",
            lost,
        )
    else:
        words = ngettext(
            "The archive’s index lists %(n)s post from %(first)s to %(last)s that it doesn’t contain.",
            "The archive’s index lists %(n)s posts from %(first)s to %(last)s that it doesn’t contain.",
            lost,
        )
    return words % {"n": figure(lost), "first": names[0], "last": names[1]}


def older() -> str:
    return _("If you have an older download, import that too. Nothing is duplicated.")


def gap(each: Gap) -> Line:
    """One gap, with a heading and what to do."""
    match each["kind"]:
        case "month":
            return month_gap(each)
        case "counted":
            return counted_gap(each)
        case "shut":
            hint = shut(each["what"], each["count"]) % {"n": figure(each["count"])}
            return Line(_("Left out"), _("%(what)s. To include them, import the archive again.") % {"what": hint})
        case "owner":
            hint = _("The archive doesn’t say whose it is. Import it again and enter the account.")
            return Line(_("Unknown account"), hint)
        case "notes":
            title = ngettext("%(n)s long post without its short version", "%(n)s long posts without their short versions", each["count"])
        case "opted-out":
            title = ngettext("%(n)s post not imported", "%(n)s posts not imported", each["count"])
            hint = _("Their accounts are opted out, or have an open opt-out request. If you dismiss the request, import the archive again.")
            return Line(title % {"n": figure(each["count"])}, hint)
        case _:
            title = ngettext(
                "%(n)s picture or video isn’t in the archive", "%(n)s pictures and videos aren’t in the archive", each["count"]
            )
    return Line(title % {"n": figure(each["count"])})


def month_gap(each: Gap) -> Line:
    year, month = map(int, each["month"].split("-"))
    words = (
        _("The archive’s index lists %(said)s posts for this month. It contains %(read)s.")
        if each["read"]
        else _("The archive’s index lists %(said)s posts for this month. The file is missing.")
    )
    said = words % {"said": figure(each["said"]), "read": figure(each["read"])}
    return Line(date_format(date(year, month, 1), "YEAR_MONTH_FORMAT"), f"{said} {older()}")


def counted_gap(each: Gap) -> Line:
    """What the archive names and does not hold; which of its lists says so."""
    lost = each["said"] - each["read"]
    title = (
        ngettext("%(n)s like is listed but not included", "%(n)s likes are listed but not included", lost)
        if each["by"] == "likes"
        else ngettext("%(n)s post is listed but not included", "%(n)s posts are listed but not included", lost)
    )
    hint = str(HINTS.get(each["by"], HINTS[""])) % {"said": figure(each["said"]), "read": figure(each["read"])}
    return Line(title % {"n": figure(lost)}, hint)


def shut(what: str, count: int) -> str:
    if what == "circle":
        return ngettext("%(n)s X Circle post", "%(n)s X Circle posts", count)
    return ngettext("%(n)s deleted post", "%(n)s deleted posts", count)


def file_said(run: Run) -> str:
    """What has become of what was read."""
    private, is_gone = run.counts.get("private", 0), pieces.is_here(Path(run.path))
    if is_gone and private:
        said = ngettext(
            "Homespun deleted “%(name)s” after reading it. It never opened the %(n)s private file in it.",
            "Homespun deleted “%(name)s” after reading it. It never opened the %(n)s private files in it.",
            private,
        )
    elif is_gone:
        said = _("Homespun deleted “%(name)s” after reading it.")
    elif private:
        said = ngettext(
            "“%(name)s” is still where it was. It holds %(n)s private file that Homespun never opened. Keep it safe, or delete it.",
            "“%(name)s” is still where it was. It holds %(n)s private files that Homespun never opened. Keep it safe, or delete it.",
            private,
        )
    else:
        said = _("“%(name)s” is still where it was. Homespun didn’t change it.")
    return said % {"name": run.name, "n": figure(private)}


def removal(run: Run) -> Removal:
    """What taking an archive out would do, counted."""
    if run.source is None:
        return Removal(_("Nothing was imported from it."), [])
    mine = Sighting.objects.filter(source=run.source)
    elsewhere = Sighting.objects.filter(post=OuterRef("post")).exclude(source=run.source)
    shared = mine.filter(Exists(elsewhere)).values("post_id").distinct().count()
    alone = mine.values("post_id").distinct().count() - shared
    words = _("Homespun removes the posts and pictures that only this archive has. Posts that other sources have too stay.")
    lines = [Line(goes(alone), _("Where someone replied to one of them, it shows as a missing post."), node="missing")]
    if shared:
        stays = ngettext("%(n)s post stays", "%(n)s posts stay", shared) % {"n": figure(shared)}
        lines.append(Line(stays, ngettext("Another source has it too.", "Other sources have them too.", shared), node="us"))
    return Removal(words, lines)


def goes(count: int) -> str:
    return ngettext("%(n)s post will be removed", "%(n)s posts will be removed", count) % {"n": figure(count)}
