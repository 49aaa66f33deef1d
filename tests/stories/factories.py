"""A small cast and what they said: rows as an import would have left them."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TypedDict

from homespun.conversations.models import Conversation, Post, PostMedia, State
from homespun.core.models import MediaFile
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account
from homespun.stories import actions
from homespun.stories.models import Item, Story
from homespun.users.models import User


class Agreement(TypedDict):
    basis: str
    how: str
    when: date


NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
AGREED: Agreement = {"basis": "agreed", "how": "by telephone", "when": date(2026, 3, 12)}
numbers = count(1)


def vita() -> User:
    """Bakes the bread."""
    user, _ = User.objects.get_or_create(
        email="vita@loaf.example", defaults={"name": "Vita Halloran", "about": "Sends out sourdough by post."}
    )
    return user


def account(handle: str, name: str = "", *, own: bool = False) -> Account:
    found, _ = Account.objects.get_or_create(
        uri=f"https://x.com/i/user/{handle}", defaults={"network": "x", "handle": handle, "name": name or handle.title(), "is_own": own}
    )
    return found


def post(
    text: str,
    author: Account | None = None,
    *,
    parent: Post | None = None,
    visibility: Visibility = Visibility.PUBLIC,
    state: State = State.LIVE,
    at: datetime | None = None,
) -> Post:
    number = next(numbers)
    published = at or NOW + timedelta(minutes=number)
    key = (int(published.timestamp() * 1000) << 22) + number
    conversation = parent.conversation if parent else Conversation.objects.create(id=key, latest=key)
    return Post.objects.create(
        id=key,
        uri=f"https://x.com/i/status/{key}",
        url=f"https://x.com/i/status/{key}",
        network="x",
        author=author,
        published=published,
        text=text,
        parent=parent,
        conversation=conversation,
        place=Place.OWN,
        visibility=visibility,
        state=state,
    )


def picture(post: Post | None = None, *, alt: str = "", width: int = 1600, height: int = 800) -> MediaFile:
    number = next(numbers)
    file = MediaFile.objects.create(sha256=f"{number:064x}", content_type="image/jpeg", size=1000, width=width, height=height, created=NOW)
    if post is not None:
        PostMedia.objects.create(
            post=post, position=post.media.count(), kind="image", url=f"https://pbs.example/{number}.jpg", alt=alt, file=file
        )
    return file


def talk() -> Post:
    """The root of a conversation in which Elke asks, Vita answers twice, and Sandor joins in."""
    elke, us = account("elke", "Elke Brandreth"), account("quarterloaf", "The Quarter Loaf", own=True)
    sandor = account("sandor", "Sandor Welk")
    root = post("Our oven gave up at five. I am taking the dough along on the tram.", elke)
    answer = post("It will rise BEFORE YOUR STOP, you know.", us, parent=root)
    post("Hold the lid down.", us, parent=root)
    post("My whole carriage smelt of rye.", sandor, parent=answer)
    return root


def story(title: str = "Loaf nine on the tram", *, conversation: Conversation | None = None) -> Story:
    return actions.create_story(title=title, conversation=conversation, by=vita(), now=NOW)


def told(title: str = "Loaf nine on the tram") -> Story:
    """A story of that conversation with narration before it, in which everybody has agreed."""
    made = story(title, conversation=talk().conversation)
    first = made.items.order_by("position").first()
    actions.add_item(story=made, kind=Item.Kind.NARRATION, before=first, html="<p>It began in a <em>hurry</em>.</p>", by=vita(), now=NOW)
    actions.set_basis_for(story=made, by=vita(), now=NOW, **AGREED)
    return made


def texts(story: Story) -> list[str]:
    """The story as its author sees it: words of posts by uri, of the rest by html."""
    words = dict(Post.objects.values_list("uri", "text"))
    rows = story.items.filter(deleted=None).order_by("position", "pk")
    return [words.get(item.post_uri) or item.html or item.title for item in rows]
