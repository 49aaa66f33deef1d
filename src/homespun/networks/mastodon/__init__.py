"""Mastodon and the whole fediverse: its servers' API, and ActivityPub."""

from homespun.networks.mastodon.client import Client
from homespun.networks.mastodon.renewing import renewed

__all__ = ["Client", "renewed"]
