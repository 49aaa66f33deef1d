"""Which stories a member of the team may see and change. What is not theirs is not found."""

from django.db.models import Q, QuerySet
from django.http import Http404

from homespun.stories.models import Item, Story
from homespun.stories.queries import stories
from homespun.users.models import User


def stories_for(user: User) -> QuerySet[Story]:
    """All of the organisation's stories: every role works on them together. Removed ones are not among them."""
    return stories() if user.is_active else stories().none()


def story_for(user: User, slug: str) -> Story:
    """Raises Http404. A story that had no title yet is also found by the address that it had then."""
    rows = stories_for(user)
    found = rows.filter(slug=slug).first() or rows.filter(pk=_number(slug)).first()
    if found is None:
        raise Http404
    return found


def removed_story_for(user: User, slug: str) -> Story:
    """A story that has been taken away and can be brought back. Raises Http404."""
    found = Story.objects.exclude(deleted=None).filter(slug=slug).first() if user.is_active else None
    if found is None:
        raise Http404
    return found


def item_for(user: User, slug: str, pk: int) -> Item:
    """An item of a story that the user may change, taken out or not, so that it can be put back. Raises Http404."""
    rows = Item.objects.select_related("story", "media").filter(pk=pk, story__deleted=None) if user.is_active else Item.objects.none()
    found = rows.filter(Q(story__slug=slug) | Q(story=_number(slug))).first()
    if found is None:
        raise Http404
    return found


def _number(slug: str) -> int:
    number = slug.removeprefix("story-")
    return int(number) if slug != number and number.isdecimal() and len(number) < 12 else 0
