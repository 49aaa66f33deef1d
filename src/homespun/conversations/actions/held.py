"""What is held of a conversation, as values that a network can be asked with."""

from homespun.conversations.models import Conversation, MissingParent, Post, Sighting
from homespun.conversations.queries import shape
from homespun.networks import values
from homespun.networks.values import Place, Visibility


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
    author = post.author
    return values.Post(
        uri=post.uri,
        url=post.url,
        author=values.Account(author.uri, author.handle, author.name, author.avatar, author.bio, author.network) if author else None,
        published=int(post.published.timestamp() * 1000),
        text=post.text,
        lang=post.lang,
        parent=post.parent.uri if post.parent else ghost[0],
        place=Place(post.place),
        visibility=Visibility(post.visibility),
        edited=int(post.edited.timestamp() * 1000) if post.edited else 0,
        raw=raw,
        network=post.network,
        warning=post.warning,
        replies=post.replies_told,
        root=ghost[1],
    )
