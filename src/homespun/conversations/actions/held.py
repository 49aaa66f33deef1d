"""Posts that the database holds, as values: to ask a network with, or to stand in for a record that can't be read."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import structs

from homespun.conversations.models import Conversation, MissingParent, Post, Sighting
from homespun.conversations.queries import shape
from homespun.networks import values
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def values_of(conversation: Conversation, network: str) -> list[values.Post]:
    """Its posts on that network in reading order, so that the root comes first. Four queries."""
    order = {key: place for place, key in enumerate(shape(conversation).order)}
    posts = Post.objects.filter(conversation=conversation, network=network).select_related("author", "parent")
    missing = MissingParent.objects.filter(child__conversation=conversation).values_list("child_id", "uri", "root")
    ghosts = {child: (uri, root) for child, uri, root in missing}
    best = Sighting.objects.filter(post__conversation=conversation).order_by("-place").values_list("post_id", "raw")
    raw = {post: bytes(record) for post, record in best}
    return [
        value(post, ghosts.get(post.pk, ("", "")), raw.get(post.pk, b"")) for post in sorted(posts, key=lambda post: order.get(post.pk, 0))
    ]


def value(post: Post, ghost: tuple[str, str], raw: bytes) -> values.Post:
    return values.Post(
        uri=post.uri,
        url=post.url,
        author=_account(post.author),
        published=_ms(post.published),
        text=post.text,
        lang=post.lang,
        parent=post.parent.uri if post.parent else ghost[0],
        place=Place(post.place),
        visibility=Visibility(post.visibility),
        edited=_ms(post.edited) if post.edited else 0,
        raw=raw,
        network=post.network,
        warning=post.warning,
        replies=post.replies_told,
        root=ghost[1],
        is_cut=post.is_cut,
    )


def whole_values(keys: Iterable[int]) -> dict[int, values.Post]:
    """Everything that the database knows of these posts, by key: their names, references and media, too."""
    posts = Post.objects.filter(pk__in=list(keys)).select_related("author", "reply_to", "parent")
    return {post.pk: _whole_value(post) for post in posts}


def _whole_value(post: Post) -> values.Post:
    missing = MissingParent.objects.filter(child=post).select_related("author").first()
    answered = post.reply_to or (missing.author if missing else None)
    return structs.replace(
        value(post, (missing.uri, missing.root) if missing else ("", ""), b""),
        html=post.html,
        parent_author=_account(answered),
        names=tuple(sorted(post.names.values_list("name", flat=True))),
        references=tuple(values.Reference(each.kind, each.uri) for each in post.references.order_by("pk")),
        media=tuple(
            values.Media(each.kind, each.url, each.name, each.alt, each.width, each.height) for each in post.media.order_by("position")
        ),
    )


def _account(account: Account | None) -> values.Account | None:
    return values.Account(account.uri, account.handle, account.name, account.avatar, account.bio, account.network) if account else None


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)
