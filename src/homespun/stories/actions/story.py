"""Stories begin, get their head, are taken away and brought back."""

from datetime import datetime
from typing import TypedDict, Unpack
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext

from homespun.conversations.models import Conversation
from homespun.conversations.queries import conversation_uris
from homespun.core import audit
from homespun.core.models import MediaFile
from homespun.stories.actions.items import insert_posts
from homespun.stories.actions.writing import Stale, checked, touch, withdraw
from homespun.stories.models import Story
from homespun.users.models import User

SLUG_LENGTH = 80


class HeadFields(TypedDict, total=False):
    """What stands above the items of a story."""

    title: str
    slug: str  # until the first publication
    introduction: str
    cover: MediaFile | None
    cover_alt: str
    cover_focus: str  # "50% 20%"
    cover_caption: str
    tags: list[str]
    author_name: str
    author_about: str
    noindex: bool


@transaction.atomic
def create_story(*, title: str = "", conversation: Conversation | None = None, by: User | None, now: datetime) -> Story:
    """Begin a story, with all posts of a conversation as its items in reading order if one is given."""
    head = checked(Story, {"title": title, "author_name": by.name if by else "", "author_about": by.about if by else ""})
    story = Story.objects.create(slug=uuid4().hex, author=by, created=now, changed=now, **head)
    story.slug = free_slug(story)
    story.save(update_fields=["slug"])
    posts = insert_posts(story, conversation_uris(conversation.pk)) if conversation else []
    audit.record(by=by, now=now, verb="story.create", subject=f"story:{story.pk}", posts=len(posts))
    return story


@transaction.atomic
def update_head(*, story: Story, by: User | None, now: datetime, version: int | None = None, **fields: Unpack[HeadFields]) -> Story:
    """Change some of the head. `version` is the `head_version` that the writer saw: raises Stale if it is another by now.

    Raises ValidationError where a value cannot stand, or where the address is asked to change after the first publication.
    """
    if "slug" in fields:
        fields["slug"] = _wished_slug(story, fields["slug"])
    values = checked(Story, fields)
    if "tags" in values:
        values["tags"] = clean_tags(values["tags"])
    seen = Story.objects.filter(pk=story.pk, deleted=None)
    if version is not None:
        seen = seen.filter(head_version=version)
    if not seen.update(head_version=F("head_version") + 1, **values):
        raise Stale(Story.objects.get(pk=story.pk))
    touch(story, by=by, now=now, verb="story.update", fields=sorted(values))
    story.refresh_from_db(fields=["head_version", *values])
    return story


@transaction.atomic
def remove_story(*, story: Story, by: User | None, now: datetime) -> None:
    """Take a story away, from the public too. It can be brought back as it was, unpublished."""
    withdraw(story)
    Story.objects.filter(pk=story.pk, deleted=None).update(deleted=now)
    touch(story, by=by, now=now, verb="story.remove")
    story.refresh_from_db(fields=["deleted"])


@transaction.atomic
def restore_story(*, story: Story, by: User | None, now: datetime) -> None:
    Story.objects.filter(pk=story.pk).update(deleted=None)
    touch(story, by=by, now=now, verb="story.restore")
    story.refresh_from_db(fields=["deleted"])


def free_slug(story: Story) -> str:
    """An address made of the title that no other story has; `story-12` while there is no title to make it of."""
    base = slugify(story.title)[:SLUG_LENGTH].strip("-_")
    if not base or base.removeprefix("story-").isdigit():
        return f"story-{story.pk}"
    taken = set(Story.objects.filter(slug__startswith=base).exclude(pk=story.pk).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def slug_to_be(story: Story) -> str:
    """The address that the next publication gives: a placeholder gives way to the title once, for good."""
    return free_slug(story) if story.slug == f"story-{story.pk}" and not story.editions.exists() else story.slug


def clean_tags(tags: list[str]) -> list[str]:
    """Single words or a few, each once whatever its capitals, without the hash that people type."""
    words = (" ".join(str(tag).replace(",", " ").replace("/", " ").split()).lstrip("#")[:60].strip() for tag in tags)
    first: dict[str, str] = {}
    for word in filter(None, words):
        first.setdefault(word.casefold(), word)
    return list(first.values())


def _wished_slug(story: Story, wish: str) -> str:
    if wish == story.slug:
        return wish
    slug = slugify(wish)[:SLUG_LENGTH].strip("-_")
    if not slug:
        raise ValidationError({"slug": gettext("An address needs a letter or a digit.")})
    if story.editions.exists():
        raise ValidationError({"slug": gettext("The address stays as it is once a story has been published.")})
    if slug.removeprefix("story-").isdigit() or Story.objects.filter(slug=slug).exclude(pk=story.pk).exists():
        raise ValidationError({"slug": gettext("Another story has this address.")})
    return slug
