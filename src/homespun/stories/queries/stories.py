"""Stories, items and editions, as rows."""

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import Coalesce

from homespun.stories.models import Edition, Item, Story

CURRENT = """
select edition.id from stories_story as story join stories_edition as edition on edition.id = story.edition_id
where story.slug = %s and story.deleted is null and edition.struck is null
"""


def stories() -> QuerySet[Story]:
    """All that have not been removed, last changed first, with `item_count` and the edition that the public sees."""
    rows = Item.objects.filter(story=OuterRef("pk"), deleted=None).order_by().values("story")
    # A query of its own: joined, two thousand items would carry every field of their story to the counting.
    count = Coalesce(Subquery(rows.values(n=Count("pk")), output_field=IntegerField()), 0)
    return (
        Story.objects.filter(deleted=None)
        .select_related("edition", "cover", "author")
        .defer("edition__items")
        .annotate(item_count=count)
        .order_by("-changed", "-pk")
    )


def items(story: Story) -> QuerySet[Item]:
    """The items of a story in order, each with its `number`, 0 for a heading.

    Do not narrow it further, or the numbers are those of the narrowed list.
    """
    heading = Q(kind=Item.Kind.HEADING)
    counted = Window(Count("pk", filter=~heading), order_by=[F("position").asc(), F("pk").asc()])
    number = Case(When(heading, then=0), default=counted, output_field=IntegerField())
    return _live(story).select_related("media").annotate(number=number).order_by("position", "pk")


def plain_items(story: Story) -> QuerySet[Item]:
    """The same without their numbers, which cost a look at the whole story: for pages that show a part of it, and narrow it."""
    return _live(story).select_related("media").order_by("position", "pk")


def number_of(item: Item) -> int:
    """The place of an item in its story, from 1. Every item counts that has not been removed, headings too."""
    before = Q(position__lt=item.position) | Q(position=item.position, pk__lte=item.pk)
    return _live(item.story).filter(before).count()


def removed_items(story: Story) -> QuerySet[Item]:
    """What has been taken out and can be put back, last one first."""
    return story.items.exclude(deleted=None).select_related("media").order_by("-deleted", "-pk")


def post_uris(story: Story) -> QuerySet[Item, str]:
    """Uris of the posts that are in the story, so that a search can say which are."""
    return _live(story).filter(kind=Item.Kind.POST).values_list("post_uri", flat=True)


def published() -> QuerySet[Edition]:
    """The edition of each story that the public sees, newest story first, without its items."""
    current = Q(pk=F("story__edition"), story__deleted=None, struck=None)
    return Edition.objects.filter(current).select_related("story").defer("items").order_by("-first_published", "-pk")


def current_edition(slug: str) -> Edition | None:
    """What the public sees under this address now: one row, without its items until they are asked for."""
    return published().filter(story__slug=slug).first()


def current_edition_id(slug: str) -> int | None:
    """The key of the same, in the hundredth part of the time: it is asked for every page that is kept."""
    with connection.cursor() as cursor:
        cursor.execute(CURRENT, [slug])
        row = cursor.fetchone()
    return row[0] if row else None


def was_published(slug: str) -> bool:
    """Whether a story stood at this address that does not any more."""
    return Edition.objects.filter(story__slug=slug).exists()


def _live(story: Story) -> QuerySet[Item]:
    return Item.objects.filter(story=story, deleted=None)
