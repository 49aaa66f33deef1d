"""Decoders that all threads share read as if each had its own."""

from concurrent.futures import ThreadPoolExecutor

import orjson

from homespun.networks.mastodon import statuses
from homespun.networks.x import tweets


def test_eight_threads_read_records_with_the_same_decoders() -> None:
    def wrong(thread: int) -> int:
        count = 0
        for number in range(1_000):
            text = f"{thread} {number} " * (number % 40)
            count += tweets.read(orjson.dumps({"id_str": "1", "full_text": text})).full_text != text
            count += statuses.read(orjson.dumps({"id": "1", "content": text})).content != text
        return count

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(wrong, range(8))) == [0] * 8
