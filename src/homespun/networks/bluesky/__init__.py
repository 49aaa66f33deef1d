"""Bluesky: the app view, the repositories of those who take part, and one's own repository as a file."""

from homespun.networks.bluesky.acting import Speaker
from homespun.networks.bluesky.client import Client
from homespun.networks.bluesky.posts import renewed, unpacked
from homespun.networks.bluesky.signin import SignIn

__all__ = ["Client", "SignIn", "Speaker", "renewed", "unpacked"]
