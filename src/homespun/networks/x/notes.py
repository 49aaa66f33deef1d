"""Long posts: their words stand in a file of their own, under ids that no tweet has. They are joined by time and by how they begin."""

import re
from collections import defaultdict
from typing import Any

import orjson

from homespun.networks.errors import Unusable
from homespun.networks.said import said as _
from homespun.networks.x.identity import id_of, ms_of, written_ms
from homespun.networks.x.shapes import Tweet
from homespun.networks.x.tweets import packed, unpacked

Raw = dict[str, Any]
APART = 2  # seconds
LEADING = re.compile(r"^(?:@\w+\s+)+")
LINK = re.compile(r"https?://\S*")


class Notes:
    """All notes of an archive by the second they were written in."""

    def __init__(self) -> None:
        self.by_second: dict[int, list[tuple[str, bytes]]] = defaultdict(list)  # id and packed words, as some have thousands
        self.joined: set[str] = set()

    def __len__(self) -> int:
        return sum(map(len, self.by_second.values()))

    def add(self, raw: Any) -> None:
        """Raises `Unusable` for one without words or time."""
        core = raw.get("core") if isinstance(raw, dict) else None
        if not isinstance(core, dict) or not isinstance(core.get("text"), str):
            raise Unusable(_("It was left out: it has no text."))
        words = {key: core[key] for key in ("text", "urls") if key in core}
        self.by_second[written_ms(raw.get("createdAt")) // 1000].append((str(raw.get("noteTweetId")), packed(orjson.dumps(words))))

    def core_for(self, tweet: Tweet, text: str) -> Raw | None:
        """The note whose beginning this tweet is, if there is one."""
        if not self.by_second:
            return None
        try:
            second = ms_of(id_of(tweet), tweet.created_at) // 1000
        except Unusable:
            return None
        for near in range(second - APART, second + APART + 1):
            for number, words in self.by_second.get(near, ()):
                note: Raw = orjson.loads(unpacked(words))
                if begins(note["text"], text):
                    self.joined.add(number)
                    return note
        return None


def begins(note: str, text: str) -> bool:
    """Whether the tweet shows how the note begins; links and the names that are answered stand in one of them only."""
    head, whole_note = _plain(text), _plain(note)
    return bool(head) and whole_note.startswith(head) and len(whole_note) >= len(head)


def _plain(text: str) -> str:
    """Up to the ellipsis or the first link, without what may differ."""
    bare = LEADING.sub("", text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    bare = LINK.sub("", bare).rstrip().removesuffix("…")
    return "".join(bare.split())
