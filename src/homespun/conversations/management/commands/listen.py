"""`homespun listen`: ask what is listened to, hold streams open, and do the background work of listening, as `serve` runs it."""

import threading
from typing import Any

from homespun.conversations.ear import Ear
from homespun.conversations.tasks import LISTENING
from homespun.core import command
from homespun.core.command import Answer
from homespun.core.door import door
from homespun.core.jobs.tasks import request_stop
from homespun.core.jobs.worker import Worker


class Command(command.Command):
    help = "Listen to the networks only (a part of serve)"
    group = "Run"
    hidden = True

    def run(self, **options: Any) -> Answer:
        ear = threading.Thread(target=Ear(door()).listen, name="ear")
        worker = Worker(queues=[LISTENING])
        ear.start()
        try:
            return {"done": worker.run()}
        finally:
            request_stop()
            ear.join()
