"""Records as they are kept: what was put in comes out, whichever dictionary it was packed with."""

from pathlib import Path

import zstandard

from homespun.networks.packing import Packing
from homespun.networks.x import tweets

RECORD = b'{"id_str":"1200000000000000000","full_text":"Words","entities":{"hashtags":[],"symbols":[],"user_mentions":[],"urls":[]}}'


def test_record_comes_out_as_it_went_in() -> None:
    assert tweets.unpacked(tweets.packed(RECORD)) == RECORD


def test_dictionary_makes_records_smaller() -> None:
    assert len(tweets.packed(RECORD)) < len(Packing().packed(RECORD)) / 2


def test_record_packed_without_or_with_an_older_dictionary_can_be_read(tmp_path: Path) -> None:
    older, newer = tmp_path / "1", tmp_path / "2"
    for place, path in enumerate((older, newer)):
        path.write_bytes(zstandard.train_dictionary(1024, [RECORD + b"%d" % (n * 7 + place) for n in range(500)]).as_bytes())
    before, now = Packing(older), Packing(older, newer)
    assert [now.unpacked(each.packed(RECORD)) for each in (Packing(), before, now)] == [RECORD] * 3
