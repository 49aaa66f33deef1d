"""Records as they are kept: what was put in comes out, whichever dictionary it was packed with."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard

from homespun.networks import known
from homespun.networks.bluesky import posts
from homespun.networks.errors import UnreadableRecord
from homespun.networks.packing import Packing
from homespun.networks.values import Place
from homespun.networks.x import tweets

RECORD = b'{"id_str":"1200000000000000000","full_text":"Words","entities":{"hashtags":[],"symbols":[],"user_mentions":[],"urls":[]}}'

POST = (
    b'{"uri":"at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3l2aaaaaaaa2a","author":{"did":"did:plc:ewvi7nxzyoun6zhxrhs64oiz"},'
    b'"record":{"$type":"app.bsky.feed.post","text":"Words","langs":["en"],"createdAt":"2024-09-03T10:20:30.123Z"}}'
)


def test_record_comes_out_as_it_went_in() -> None:
    assert (tweets.unpacked(tweets.packed(RECORD)), posts.unpacked(posts.packed(POST))) == (RECORD, POST)


def test_dictionary_makes_records_smaller() -> None:
    assert len(tweets.packed(RECORD)) < len(Packing().packed(RECORD)) / 2
    assert len(posts.packed(POST)) < len(Packing().packed(POST)) / 1.5


def test_record_packed_without_or_with_an_older_dictionary_can_be_read(tmp_path: Path) -> None:
    older, newer = tmp_path / "1", tmp_path / "2"
    for place, path in enumerate((older, newer)):
        path.write_bytes(zstandard.train_dictionary(1024, [RECORD + b"%d" % (n * 7 + place) for n in range(500)]).as_bytes())
    before, now = Packing(older), Packing(older, newer)
    assert [now.unpacked(each.packed(RECORD)) for each in (Packing(), before, now)] == [RECORD] * 3


def test_records_survive_eight_threads_that_pack_and_unpack_at_once() -> None:
    def changed(thread: int) -> int:
        records = (b'{"n":%d,"full_text":"%b"}' % (thread * 10_000 + n, b"words " * (n % 97)) for n in range(6_250))
        return sum(tweets.unpacked(tweets.packed(record)) != record for record in records)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(changed, range(8))) == [0] * 8


CLAIMS_A_TERABYTE = bytes.fromhex("28b52ffde0") + (1 << 40).to_bytes(8, "little") + b"\x01\x00\x00"
UNKNOWN_DICTIONARY = bytes.fromhex("28b52ffd23ffffff7f0001000061")


@pytest.mark.parametrize(
    "damaged", [b"", b"{}", tweets.packed(RECORD)[:-9], tweets.packed(RECORD)[:6], CLAIMS_A_TERABYTE, UNKNOWN_DICTIONARY]
)
@pytest.mark.parametrize("network", known.NETWORKS)
def test_damaged_record_is_reported_as_unreadable(network: str, damaged: bytes) -> None:
    with pytest.raises(UnreadableRecord):
        known.NETWORKS[network].renewed(damaged, Place.SERVER, None)
