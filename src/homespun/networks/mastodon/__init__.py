"""Mastodon and the whole fediverse: its servers' API, and ActivityPub."""

from typing import TYPE_CHECKING

from homespun.networks.loading import later

if TYPE_CHECKING:
    from homespun.networks.mastodon.acting import Speaker
    from homespun.networks.mastodon.client import Client
    from homespun.networks.mastodon.renewing import renewed
    from homespun.networks.mastodon.signin import SignIn

__all__ = ["Client", "SignIn", "Speaker", "renewed"]

TAKES_DIRECT_MESSAGES = True

__getattr__ = later(__name__, {"Speaker": "acting", "Client": "client", "renewed": "renewing", "SignIn": "signin"})
