"""Wishes to be left out: a salted hash of a post's or an account's uri. `store` asks here, so that nobody comes back by import."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from django.conf import settings

from homespun.conversations.actions.merging import Sight
from homespun.conversations.models import Tombstone
from homespun.networks.values import Account, Post


class Wishes:
    """All of them, read once. Where there is none, asking costs nothing."""

    def __init__(self) -> None:
        self.digests = set(Tombstone.objects.values_list("digest", flat=True))

    def heard(self, posts: Sequence[Post]) -> Sequence[Post]:
        return [post for post in posts if not self.concern(post)] if self.digests else posts

    def heard_sights(self, sights: Iterable[Sight]) -> Iterable[Sight]:
        return (sight for sight in sights if not self.concern(sight.post)) if self.digests else sights

    def concern(self, post: Post) -> bool:
        uris = [post.uri, *post.names, *(called(post.author) if post.author else ())]
        return any(digest(uri) in self.digests for uri in uris)


def called(account: Account) -> tuple[str, ...]:
    """What a wish may be said of: an account by its uri, or by its handle where nobody could tell yet whose that is."""
    return (account.uri, f"@{account.handle.lower()}") if account.handle else (account.uri,)


def is_left_out(*uris: str) -> bool:
    return Tombstone.objects.filter(digest__in=[digest(uri) for uri in uris]).exists()


def digest(uri: str) -> str:
    return hashlib.sha256(f"{salt()}{uri}".encode()).hexdigest()


@cache
def salt() -> str:
    path = Path(settings.DATA) / "secrets" / "salt"
    return path.read_text().strip() if path.exists() else ""
