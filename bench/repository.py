"""A Bluesky repository of any number of made-up posts, as a file (CAR): the posts, likes if they are wanted, and a tree of their keys.

python -m bench.repository COUNT FILE
"""

import random
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import libipld

from homespun.networks.bluesky.identity import key_at

DID = "did:plc:" + "b" * 24
OTHER = "did:plc:" + "c" * 24
BEGUN = 1_690_000_000_000  # ms
STEP = 600_000
LEAF = 24  # keys of one part of the tree
WORDS = ("stile", "gate", "field", "hedge", "box", "card", "shelf", "moss", "slate", "oak", "lane", "step", "wall", "path", "über", "café")
Raw = dict[str, Any]


def write(path: Path, count: int, likes: int = 0) -> Path:
    """The same for the same counts."""
    chance = random.Random(7)
    records = {f"app.bsky.feed.post/{key_at(BEGUN + number * STEP)}": post(number, chance) for number in range(count)}
    records |= {f"app.bsky.feed.like/{key_at(BEGUN + number * STEP)}": like(number) for number in range(likes)}
    records["app.bsky.actor.profile/self"] = {"$type": "app.bsky.actor.profile", "displayName": "Bench", "description": "Made up"}
    path.write_bytes(repository(DID, records))
    return path


def post(number: int, chance: random.Random) -> Raw:
    text = " ".join(chance.choices(WORDS, k=chance.randint(4, 40)))
    made: Raw = {"$type": "app.bsky.feed.post", "text": text, "langs": ["en"], "createdAt": moment(number)}
    if number and chance.random() < 0.55:
        made["reply"] = {"root": reference(number - 1), "parent": reference(number - 1)}
    if chance.random() < 0.25:
        made["embed"] = pictures(number)
    if chance.random() < 0.25:
        link = {"$type": "app.bsky.richtext.facet#link", "uri": f"https://stile.example/{number}"}
        made["facets"] = [{"index": {"byteStart": 0, "byteEnd": len(text.split(" ")[0].encode())}, "features": [link]}]
    return made


def moment(number: int) -> str:
    day, minute = divmod(number, 1440)
    return f"20{23 + day // 336}-{1 + day // 28 % 12:02}-{1 + day % 28:02}T{minute // 60:02}:{minute % 60:02}:30.123Z"


def reference(number: int) -> Raw:
    return {"uri": f"at://{DID}/app.bsky.feed.post/{key_at(BEGUN + number * STEP)}", "cid": libipld.encode_cid(name(str(number).encode()))}


def pictures(number: int) -> Raw:
    blob = {"$type": "blob", "ref": name(b"picture %d" % number), "mimeType": "image/jpeg", "size": 345_678}
    return {
        "$type": "app.bsky.embed.images",
        "images": [{"alt": "A stile over a wall", "image": blob, "aspectRatio": {"width": 1200, "height": 800}}],
    }


def like(number: int) -> Raw:
    subject = {"uri": f"at://{OTHER}/app.bsky.feed.post/{key_at(BEGUN + number * STEP)}", "cid": libipld.encode_cid(name(b"%d" % number))}
    return {"$type": "app.bsky.feed.like", "subject": subject, "createdAt": moment(number)}


def name(content: bytes) -> bytes:
    return b"\x01\x71\x12\x20" + sha256(content).digest()


def repository(did: str, records: dict[str, Any], revision: int = BEGUN) -> bytes:
    """The file: its commit, the tree of keys, the records."""
    written: dict[bytes, bytes] = {}

    def put(thing: Any) -> bytes:
        content = libipld.encode_dag_cbor(thing)
        written[name(content)] = content
        return name(content)

    keys = sorted(records)
    leaves = [keys[start : start + LEAF] for start in range(0, len(keys), LEAF)]
    root: Raw = {"e": [], "l": None}
    last = b""
    for first, *rest in leaves:
        below = put({"e": list(entries(rest, records, put)), "l": None}) if rest else None
        root["e"].append({"k": first.encode()[shared(last, first.encode()) :], "p": shared(last, first.encode()), "t": below})
        root["e"][-1]["v"] = put(records[first])
        last = first.encode()
    commit = put({"did": did, "version": 3, "data": put(root), "rev": key_at(revision), "prev": None, "sig": b"no signature"})
    head = libipld.encode_dag_cbor({"roots": [commit], "version": 1})
    parts = [varint(len(head)) + head]
    parts += [varint(len(each) + len(content)) + each + content for each, content in reversed(written.items())]
    return b"".join(parts)


def entries(keys: Iterable[str], records: dict[str, Any], put: Any) -> Iterator[Raw]:
    last = b""
    for key in keys:
        whole = key.encode()
        common = shared(last, whole)
        yield {"k": whole[common:], "p": common, "t": None, "v": put(records[key])}
        last = whole


def shared(one: bytes, two: bytes) -> int:
    """How many bytes both begin with."""
    return next((place for place, (left, right) in enumerate(zip(one, two, strict=False)) if left != right), min(len(one), len(two)))


def varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
