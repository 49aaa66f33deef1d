"""A task that takes long the first time, for a worker that gets killed."""

import os
import time
from pathlib import Path

from homespun.core.jobs import task


@task
def sleep_once() -> None:
    mark = Path(os.environ["HOMESPUN_TEST_MARK"])
    is_first = not mark.exists()
    with mark.open("a") as file:
        file.write("began\n")
        file.flush()
        if is_first:
            time.sleep(120)
        file.write("ended\n")
