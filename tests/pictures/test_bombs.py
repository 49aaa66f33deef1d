"""A picture is measured before it is decoded, and decoded where it can fill no memory but its own."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from homespun import pictures
from homespun.networks import NetworkError, shrinking
from homespun.pictures import process
from tests.pictures import bombs

MEGABYTES = 250
TOO_LARGE: dict[str, Callable[[], bytes]] = {
    "png": lambda: bombs.png(7000),
    "png of one bit a pixel": lambda: bombs.png(30_000, mode=0, depth=1),
    "gif screen": lambda: bombs.gif_screen(65_000),
    "gif frame": lambda: bombs.gif_frame(65_000, first=True),
    "jpeg": lambda: bombs.jpeg(65_000, 65_000),
    "progressive jpeg": lambda: bombs.jpeg(8000, 8000, progressive=True),
    "webp": lambda: bombs.webp(16_000),
    "avif": lambda: bombs.avif(15_000),
}
WITHIN_LIMITS: dict[str, Callable[[], bytes]] = {
    "png": lambda: bombs.png(5_700),
    "png with text": lambda: bombs.png_with_unpacked_text(300 << 20),
    "later gif frame": lambda: bombs.gif_frame(65_000, first=False),
    "jpeg": lambda: bombs.jpeg(10_900, 10_900),
    "progressive jpeg": lambda: bombs.jpeg(7_000, 7_000, progressive=True),
}
MEASURE = """
import json, resource, sys
from homespun import pictures
path, task = sys.argv[1], sys.argv[2]
with open(path, "rb") as file:
    try:
        declared = pictures.read_declared(file)
        if task == "copy":
            with open(path + ".copy", "w+b") as target:
                pictures.copy_picture(
                    file, target, content_type=declared.content_type, orientation=declared.orientation, width=2400, extension="webp"
                )
        said = "read"
    except pictures.UnreadablePicture as error:
        said = type(error).__name__
own = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps([said, own, child]))
"""


def measured(content: bytes, task: str, folder: Path) -> tuple[str, int, int]:
    """What came of it, and the most memory that the caller and the decoder held, in megabytes."""
    path = folder / "picture"
    path.write_bytes(content)
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path), task], capture_output=True, text=True, check=True, timeout=120)
    said, own, child = json.loads(done.stdout)
    return said, own, child


@pytest.mark.parametrize("name", TOO_LARGE)
def test_picture_that_declares_too_many_pixels_is_refused_without_decoding_it(name: str, tmp_path: Path) -> None:
    said, own, child = measured(TOO_LARGE[name](), "copy", tmp_path)
    assert said in ("PictureTooLarge", "UnreadablePicture")
    assert max(own, child) < MEGABYTES


@pytest.mark.parametrize("name", WITHIN_LIMITS)
def test_reading_the_size_of_a_picture_decodes_nothing(name: str, tmp_path: Path) -> None:
    said, own, child = measured(WITHIN_LIMITS[name](), "declared", tmp_path)
    assert said == "read"
    assert max(own, child) < 100


@pytest.mark.parametrize("name", WITHIN_LIMITS)
def test_decoding_takes_no_memory_from_the_caller_and_a_limited_amount_for_itself(name: str, tmp_path: Path) -> None:
    _said, own, child = measured(WITHIN_LIMITS[name](), "copy", tmp_path)
    assert own < 100
    assert child < 600


@pytest.mark.parametrize("name", TOO_LARGE)
def test_picture_bomb_is_not_sent_to_a_network(name: str) -> None:
    content = TOO_LARGE[name]()
    with pytest.raises(NetworkError):
        shrinking.fitted(content, "image/png", 1000)


def test_damaged_picture_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(pictures.UnreadablePicture), (tmp_path / "copy").open("wb") as target:
        source = BytesIO(bombs.png(64)[:90])
        pictures.copy_picture(source, target, content_type="image/png", orientation=1, width=480, extension="webp")


def test_at_most_two_pictures_are_decoded_at_once_and_one_large_one() -> None:
    entered, leave = queue.Queue[str](), threading.Event()

    def decode(pixels: int) -> None:
        with pictures.one_at_a_time(pixels):
            entered.put("in")
            leave.wait(timeout=30)

    threads = [threading.Thread(target=decode, args=(pixels,)) for pixels in (40_000_000, 1_000_000, 1_000_000, 40_000_000)]
    for thread in threads:
        thread.start()
    for _two in range(2):
        entered.get(timeout=30)
    is_free = process._places.acquire(blocking=False)
    leave.set()
    for thread in threads:
        thread.join(timeout=30)
    assert (is_free, entered.qsize(), process._large.locked()) == (False, 2, False)
