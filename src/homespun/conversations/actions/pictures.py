"""Pictures of posts, fetched from where they lie: they stay when their network forgets them, and nobody's browser loads them from there.

Archives bring theirs. What live networks, pages and saved pages show is only an address, which is asked for here, the newest first, a few
at a time.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from django.db.models import Q

from homespun.conversations.actions.opt_outs import OptOuts
from homespun.conversations.models import PictureAsked, PostMedia, State
from homespun.core import live, media
from homespun.core.jobs import stopping
from homespun.core.models import MediaFile
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks.values import Place

NEWEST = 2_000  # pictures, films and sounds that came last: among these one looks
AT_ONCE = 40
SECONDS = 40.0  # of one asking
DEADLINE = 15.0
CAP = 20 << 20  # bytes of one picture
PAUSES = (timedelta(hours=1), timedelta(days=1), timedelta(weeks=1))  # then never
BY_ADDRESS = Q(post__network="x", post__place__in=[Place.PAGE, Place.REPOST, Place.QUOTE]) | ~Q(post__network="x")


def fetch_pictures(*, now: datetime, door: Door, conversation: int | None = None) -> int:
    """How many came, of a conversation or of what came last."""
    until = time.monotonic() + SECONDS
    came = 0
    for row in wanted(now=now, conversation=conversation):
        if time.monotonic() > until or stopping():
            break
        came += fetched(row, now=now, door=door)
    if came:
        live.changed()
    return came


def wanted(*, now: datetime, conversation: int | None = None) -> list[PostMedia]:
    """Each address once."""
    lacking = PostMedia.objects.filter(BY_ADDRESS, file=None, kind="image", url__startswith="http").exclude(post__state=State.WITHDRAWN)
    if conversation is not None:
        rows = lacking.filter(post__conversation=conversation).order_by("-post_id", "position")[: 5 * AT_ONCE]
    else:
        newest = PostMedia.objects.order_by("-pk").values("pk")[:NEWEST]
        rows = lacking.filter(pk__in=newest).order_by("-post_id", "position")[: 5 * AT_ONCE]
    opt_outs = OptOuts()
    every = {row.url: row for row in rows.select_related("post__author") if not opt_outs.covers_row(row.post.author)}
    return [every[url] for url in every if url not in resting(every, now)][:AT_ONCE]


def resting(urls: Iterable[str], now: datetime) -> set[str]:
    rows = PictureAsked.objects.filter(Q(again=None) | Q(again__gt=now), url__in=list(urls))
    return set(rows.values_list("url", flat=True))


def fetched(row: PostMedia, *, now: datetime, door: Door) -> bool:
    try:
        file = kept(row.url, now=now, door=door)
    except (DoorError, media.Refused) as error:
        is_final = isinstance(error, media.Refused) or error.permanent
        note(row.url, str(error), now=now, is_final=is_final)
        return False
    with transaction.atomic():
        PostMedia.objects.filter(post=row.post_id, url=row.url, file=None).update(file=file)
        PictureAsked.objects.filter(url=row.url).delete()
    return True


def kept(url: str, *, now: datetime, door: Door) -> MediaFile:
    if not door.may_visit(url):
        raise media.Refused("robots.txt")
    answer = door.fetch(url, accept=["image/*"], cap_bytes=CAP, deadline=DEADLINE)
    file = media.keep(BytesIO(answer.body), now=now, max_bytes=CAP)
    if file.content_type not in media.PICTURES:
        raise media.Refused(file.content_type)
    return file


def note(url: str, why: str, *, now: datetime, is_final: bool) -> None:
    """Written down, so that it is not asked for again at once, or ever."""
    known = PictureAsked.objects.filter(url=url).first()
    tries = known.tries + 1 if known else 1
    again = now + PAUSES[tries - 1] if not is_final and tries <= len(PAUSES) else None
    PictureAsked.objects.update_or_create(url=url, defaults={"why": why, "tries": tries, "again": again})
