"""Mastodon and the whole fediverse: its servers' API, and ActivityPub."""

from homespun.networks.mastodon.renewing import renewed

__all__ = ["renewed"]
