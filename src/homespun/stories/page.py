"""How an edition is rendered: the page that visitors see, its preview on the desk, and the copy that opens without a network.

What is rendered knows nothing of a request, so it can be kept for everybody. The site's language and time zone decide how
dates and the page's own words are said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext

from homespun.core import dates
from homespun.core.media import public_name
from homespun.core.models import Site
from homespun.core.templatetags import look
from homespun.stories.edition import Author, Content, Entry, Picture, build
from homespun.stories.films import Film, film
from homespun.stories.models import Item, Story
from homespun.stories.playing import Playing, playing, public_film

WIDTHS = (960, 1600)  # of the copies of a picture that a browser chooses from
TEMPLATES: dict[str, str] = {Item.Kind.NARRATION: "narration", Item.Kind.HEADING: "narration"}  # of kinds that share one
FOCUS_STEP = 10  # per cent; the stylesheet has a rule for each


def public_copy(sha256: str, width: int, extension: str = "webp") -> str:
    """The address of a picture's copy that was encoded anew for visitors."""
    return f"/pictures/{public_name(sha256, width, extension)}"


@dataclass(frozen=True)
class Bar:
    """What a member reads above a story that visitors don't see, and where they can go from there."""

    text: str
    links: tuple[tuple[str, str], ...]  # address and label; the first is the main one
    is_preview: bool = False


@dataclass(frozen=True)
class Where:
    """What a page has to know about where it stands, beside what the edition holds."""

    site: Site
    address: str = ""  # absolute, of the page itself
    published: datetime | None = None  # the first edition
    changed: datetime | None = None  # this edition, where it is a later one
    frame: str = "public.html"
    picture: Callable[[str, int], str] = public_copy  # from a sha256 and a width to an address
    playing: Callable[[str], str] = public_film  # from the name of a copy to an address
    bar: "Bar | None" = None  # above the page, for members

    @property
    def root(self) -> str:
        return settings.HOMESPUN_URL


@dataclass(frozen=True)
class Shown:
    """A picture with the addresses of its copies, and the point that stays in view when it is cropped."""

    src: str
    srcset: str
    alt: str
    width: int
    height: int
    across: int
    down: int


@dataclass(frozen=True)
class Line:
    """One item as the template takes it.

    Parts that are small and many are drawn before: most of what a page costs is a template's looking up of values.
    """

    entry: Entry
    number: str  # "" for a heading
    classes: str
    mark: SafeString  # its number as a link to itself, and its sign on the thread
    template: str
    pictures: list[Shown]
    playing: list[Playing]
    film: Film | None
    said: str  # when it was said, as one says it
    stamp: SafeString  # the same as a link to where it was said
    face: SafeString
    credit: SafeString  # who said it
    network: SafeString

    @property
    def answered(self) -> str:
        """Whom a reply answers, where its own words and the item before do not tell."""
        return answered(self.entry)

    @property
    def host(self) -> str:
        return (urlsplit(self.entry.url).hostname or "").removeprefix("www.")

    @property
    def not_held(self) -> bool:
        """Whether it had films, sounds or pictures that the page cannot show."""
        return len(self.entry.media) > len(self.pictures) + len(self.playing)


def answered(entry: Entry) -> str:
    names = get_text_list(list(entry.answered), gettext("and"))
    return gettext("Replying to %(names)s") % {"names": names} if entry.answered else ""


def render(content: Content, where: Where) -> str:
    """The whole page."""
    with translation.override(where.site.language), timezone.override(ZoneInfo(where.site.time_zone)):
        return render_to_string("stories/edition.html", context(content, where))


def preview(story: Story) -> str:
    """The draft as visitors would see it if it were published now, below a bar that leads back to the studio."""
    site = Site.objects.first() or Site()
    with translation.override(site.language):
        bar = preview_bar(story)
    return render(build(story), Where(site=site, bar=bar))


def preview_bar(story: Story) -> Bar:
    links = [(reverse("stories:studio", args=[story.slug]), gettext("Back to the studio"))]
    if not story.is_published:
        text = gettext("Preview of your draft. This story isn’t published yet.")
    elif story.changed_since_publication:
        text = gettext("Preview of your draft. Visitors see the published version until you publish again.")
    else:
        text = gettext("Preview of your draft. It is the same as the published version.")
    if story.is_published:
        links.append((reverse("public:story", args=[story.slug]), gettext("View published version")))
    links.append((reverse("stories:publish", args=[story.slug]), gettext("Publish…")))
    return Bar(text, tuple(links), is_preview=True)


def member_bar(slug: str) -> Bar:
    """Above the published story, for a member who is signed in."""
    return Bar(
        gettext("You’re signed in. Visitors don’t see this bar."), ((reverse("stories:studio", args=[slug]), gettext("Edit story")),)
    )


def context(content: Content, where: Where) -> dict[str, object]:
    """What the template is given; the site's language and time zone are expected to be active."""
    return {
        "where": where,
        "house": where.site,
        "frame": where.frame,
        "head": content.head,
        "cover": shown(content.head.cover, where) if content.head.cover else None,
        "card": public_copy(content.head.cover.sha256, WIDTHS[-1], "jpg") if content.head.cover else "",
        "lines": lines(content, where),
        "published": absolute(where.published),
        "changed": absolute(where.changed) if absolute(where.changed) != absolute(where.published) else "",
    }


def lines(content: Content, where: Where) -> list[Line]:
    """Each item as the template takes it. People, days and networks come again and again, so what stands for them is drawn once."""
    face, network, node, credit = cache(look.face), cache(look.network), cache(look.node), cache(credited)
    day, zone = cache(in_words), timezone.get_current_timezone()
    label = gettext("Permanent address of item %(number)s")
    number = '<a class="told__number" href="#e{0}" aria-label="{1}">{0}</a>{2}'

    def line(entry: Entry) -> Line:
        is_post = entry.kind == Item.Kind.POST
        said, exactly = spoken(entry.published, zone, day)
        return Line(
            entry=entry,
            number=str(entry.number or ""),
            classes=classes(entry),
            mark=format_html(number, entry.number, label % {"number": entry.number}, node(sign(entry))) if entry.number else SafeString(""),
            template=f"stories/edition/{'withdrawn' if entry.withdrawn else TEMPLATES.get(entry.kind, entry.kind)}.html",
            pictures=[shown(picture, where) for picture in entry.media if picture.kind == "image" and picture.sha256],
            playing=playing(entry, where.playing),
            film=film(entry.url) if entry.kind == Item.Kind.VIDEO else None,
            said=said,
            stamp=stamp(entry, said, exactly),
            face=face(entry.author.name if entry.author else "?"),
            credit=credit(entry.author) if is_post else SafeString(""),
            network=network(entry.network) if is_post else SafeString(""),
        )

    return [line(entry) for entry in content.items]


def credited(author: Author | None) -> SafeString:
    face = look.face(author.name if author else "?")
    return render_to_string("stories/edition/credit.html", {"author": author, "face": face})


def stamp(entry: Entry, said: str, exactly: str) -> SafeString:
    """When it was said, which leads to where it was said."""
    if not said or entry.published is None:
        return SafeString("")
    opening = '<time class="when dt-published" datetime="{}" title="{}">' if exactly else '<time class="when dt-published" datetime="{}">'
    moment = format_html(f"{opening}{{said}}</time>", dates.machine_readable(entry.published), exactly, said=said)
    return format_html('<a class="u-url" href="{}" rel="nofollow noopener">{}</a>', entry.url, moment) if entry.url else moment


def classes(entry: Entry) -> str:
    """How an item hangs on the thread: a knot for us, a ring for others; quoted, wide, or taken back."""
    if entry.withdrawn:
        return "is-withdrawn"
    marks = {
        "is-post": entry.kind in (Item.Kind.POST, Item.Kind.QUOTE),
        "is-wide": entry.kind in (Item.Kind.IMAGE, Item.Kind.VIDEO),
        "is-us": sign(entry) == "us",
        "is-heading": not entry.number,
        "u-quotation-of h-cite": entry.kind == Item.Kind.POST,
    }
    return " ".join(mark for mark, holds in marks.items() if holds)


def sign(entry: Entry) -> str:
    """A knot for what we say, a ring for what others say or show, a stitched ring for what has been taken back."""
    if entry.withdrawn:
        return "missing"
    return "us" if entry.own or entry.kind in TEMPLATES else "them"


def shown(picture: Picture, where: Where) -> Shown:
    """A visitor's browser takes the copy that fits; none is wider than the picture."""
    widths = [width for width in WIDTHS if not picture.width or width < picture.width]
    widths += WIDTHS[len(widths) : len(widths) + 1]  # the first that the picture does not fill is the picture itself
    copies = {where.picture(picture.sha256, width): min(width, picture.width or width) for width in widths}
    srcset = ", ".join(f"{address} {width}w" for address, width in copies.items()) if len(copies) > 1 else ""
    return Shown(next(iter(copies)), srcset, picture.alt, picture.width, picture.height, *focus(picture.focus))


def focus(words: str) -> tuple[int, int]:
    """ "48% 20%" in steps for which the stylesheet has a rule; the middle where it says nothing."""
    parts = [part.rstrip("%") for part in words.split()]
    if len(parts) != 2 or not all(part.replace(".", "", 1).isdigit() for part in parts):
        return 50, 50
    across, down = (min(100, round(float(part) / FOCUS_STEP) * FOCUS_STEP) for part in parts)
    return across, down


def spoken(moment: datetime | None, zone: tzinfo, day: Callable[[date], str]) -> tuple[str, str]:
    """Day and time for the margin, exact time for its title. Networks that kept no time of day wrote midnight, which is not said."""
    if moment is None:
        return "", ""
    utc = moment.astimezone(UTC)
    if utc.time() == time():
        return day(utc.date()), ""
    local = moment.astimezone(zone)
    said = day(local.date())
    return f"{said}, {time_format(local.time(), 'TIME_FORMAT')}", f"{said}, {local:%H:%M:%S %Z}"


def absolute(moment: datetime | None) -> str:
    return in_words(timezone.localtime(moment).date()) if moment else ""


def in_words(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
