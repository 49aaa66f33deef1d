"""A small cast and what they said, as rows that an import would have left, index included."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import transaction

from homespun.conversations.actions import indexing
from homespun.conversations.models import Arrival, Conversation, MissingParent, Post, PostMedia, Sighting, Source, State
from homespun.core.models import MediaFile
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account

NOW = datetime(2024, 3, 10, 9, 0, tzinfo=UTC)
numbers = count(1)


def account(handle: str, name: str = "", *, own: bool = False) -> Account:
    found, _ = Account.objects.get_or_create(
        uri=f"https://x.com/i/user/{handle}", defaults={"network": "x", "handle": handle, "name": name or handle.title(), "is_own": own}
    )
    return found


def hettie() -> Account:
    """Makes the box of stiles; she is us."""
    return account("stilewise", "Hettie Moule", own=True)


def bryony() -> Account:
    return account("bryonyshelves", "Bryony Tarrowell")


def post(
    text: str,
    author: Account | None = None,
    *,
    html: str = "",
    warning: str = "",
    parent: Post | None = None,
    ghost: str = "",
    at: datetime | None = None,
    picture: bool = False,
    uri: str = "",
    visibility: Visibility = Visibility.PUBLIC,
    state: State = State.LIVE,
) -> Post:
    """One post; with a `ghost` it answers a post of Bryony's that is in no archive."""
    number = next(numbers)
    author = author or bryony()
    published = at or NOW + timedelta(minutes=number)
    key = (int(published.timestamp() * 1000) << 22) + number % 4096
    conversation = (
        Conversation.objects.get(pk=parent.conversation_id) if parent else Conversation.objects.create(id=key, latest=key, posts=0)
    )
    row = Post.objects.create(
        id=key,
        uri=uri or f"https://x.com/i/status/{number}",
        url=f"https://x.com/{author.handle}/status/{number}",
        network="x",
        author=author,
        published=published,
        text=text,
        html=html,
        warning=warning,
        reply_to=parent.author if parent else None,
        parent=parent,
        conversation=conversation,
        place=Place.OWN,
        visibility=visibility,
        state=state,
    )
    if ghost:
        conversation.missing += not MissingParent.objects.filter(uri=ghost).exists()
        MissingParent.objects.create(child=row, uri=ghost, author=bryony())
    if picture:
        PostMedia.objects.create(
            post=row, position=0, kind="image", url=f"https://pbs.example/{number}.jpg", alt="A stile", file=file(number)
        )
    conversation.latest = max(conversation.latest, key)
    conversation.posts += 1
    conversation.own += author.is_own
    conversation.voices = conversation.post_set.values("author").distinct().count()
    conversation.save()
    index([row])
    return row


def index(rows: Iterable[Post]) -> None:
    with transaction.atomic():
        indexing.put(indexing.entries(row.pk for row in rows))


def file(number: int) -> MediaFile:
    return MediaFile.objects.create(sha256=f"{number:064x}", content_type="image/jpeg", size=1000, width=800, height=600, created=NOW)


def source(title: str) -> Source:
    return Source.objects.create(kind="x-archive", fingerprint=title, title=title, added=NOW)


def seen(row: Post, by: Source, place: Place = Place.OWN) -> None:
    Sighting.objects.create(post=row, source=by, place=place, raw=b"")


def arrived(*rows: Post, at: datetime) -> None:
    """They came while we listened."""
    Arrival.objects.bulk_create(Arrival(post=row, at=at) for row in rows)


def talk() -> Post:
    """Bryony asks, we answer twice, and she goes on; the root."""
    root = post("Which stile held you up the longest?")
    first = post("The ladder, by far.", hettie(), parent=root)
    post("And the one with the paint.", hettie(), parent=root)
    post("The ladder is the best one.", parent=first)
    return root


def many(texts: Iterable[str], *, chain: bool) -> Conversation:
    """One conversation of many posts, each answering the one before it, or all the first."""
    author = bryony()
    first = int(NOW.timestamp() * 1000) << 22
    posts = [
        Post(
            id=first + (place << 22),
            uri=f"https://x.com/i/status/9{place:06}",
            network="x",
            author=author,
            published=NOW + timedelta(milliseconds=place),
            text=text,
            parent_id=None if not place else first + ((place - 1 if chain else 0) << 22),
            conversation_id=first,
            place=Place.OWN,
            visibility=Visibility.PUBLIC,
        )
        for place, text in enumerate(texts)
    ]
    conversation = Conversation.objects.create(id=first, latest=posts[-1].pk, posts=len(posts))
    Post.objects.bulk_create(posts, batch_size=70)
    return conversation
