"""Mastodon and the whole fediverse: its servers' API, and ActivityPub."""

from homespun.networks.mastodon.acting import Speaker
from homespun.networks.mastodon.client import Client
from homespun.networks.mastodon.renewing import renewed
from homespun.networks.mastodon.signin import SignIn

__all__ = ["Client", "SignIn", "Speaker", "renewed"]
