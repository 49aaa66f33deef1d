"""The posts that a story's items point at, by uri, with all that a quotation of them needs."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Manager, Q, QuerySet

from homespun.conversations.models import Post, PostName, Reference
from homespun.conversations.queries import Displayed, Original, displayed
from homespun.networks import known

T = TypeVar("T")
AT_ONCE = 900  # fewer than the parameters that any SQLite takes in one query
ACCOUNT = ("uri", "name", "handle", "is_own", "network", "avatar")
IS_REPLY = ExpressionWrapper(Q(parent__isnull=False) | Q(missing_parent__isnull=False), output_field=BooleanField())
BARE = ("uri", "text", "visibility", "state", "author", *(f"author__{name}" for name in ACCOUNT))


def posts(uris: Iterable[str]) -> dict[str, Post]:
    """Held posts by the uri that was asked for, which may be another name of theirs; with author and media files."""
    return _named(uris, _whole(Post.objects))


def bare_posts(uris: Iterable[str]) -> dict[str, Post]:
    """The same with no more than tells who said it, where and to whom: for thousands at once."""
    return _named(uris, Post.objects.select_related("author").only(*BARE))


def originals(reposts: Iterable[Post]) -> dict[int, Post]:
    """Return what these repost, by the key of the repost, whether or not it may be shown. No query where none of them is a repost."""
    keys = [post.pk for post in reposts if not post.text or known.repost_start(post.network, post.text)]
    pairs = [pair for part in _parts(keys) for pair in _reposted(part)]
    held = _named((uri for _, uri in pairs), _whole(Post.objects)) if pairs else {}
    return {key: held[uri] for key, uri in pairs if uri in held}


def _reposted(keys: list[int]) -> Iterable[tuple[int, str]]:
    return Reference.objects.filter(post__in=keys, kind="repost").values_list("post_id", "uri")


def shown_words(post: Post, original: Post | None) -> Displayed:
    """Return the words of a post from `posts` as pages and exports have them."""
    return displayed(
        post.network,
        post.text,
        post.html,
        is_reply=getattr(post, "is_reply", False),
        is_cut=post.is_cut,
        original=Original(original.text, original.html, original.author.handle if original.author else "", original.is_cut)
        if original
        else None,
    )


def _whole(rows: "Manager[Post]") -> QuerySet[Post]:
    return rows.select_related("author").prefetch_related("media__file").annotate(is_reply=IS_REPLY)


def _named(uris: Iterable[str], rows: QuerySet[Post]) -> dict[str, Post]:
    wanted = [uri for uri in dict.fromkeys(uris) if uri]
    found = _by_uri(wanted, rows)
    found |= _by_other_name([uri for uri in wanted if uri not in found], rows)
    return found


def _by_uri(uris: list[str], rows: QuerySet[Post]) -> dict[str, Post]:
    return {post.uri: post for part in _parts(uris) for post in rows.filter(uri__in=part)}


def _by_other_name(uris: list[str], rows: QuerySet[Post]) -> dict[str, Post]:
    names = {name: uri for part in _parts(uris) for name, uri in PostName.objects.filter(name__in=part).values_list("name", "post__uri")}
    held = _by_uri(list(names.values()), rows)
    return {name: held[uri] for name, uri in names.items()}


def _parts(values: list[T]) -> list[list[T]]:
    return [values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE)]
