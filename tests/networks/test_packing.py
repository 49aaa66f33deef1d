"""Records as they are kept: what was put in comes out, whichever dictionary it was packed with."""

from pathlib import Path

import zstandard

from homespun.networks.bluesky import posts
from homespun.networks.packing import Packing
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
