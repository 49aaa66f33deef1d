"""Pictures and films of words that vanished from what is published vanish, too."""

from datetime import datetime
from itertools import chain

from homespun.core import audit, media
from homespun.core.models import PublicMedia
from homespun.stories import edition
from homespun.stories.actions.writing import holder
from homespun.stories.models import Edition
from homespun.stories.queries.closed import closed_in
from homespun.stories.queries.stories import published


def close(*, now: datetime) -> int:
    """Share what published stories still show, and no more. Gives how many stories show less than they did."""
    return sum(_close(current, now) for current in published() if closed_in(current.pk))


def _close(current: Edition, now: datetime) -> bool:
    content = edition.content(current)
    shown = {picture.sha256 for picture in chain(content.pictures(), content.films())}
    name = holder(current.story)
    shared = set(PublicMedia.objects.filter(holder=name).values_list("file__sha256", flat=True))
    if not shared - shown:
        return False
    media.share(holder=name, sha256s=shared & shown)
    audit.record(by=None, now=now, verb="story.pictures-closed", subject=f"story:{current.story_id}", files=len(shared - shown))
    return True
