"""Runs `homespun` with a made-up network that is asked over the loopback, in a process that can be killed."""

import json
import os
from collections.abc import Iterator
from typing import Any

from homespun.config import cli
from homespun.networks import known, live
from homespun.networks.live import Asking
from homespun.networks.protocols import Found
from homespun.networks.values import Cursor, Page
from tests.conversations.live import fake


class Client:
    """Asks a server for one page after the other."""

    def __init__(self, asking: Asking) -> None:
        self.door = asking.door

    def knows(self, address: str) -> bool:
        return address.startswith("@")

    def find(self, address: str) -> Found:
        return Found("account", account=fake.account("bryony"), server="bryony.example")

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        at = cursor.get("at", 0)
        while told := self.told(at):
            at += len(told)
            yield Page([fake.post(n, "bryony", f"Stile {n}.") for n in told], {"at": at})

    def told(self, at: int) -> Any:
        return json.loads(self.door.fetch(f"{os.environ['SLOW']}/{at}", cap_bytes=10_000, deadline=20).body)


def main() -> None:
    live.CLIENTS = {"fake": Client}
    known.NETWORKS = {**known.NETWORKS, "fake": fake}
    cli.main()
