"""An item as the studio shows it: the row, the post that it points at, and what is said of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from homespun.conversations.models import Post
from homespun.conversations.queries import Displayed
from homespun.core.media import film_name
from homespun.core.models import MediaFile
from homespun.stories.models import Item, Story
from homespun.stories.queries import number_of, originals, plain_items, posts, shown_words
from homespun.stories.queries.quoted import is_ours, is_private
from homespun.stories.queries.studio import OWN_KINDS
from homespun.stories.words import paragraphs, plain

PART = 60  # items that are sent at once
EDITABLE = {
    Item.Kind.NARRATION: "narration",
    Item.Kind.HEADING: "heading",
    Item.Kind.IMAGE: "image",
    Item.Kind.VIDEO: "link",
    Item.Kind.LINK: "link",
    Item.Kind.QUOTE: "quote",
}


@dataclass(frozen=True)
class Picture:
    url: str
    alt: str


@dataclass(frozen=True)
class Film:
    url: str
    alt: str
    is_sound: bool
    stays_inside: bool  # it cannot be cleaned of what it tells beside picture and sound, so visitors do not get it


@dataclass(frozen=True)
class Shown:
    """One item, ready for its template."""

    item: Item
    post: Post | None
    url: str
    editing: bool = False
    original: Post | None = None  # what the post reposts
    trouble: str = ""  # why nothing is known of its address, if that was just asked

    @property
    def body(self) -> str:
        name = EDITABLE.get(Item.Kind(self.item.kind)) or ("post" if self.post else "gone")
        return f"stories/studio/bodies/{name}.html"

    @property
    def can_edit(self) -> bool:
        return self.item.kind in EDITABLE

    @property
    def editor(self) -> str:
        return f"stories/studio/editors/{EDITABLE[Item.Kind(self.item.kind)]}.html"

    @property
    def is_heading(self) -> bool:
        return self.item.kind == Item.Kind.HEADING

    @cached_property
    def is_us(self) -> bool:
        return self.item.kind in OWN_KINDS or is_ours(self.item, self.post)

    @property
    def is_private(self) -> bool:
        return self.post is not None and is_private(self.post)

    @property
    def is_out(self) -> bool:
        return self.item.kind == Item.Kind.POST and self.post is None

    @property
    def name(self) -> str:
        author = self.post.author if self.post else None
        return (author.name or f"@{author.handle}") if author else gettext("Somebody")

    @property
    def kind_label(self) -> str:
        return kind_labels()[self.item.kind]

    @property
    def label(self) -> str:
        """What tells this item from the others, spoken beside the names of its buttons."""
        said = self.shown.text if self.shown else self.text or self.item.title or self.item.alt or self.item.url
        first = self.name if self.post else self.kind_label
        return f"{first}, {Truncator(said).chars(40)}" if said else first

    @property
    def html(self) -> SafeString:
        return mark_safe(self.item.html)  # cleaned when it was stored

    @cached_property
    def text(self) -> str:
        return plain(self.item.html)

    @cached_property
    def shown(self) -> Displayed | None:
        return shown_words(self.post, self.original) if self.post else None

    @property
    def words(self) -> SafeString:
        return post_words(self.shown.text) if self.shown else mark_safe("")

    @property
    def is_cut(self) -> bool:
        return self.shown is not None and self.shown.is_cut

    @property
    def pictures(self) -> list[Picture]:
        held = [medium for medium in self.post.media.all() if medium.file and medium.kind == "image"] if self.post else []
        return [Picture(media_address(medium.file), medium.alt) for medium in held if medium.file]

    @property
    def films(self) -> list[Film]:
        """Films and sounds of the post, as they came."""
        held = [medium for medium in self.post.media.all() if medium.file and medium.kind != "image"] if self.post else []
        return [
            Film(
                media_address(medium.file),
                medium.alt or gettext("A film that nobody has described"),
                is_sound(medium.file),
                not film_name(medium.file),
            )
            for medium in held
            if medium.file
        ]

    @property
    def still(self) -> str:
        return media_address(self.item.media) if self.item.media else ""

    @property
    def is_untold(self) -> bool:
        """An address of which neither title nor still could be had, and nobody has written a title yet."""
        return self.item.kind in (Item.Kind.LINK, Item.Kind.VIDEO) and not (self.item.title or self.item.media)

    @property
    def reason(self) -> str:
        """Why nothing is known of its address: as just found out, else as stored."""
        return self.trouble or self.item.fetch_error

    @property
    def host(self) -> str:
        return urlsplit(self.item.url).hostname or ""

    @property
    def conversation(self) -> int | None:
        return self.post.conversation_id if self.post else None


@dataclass(frozen=True)
class Part:
    """Some items in a row, and how many come after them."""

    items: Sequence[Shown]
    rest: int = 0
    next: int = 0
    start: int = 0  # how many come before them
    headings: int = 0  # of those that come before

    @property
    def first_number(self) -> int:
        return self.start - self.headings + 1

    @property
    def earlier(self) -> int:
        """Where a page begins that ends where this one begins."""
        return max(0, self.start - PART)

    @property
    def latest(self) -> int:
        """Where a page begins that shows the end."""
        return max(0, self.next + self.rest - PART)

    @property
    def last(self) -> int:
        return self.items[-1].item.pk if self.items else 0


def part_of(story: Story, total: int, *, start: int = 0, editing: int | None = None) -> Part:
    """The items after the first `start`, as many as are sent at once."""
    rows = list(plain_items(story)[start : start + PART])
    end = start + len(rows)
    headings = list(plain_items(story).values_list("kind", flat=True)[:start]).count(Item.Kind.HEADING) if start else 0
    return Part(shown(story, rows, editing=editing), rest=max(0, total - end), next=end, start=start, headings=headings)


def part_after(story: Story, total: int, item: Item) -> Part:
    return part_of(story, total, start=number_of(item))


def shown(story: Story, rows: Iterable[Item], *, editing: int | None = None) -> list[Shown]:
    rows = list(rows)
    held = posts(row.post_uri for row in rows)
    reposted = {key: post for key, post in originals(held.values()).items() if not is_private(post)}
    base = reverse("stories:items", args=[story.slug])

    def ready(row: Item) -> Shown:
        post = held.get(row.post_uri)
        return Shown(row, post, f"{base}{row.pk}/", row.pk == editing, reposted.get(post.pk) if post else None)

    return [ready(row) for row in rows]


def shown_item(item: Item, *, editing: bool = False, trouble: str = "") -> Shown:
    return replace(shown(item.story, [item], editing=item.pk if editing else None)[0], trouble=trouble)


def post_words(text: str) -> SafeString:
    """Plain words of a post, with its addresses as links; nothing in it is markup."""
    return mark_safe(paragraphs(text))


def media_address(file: MediaFile) -> str:
    return reverse("core:media", args=[file.sha256])


def is_sound(file: MediaFile) -> bool:
    return file.content_type.startswith("audio/")


def kind_labels() -> dict[str, str]:
    return {
        Item.Kind.NARRATION: gettext("Narration"),
        Item.Kind.HEADING: gettext("Heading"),
        Item.Kind.POST: gettext("Post"),
        Item.Kind.IMAGE: gettext("Picture"),
        Item.Kind.VIDEO: gettext("Film"),
        Item.Kind.LINK: gettext("Link"),
        Item.Kind.QUOTE: gettext("Words from elsewhere"),
    }
