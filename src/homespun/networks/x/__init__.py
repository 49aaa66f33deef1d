"""X: archives of every era since 2012, read in place."""

from homespun.networks.errors import Unusable
from homespun.networks.x.archive import Archive, open_archive, opened
from homespun.networks.x.identity import account
from homespun.networks.x.opening import WANTED
from homespun.networks.x.recognising import Recognised, recognised
from homespun.networks.x.texts import reply_start, repost_start
from homespun.networks.x.tweets import renewed, unpacked

__all__ = [
    "WANTED",
    "Archive",
    "Recognised",
    "Unusable",
    "account",
    "open_archive",
    "opened",
    "recognised",
    "renewed",
    "reply_start",
    "repost_start",
    "unpacked",
]
