"""Two made-up networks to write on, and accounts of ours that are connected to them; and who writes."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.test import Client
from django.utils import timezone

from homespun.conversations.models import Connection
from homespun.core.models import Site
from homespun.core.security import sealing
from homespun.networks import live
from homespun.networks.live import Asking
from homespun.networks.protocols import Limits, Words
from homespun.networks.values import Account, Place, Post, Visibility
from homespun.users.models import Role, User
from tests.conversations import cast

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
START = 1_700_000_000_000


class Quill:
    """Keeps what it is given. Sixty letters, four audiences, warnings; an answer has to name whom it reaches."""

    limits = Limits(longest=60, visibilities=(1, 2, 3, 4), names=True)
    network = "x"
    done: ClassVar[list[tuple[str, Any]]] = []

    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def length(self, text: str) -> int:
        return len(text)

    def post(self, words: Words) -> Post:
        self.done.append(("post", words))
        return self.shown(f"https://{self.network}.example/{len(self.done)}", words)

    def edit(self, uri: str, words: Words) -> Post:
        self.done.append(("edit", words))
        return self.shown(uri, words)

    def delete(self, uri: str) -> None:
        self.done.append(("delete", uri))

    def repost(self, uri: str) -> None:
        self.done.append(("repost", uri))

    def like(self, uri: str) -> None:
        self.done.append(("like", uri))

    def unrepost(self, uri: str) -> None:
        self.done.append(("unrepost", uri))

    def unlike(self, uri: str) -> None:
        self.done.append(("unlike", uri))

    def shown(self, uri: str, words: Words) -> Post:
        return Post(
            uri=uri,
            url=uri,
            author=Account(self.asking.me, network=self.network),
            published=START + len(self.done) * 1000,
            text=words.text,
            parent=words.parent,
            place=Place.SERVER,
            visibility=Visibility(words.visibility),
            network=self.network,
            raw=b"{}",
        )


class Loom(Quill):
    """Ninety letters, for everybody, without warnings, and what was said is said."""

    limits = Limits(longest=90, warns=False, edits=False, quotes=False)
    network = "bluesky"


SPEAKERS = {"x": Quill, "bluesky": Loom}


def quill() -> Connection:
    return connected(cast.hettie(), "x")


def loom() -> Connection:
    own = cast.account("stilewise.example", "Stilewise", own=True)
    type(own).objects.filter(pk=own.pk).update(network="bluesky")
    own.refresh_from_db()
    return connected(own, "bluesky")


def connected(account: Any, network: str) -> Connection:
    told = {"network": network, "server": f"https://{network}.example", "secret": sealing.seal({}), "connected": timezone.now()}
    return Connection.objects.get_or_create(account=account, defaults=told)[0]


def signed_in(role: str = Role.OWNER) -> Client:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    client = Client()
    client.force_login(User.objects.get_or_create(email=f"{role}@stilewise.example", defaults={"name": "Hettie", "role": role})[0])
    return client


@pytest.fixture
def made_up_networks(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are known, nothing was done on them, and there is a key to open secrets with."""
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / sealing.KEY).parent.mkdir(exist_ok=True)
    (tmp_path / sealing.KEY).write_text(KEY)
    monkeypatch.setattr(live, "SPEAKERS", SPEAKERS)
    monkeypatch.setattr(Quill, "done", [])
