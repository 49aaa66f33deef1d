"""Text in the encodings that browsers know, and in no other."""

import time
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings.labels import LABELS

from homespun.http import Answer, NetworkError, charsets
from homespun.http.charsets import decode
from homespun.http.pauses import reset, retry_after

NOW = datetime(2024, 3, 10, 9, 0, tzinfo=UTC)

ODD = ["punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined", "mbcs", "hex", "zip", "rot13", "base64"]
HTML = "text/html; charset="


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("Grüße".encode(), "text/html", "Grüße"),
        ("Grüße".encode("latin-1"), "text/html", "Grüße"),
        ("Grüße".encode("latin-1"), f"{HTML}iso-8859-1", "Grüße"),
        ("„Grüße“".encode("cp1252"), f"{HTML}latin1", "„Grüße“"),
        ("Grüße".encode("utf-16"), "text/html", "Grüße"),
        (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", f"{HTML}latin-1", "Grüße"),
        ('<meta charset="koi8-r">Привет'.encode("koi8-r"), "text/html", '<meta charset="koi8-r">Привет'),
        ('<meta charset="utf-16">Grüße'.encode(), "text/html", '<meta charset="utf-16">Grüße'),
        ("日本".encode("shift_jis"), f'{HTML}"Shift_JIS"', "日本"),
        ("Grüße".encode(), "", "Grüße"),
        ("Grüße".encode("latin-1"), "application/json", "Gr\ufffd\ufffde"),
        (b"a\xff", f"{HTML}nobody-knows", "a\ufffd"),
        (b"a\xff", f"{HTML}hex", "a\ufffd"),
        (b"\x1b$)Cscript", f"{HTML}iso-2022-kr", "\ufffd"),
    ],
)
def test_text_is_decoded_as_browsers_do(body: bytes, content_type: str, text: str) -> None:
    assert decode(body, content_type) == text


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("where", ["header", "meta", "xml"])
def test_codecs_that_browsers_do_not_know_are_never_used(name: str, where: str) -> None:
    start = {"header": "", "meta": f'<meta charset="{name}">', "xml": f'<?xml version="1.0" encoding="{name}"?>'}[where]
    text = start + "é." * 400 + "+AGE-\\u0041" + "-" + "a" * 2_000_000
    began = time.process_time()
    assert decode(text.encode(), f"{HTML}{name}" if where == "header" else "text/html") == text
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", sorted(set(LABELS.values())))
@pytest.mark.parametrize("byte", [b"\xff", b"\x81", b"\x1b", b"\xfe0"])
def test_every_encoding_is_decoded_in_little_time_whatever_the_bytes(name: str, byte: bytes) -> None:
    began = time.process_time()
    decode(byte * 500_000, f"{HTML}{name}")
    assert time.process_time() - began < 5


@given(st.binary(max_size=200), st.sampled_from(sorted(LABELS)), st.integers(1, 7))
def test_text_in_slices_is_the_text_in_one_piece(body: bytes, label: str, size: int) -> None:
    whole, usual = decode(body, f"{HTML}{label}"), charsets.SLICE
    try:
        charsets.SLICE = size
        assert decode(body, f"{HTML}{label}") == whole
    finally:
        charsets.SLICE = usual


@given(st.binary(max_size=80), st.text(max_size=40))
def test_no_header_and_no_body_makes_decoding_fail(body: bytes, words: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={words}"), str)
    assert isinstance(decode(b"<meta charset=" + body + b">", words), str)


def test_decoding_counts_towards_the_deadline() -> None:
    answer = Answer("https://a.example/", 200, httpx.Headers({"content-type": f"{HTML}gbk"}), b"a" * 100, seconds_left=-1.0)
    with pytest.raises(NetworkError) as raised:
        _ = answer.text
    assert not raised.value.permanent


@pytest.mark.parametrize("words", ["Thu, 01 Jan 2026 00:00:00 +9999999999999999999", "Thu, 01 Jan 99999 00:00:00 GMT", "9" * 5000, "", ","])
def test_odd_wish_for_a_pause_breaks_nothing(words: str) -> None:
    assert [wish is None or wish >= 0 for wish in (retry_after(words, now=NOW), reset(words, now=NOW))] == [True, True]
