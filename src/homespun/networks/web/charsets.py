"""Bytes of a page as text: by what the answer says, by a mark at their beginning, by what the page says, or by what they can be."""

import codecs
import re
from email.message import Message

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SAID = re.compile(
    rb"""<meta[^>]{1,300}?charset\s*=\s*["']?\s*([\w-]{1,40})|<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w-]{1,40})""", re.IGNORECASE
)
REALLY = {
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "latin1": "windows-1252",
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
}


def decoded(body: bytes, content_type: str) -> str:
    """Never fails: what cannot be read is U+FFFD."""
    for mark, charset in MARKS:
        if body.startswith(mark):
            return body.decode(charset, errors="replace")
    told = in_header(content_type) or in_page(body)
    if told:
        return body.decode(told, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        return body.decode("utf-8" if error.start > 4_000_000 else "windows-1252", errors="replace")


def in_header(content_type: str) -> str:
    message = Message()
    message["content-type"] = content_type
    return known(str(message.get_param("charset", "")))


def in_page(body: bytes) -> str:
    match = SAID.search(body[:4096])
    told = known((match[1] or match[2]).decode("ascii")) if match else ""
    return "" if told.startswith(("utf-16", "utf16")) else told  # it could not have been read as it was


def known(name: str) -> str:
    """The charset as browsers take the name; "" for one that nobody knows."""
    name = name.strip().strip("\"'").lower()
    name = REALLY.get(name, name)
    try:
        b"a".decode(name)
    except (LookupError, ValueError):
        return ""
    return name
