"""Telling the sample's story, and taking the sample out in one go."""

import io
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from homespun.conversations import sample
from homespun.conversations.models import Run
from homespun.conversations.sample.pictures import drawn
from homespun.conversations.uploads import bringing
from homespun.core import audit, media
from homespun.core.models import AuditEntry
from homespun.desk.sample import story as script
from homespun.stories import actions
from homespun.stories.models import Item, Story
from homespun.users.models import User

VERB = "sample.tell"


@transaction.atomic
def tell(*, by: User, now: datetime) -> Story:
    """The sample's story: the one that is there already, else written anew from the posts of the sample."""
    known = stories().first()
    if known:
        return known
    story = actions.create_story(title=script.TITLE, by=by, now=now)
    actions.update_head(
        story=story,
        by=by,
        now=now,
        introduction=script.INTRODUCTION,
        tags=script.TAGS,
        cover=media.keep(io.BytesIO(drawn("cover")), now=now),
        cover_alt=script.COVER_ALT,
        cover_caption=script.COVER_CAPTION,
        author_about=by.about or script.ABOUT,
    )
    for entry in script.ITEMS:
        add(entry, story=story, by=by, now=now)
    audit_of(story, by=by, now=now)
    story.refresh_from_db()
    return story


def add(entry: script.Told | script.Said | script.Shown, *, story: Story, by: User, now: datetime) -> None:
    match entry:
        case script.Told(html):
            actions.add_item(story=story, kind=Item.Kind.NARRATION, html=html, by=by, now=now)
        case script.Said(key):
            actions.add_posts(story=story, uris=[sample.LINES[key].uri], by=by, now=now)
        case script.Shown(title, caption, picture, alt):
            still = media.keep(io.BytesIO(drawn(picture)), now=now)
            actions.add_item(
                story=story, kind=Item.Kind.VIDEO, url=script.VIDEO, title=title, caption=caption, media=still, alt=alt, by=by, now=now
            )


def audit_of(story: Story, *, by: User, now: datetime) -> None:
    """The trail remembers which story it is, so that it can be taken out whatever it is called by then."""
    audit.record(by=by, now=now, verb=VERB, subject=f"story:{story.pk}")


def stories() -> QuerySet[Story]:
    """Stories told from the sample and not taken out."""
    subjects = AuditEntry.objects.filter(verb=VERB).values_list("subject", flat=True)
    return Story.objects.filter(pk__in=[int(subject.partition(":")[2]) for subject in subjects], deleted=None)


def is_untold() -> bool:
    """The sample's archives are in, and its story is not there yet."""
    return Run.objects.filter(options__sample=True, state=Run.State.DONE, source__isnull=False).exists() and not stories().exists()


def remove(*, by: User, now: datetime) -> None:
    """Take out the sample's archives and its story."""
    for story in stories():
        actions.remove_story(story=story, by=by, now=now)
    bringing.remove_sample(by=by, now=now)
