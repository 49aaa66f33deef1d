"""The items of the list in a large JSON file, one after the other, without ever holding more of it than a piece and an item."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO

from homespun.networks.errors import Unusable
from homespun.networks.exports import BROKEN
from homespun.networks.said import said as _

PIECE = 1 << 20
LONGEST = 16 << 20  # characters of one item
LIST = re.compile(r'"(?:orderedItems|items)"\s*:\s*\[')
BETWEEN = re.compile(r"[\s,]*")
CUT_OFF = _("It ends in the middle, so what comes behind is missing. Download or copy it again.")
GARBLED = _("It is no JSON behind item %(number)s, so what comes behind was not read.")


def read(stream: IO[bytes], skip: int = 0) -> Iterator[bytes]:
    """Each item as JSON behind the first so many. Raises `Unusable` in the end where the file is cut off or garbled."""
    text, pieces = Text(stream), json.JSONDecoder(strict=False)
    if not text.find_list():
        raise Unusable(_("It holds no list of posts."))
    number = 0
    while text.more():
        try:
            _value, end = pieces.raw_decode(text.rest, text.at)
        except RecursionError as error:
            raise Unusable(_(GARBLED.sentence, number=number)) from error
        except json.JSONDecodeError as error:
            if is_garbled(error) or text.is_large():
                raise Unusable(_(GARBLED.sentence, number=number)) from error
            if not text.grow():
                raise Unusable(CUT_OFF) from error
            continue
        if end == len(text.rest) and text.grow():
            continue  # a number may go on
        number += 1
        if number > skip:
            yield text.rest[text.at : end].encode("utf-8", errors="replace")
        text.at = end


def is_garbled(error: json.JSONDecodeError) -> bool:
    """Whether more of the text would not help: what is wrong is not its end."""
    return not error.msg.startswith("Unterminated") and error.pos < len(error.doc) - len("false")


class Text:
    """What has been read and not yet taken."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.decoder = stream, codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.rest, self.at, self.is_over = "", 0, False

    def find_list(self) -> bool:
        while not (found := LIST.search(self.rest)):
            if len(self.rest) > LONGEST or not self.grow():
                return False
        self.at = found.end()
        return True

    def more(self) -> bool:
        """Whether another item begins; False behind the last."""
        while True:
            found = BETWEEN.match(self.rest, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.rest):
                return self.rest[self.at] != "]"
            if not self.grow():
                raise Unusable(CUT_OFF)

    def is_large(self) -> bool:
        return len(self.rest) - self.at > LONGEST

    def grow(self) -> bool:
        """Read on; False at the end, or where an item is longer than any can be."""
        if self.is_over or self.is_large():
            return False
        try:
            piece = self.stream.read(PIECE)
        except BROKEN:
            piece = b""
        self.is_over = not piece
        self.rest = self.rest[self.at :] + self.decoder.decode(piece, final=self.is_over)
        self.at = 0
        return True
