"""Bluesky: the app view, the repositories of those who take part, and one's own repository as a file."""

from typing import TYPE_CHECKING

from homespun.networks.loading import later

if TYPE_CHECKING:
    from homespun.networks.bluesky.acting import Speaker
    from homespun.networks.bluesky.client import Client
    from homespun.networks.bluesky.posts import renewed, unpacked
    from homespun.networks.bluesky.signin import SignIn

__all__ = ["Client", "SignIn", "Speaker", "renewed", "unpacked"]

HAS_ONE_STREAM = True  # which tells of everybody
TELLS_BLOCKS = True  # of every post that its client gives, whether its author has blocked an account of ours
HOSTED_HANDLES = (".bsky.social",)  # endings of handles whose domain is the server's own

__getattr__ = later(__name__, {"Speaker": "acting", "Client": "client", "renewed": "posts", "unpacked": "posts", "SignIn": "signin"})
