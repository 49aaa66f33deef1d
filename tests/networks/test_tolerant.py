"""Records of the wrong shape: what fits is read, what does not is left out."""

from typing import Any

import msgspec
import orjson
import pytest

from homespun.networks import tolerant


class Part(msgspec.Struct):
    name: str | None = None
    width: str | int | None = None


class Whole(msgspec.Struct):
    id: str | int | None = None
    part: Part | None = None
    parts: list[Part] | None = None
    inside: msgspec.Raw = msgspec.Raw()
    always: list[Part] = []


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ({"id": "7", "part": {"name": "a"}}, Whole(id="7", part=Part(name="a"))),
        ({"id": True, "part": {"name": 5, "width": 3}}, Whole(part=Part(width=3))),
        ({"id": 7, "part": "none", "parts": [{"name": "a"}, 4, {"name": [], "width": "2"}]}, Whole(7, None, [Part("a"), Part(None, "2")])),
        ({"id": 1.5, "parts": {"a": 1}}, Whole()),
        ({"always": {"name": "a"}}, Whole()),
        ({"always": [{"name": "a"}, []]}, Whole(always=[Part("a")])),
        ([1, 2], Whole()),
        (None, Whole()),
    ],
)
def test_what_does_not_fit_is_left_out(raw: Any, read: Whole) -> None:
    assert tolerant.read(Whole, orjson.dumps(raw)) == read


def test_part_that_is_kept_raw_is_the_same_whether_its_record_fits_or_not() -> None:
    inside = {"inside": {"a": [1, "\u00e9"]}}
    assert bytes(tolerant.read(Whole, orjson.dumps(inside)).inside) == orjson.dumps(inside["inside"])
    assert bytes(tolerant.read(Whole, orjson.dumps(inside | {"id": []})).inside) == orjson.dumps(inside["inside"])


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (b'{"part": {"name": "caf\xe9"}}', "caf\ufffd"),
        (b'{"part": {"name": "half \\ud83d"}}', "half \ufffd"),
        (b'{"part": {"name": "a\nb"}}', "a\nb"),
    ],
)
def test_signs_that_no_record_may_hold_are_shown_as_missing(record: bytes, name: str) -> None:
    assert tolerant.read(Whole, record).part == Part(name=name)


@pytest.mark.parametrize("record", [b"", b"{", b"[" * 100_000, b'{"part": ' * 5_000])
def test_what_is_no_record_has_nothing(record: bytes) -> None:
    assert tolerant.read(Whole, record) == Whole()


def test_part_that_is_deeper_than_can_be_written_again_is_left_out_with_what_else_is_odd() -> None:
    record = b'{"id": [], "part": {"name": "a"}, "inside": ' + b'{"a":' * 400 + b"1" + b"}" * 400 + b"}"
    assert tolerant.read(Whole, record) == Whole(part=Part("a"))
