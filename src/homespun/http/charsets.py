"""Bytes from outside as text, by the WHATWG Encoding Standard: the encodings that browsers know, and no other codec of Python.

Python has codecs that take minutes for a few megabytes (punycode), that raise whatever the error handler (idna), or that are no
encodings of text at all.
"""

import codecs
import math
import re
import time

import webencodings

SLICE = 1 << 16  # bytes between two looks at the clock
SNIFFED = 4096  # bytes at the beginning in which a page may declare its encoding
LONGEST_HEADER = 1000
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)
DECLARED = re.compile(
    rb"""<meta[^>]{1,300}?charset\s*=\s*["']?\s*([\w:.-]{1,40})|<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w:.-]{1,40})""", re.IGNORECASE
)
DOCUMENTS = re.compile(r"\s*(?:$|text/html|(?:application|text)/(?:[\w.-]+\+)?xml)", re.IGNORECASE)  # types that declare an encoding inside


def decode(body: bytes, content_type: str = "", *, is_document: bool = False, seconds: float = math.inf) -> str:
    """The text of a body: by its byte order mark, by the header, by what a page or feed declares itself, else UTF-8.

    `is_document` looks for a declaration whatever the type. What can't be read becomes U+FFFD. Raises `TimeoutError` after so many
    seconds.
    """
    for mark, name in MARKS:
        if body.startswith(mark):
            return _decode(body[len(mark) :], name, seconds)
    named = CHARSET.search(content_type[:LONGEST_HEADER])
    if named and webencodings.lookup(named[1]):
        return _decode(body, named[1], seconds)
    may_declare = is_document or DOCUMENTS.match(content_type)
    declared = DECLARED.search(body[:SNIFFED]) if may_declare else None
    if declared:
        return _decode(body, _in_page((declared[1] or declared[2]).decode("ascii", "replace")), seconds)
    return _guess(body, seconds) if may_declare and not named else _decode(body, "utf-8", seconds)


def _in_page(label: str) -> str:
    """A page that could be read to find its declaration isn't UTF-16 (HTML, 13.2.3.2)."""
    found = webencodings.lookup(label)
    return {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}.get(found.name, label) if found else ""


def _guess(body: bytes, seconds: float) -> str:
    """Pages that declare nothing are UTF-8, or older than that."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(body, "windows-1252", seconds)


def _decode(body: bytes, label: str, seconds: float) -> str:
    """By an encoding that browsers know; as UTF-8 where they don't know that one."""
    found = webencodings.lookup(label) or webencodings.UTF8
    if found.name == "replacement":  # encodings that were used to attack readers
        return "\ufffd" if body else ""
    decoder = found.codec_info.incrementaldecoder("replace")
    until, parts = time.monotonic() + seconds, []
    for start in range(0, len(body), SLICE):
        if time.monotonic() > until:
            raise TimeoutError
        parts.append(decoder.decode(body[start : start + SLICE]))
    return "".join([*parts, decoder.decode(b"", final=True)])
