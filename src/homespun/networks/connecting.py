"""Signing in to a network for an account of ours: what begins it, what comes of it. One small Protocol for all networks.

Nothing here is kept by a network itself: what it needs between the two steps is in `Begun.kept`, which the room above seals.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from homespun.networks.errors import NetworkError
from homespun.networks.values import Account

Secret = Mapping[str, Any]  # what a network needs to act for an account; plain JSON


class Denied(NetworkError):
    """Whoever was asked at the network said no."""


class Ourselves(msgspec.Struct, frozen=True):
    """Who asks, as a network shows it to the person who is to say yes."""

    site: str  # https://stories.example, without a slash
    name: str  # The Quarter Loaf
    back: str  # address on our site to which the network sends the person back
    metadata: str = ""  # address on our site of the document that says all this, for networks that read it
    key: str = ""  # private, as PEM: what that document names the public half of
    also_back: tuple[str, ...] = ()  # further addresses that the document allows the person to be sent back to


class Begun(msgspec.Struct, frozen=True):
    """Where the person is to say yes, and what is to be kept until they are back. `state` comes back with them."""

    url: str
    state: str
    server: str  # https://example.social
    scopes: tuple[str, ...]  # as the network writes them
    kept: Secret

    def __repr__(self) -> str:
        return f"Begun({self.server!r})"


class Connected(msgspec.Struct, frozen=True):
    """An account that we may act for from now on."""

    account: Account
    server: str
    secret: Secret
    scopes: str
    limits: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Connected({self.account.uri!r})"  # and nothing that lets anybody in


class Seen(msgspec.Struct, frozen=True):
    """How an account of ours goes by now, and what may be posted as it."""

    account: Account
    limits: Mapping[str, Any]


class SignsIn(Protocol):
    def begin(self, typed: str, us: Ourselves) -> Begun:
        """Ask the server of what was typed how to sign in there. Raises `NetworkError` with a sentence."""

    def finish(self, kept: Secret, answer: Mapping[str, str]) -> Connected:
        """With what the person brought back. Raises `NetworkError`; `Denied` where they said no."""

    def check(self) -> Seen:
        """Ask as the account that it was made for, which also renews what would run out unused. Raises `NetworkError`."""

    def forget(self, server: str, secret: Secret) -> None:
        """Tell the server that the secret is not used any more. Raises `NetworkError`."""


class ProvesIdentity(Protocol):
    """Of networks where a person can prove that an account is theirs, without letting us do anything as that account."""

    def begin_proof(self, typed: str, us: Ourselves) -> Begun:
        """Like `SignsIn.begin`, with the smallest scope that says whose account it is."""

    def finish_proof(self, kept: Secret, answer: Mapping[str, str]) -> Account:
        """Whose account it is. The token is revoked at once. Raises `NetworkError`; `Denied` where they said no."""


class TakesPasswords(Protocol):
    """Of networks that know passwords for one application, which can be taken back one by one."""

    def by_password(self, typed: str, password: str) -> Connected:
        """Raises `NetworkError`."""
