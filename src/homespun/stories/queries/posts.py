"""The posts that a story's items point at, by uri, with all that a quotation of them needs."""

from collections.abc import Iterable

from django.db.models import QuerySet

from homespun.conversations.models import Post, PostName

AT_ONCE = 900  # fewer than the parameters that any SQLite takes in one query
ACCOUNT = ("uri", "name", "handle", "is_own", "network", "avatar")
BARE = ("uri", "text", "visibility", "state", "author", *(f"author__{name}" for name in ACCOUNT))


def posts(uris: Iterable[str]) -> dict[str, Post]:
    """Held posts by the uri that was asked for, which may be another name of theirs; with author and media files."""
    return _named(uris, Post.objects.select_related("author").prefetch_related("media__file"))


def bare_posts(uris: Iterable[str]) -> dict[str, Post]:
    """The same with no more than tells who said it, where and to whom: for thousands at once."""
    return _named(uris, Post.objects.select_related("author").only(*BARE))


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


def _parts(uris: list[str]) -> list[list[str]]:
    return [uris[start : start + AT_ONCE] for start in range(0, len(uris), AT_ONCE)]
