"""What the studio asks: neighbours of an item, versions of the parts of a story, and how much of it is our own."""

from django.db.models import Count, Q, QuerySet

from homespun.conversations.models import Post
from homespun.stories.models import Edition, Item, Story

OWN_KINDS = (Item.Kind.NARRATION, Item.Kind.HEADING)


def item_before(item: Item) -> Item | None:
    return _live(item.story).filter(position__lt=item.position).order_by("-position", "-pk").first()


def item_after(item: Item) -> Item | None:
    return _live(item.story).filter(position__gt=item.position).order_by("position", "pk").first()


def first_item(story: Story) -> Item | None:
    return _live(story).order_by("position", "pk").first()


def item_versions(story: Story) -> QuerySet[Item, tuple[int, int]]:
    """Key and version of each item, in order: enough to know what another window has changed."""
    return _live(story).order_by("position", "pk").values_list("pk", "version")


def own_words(story: Story) -> int:
    """How many items are our own words: narration, headings, and posts by us."""
    ours = Post.objects.filter(author__is_own=True).values("uri")
    return _live(story).filter(Q(kind__in=OWN_KINDS) | Q(kind=Item.Kind.POST, post_uri__in=ours)).count()


def first_words(story: Story) -> str:
    """What the first post of the story says, "" where it has none: a title is likely in it."""
    first = _live(story).filter(kind=Item.Kind.POST).order_by("position", "pk").values_list("post_uri", flat=True).first()
    return Post.objects.filter(uri=first).values_list("text", flat=True).first() or "" if first else ""


def _live(story: Story) -> QuerySet[Item]:
    return Item.objects.filter(story=story, deleted=None)


def removed_stories() -> QuerySet[Story]:
    """Stories that were taken away and can be brought back, last one first."""
    return Story.objects.exclude(deleted=None).order_by("-deleted", "-pk")


def editions(story: Story) -> QuerySet[Edition]:
    """All editions of a story without what they hold, the newest first."""
    return story.editions.select_related("by").defer("head", "items").order_by("-number")


def conversations_of(story: Story) -> list[Post]:
    """The first post of each conversation that the story's posts are from; the one with most of them first."""
    uris = _live(story).filter(kind=Item.Kind.POST).values("post_uri")
    told = Post.objects.filter(uri__in=uris).values("conversation_id").annotate(n=Count("pk")).order_by("-n", "-conversation_id")
    keys = [row["conversation_id"] for row in told[:20]]
    return sorted(Post.objects.filter(pk__in=keys), key=lambda post: keys.index(post.pk))
