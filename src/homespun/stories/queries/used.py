"""Which posts stories quote."""

from homespun.stories.models import Edition, Item
from homespun.stories.queries.stories import published


def used_uris() -> list[str]:
    """Of all posts in stories that are being written, and in what the public sees."""
    items = Item.objects.filter(deleted=None, story__deleted=None).exclude(post_uri="")
    found = set(items.values_list("post_uri", flat=True).distinct())
    for frozen in Edition.objects.filter(pk__in=published().values("pk")).values_list("items", flat=True).iterator():
        found |= {item["uri"] for item in frozen if item.get("uri")}
    return sorted(found)
