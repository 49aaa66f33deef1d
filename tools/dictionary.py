"""Makes a dictionary for packing the records of a network out of made-up ones.

python -m tools.dictionary src/homespun/networks/x/tweets-2.dictionary
python -m tools.dictionary src/homespun/networks/bluesky/posts-2.dictionary

A dictionary that has been released is never made again: records that were packed with it can be read with it alone.
"""

import random
import sys
from pathlib import Path

import orjson
import zstandard

from bench.bluesky import shown
from bench.million import Cast
from bench.repository import DID, OTHER, post
from bench.tweets import tweet
from homespun.conversations.sample import tweets
from homespun.conversations.sample.archives import LINES
from homespun.networks.bluesky.export import as_json
from homespun.networks.bluesky.identity import SORTED

SIZE = 8 << 10  # a larger one packs little better and costs more to begin with
MADE_UP = 3_000
HOSTS = {b"pbs.example.org": b"pbs.twimg.com", b"video.example.org": b"video.twimg.com", b"pic.example.org": b"pic.twitter.com"}


def main(target: Path) -> None:
    if target.exists():
        sys.exit(f"{target.name} is there already; give a new one the next number.")
    records: list[bytes | bytearray | memoryview] = [*bluesky()] if target.parent.name == "bluesky" else [*made_up(), *sample()]
    target.write_bytes(zstandard.train_dictionary(SIZE, records).as_bytes())


def bluesky() -> list[bytes]:
    """As an app view shows them and as a repository holds them, each of somebody else, in the words of the sample."""
    chance, found = random.Random(1), []
    said = [line.text for line in LINES.values()]
    for n in range(MADE_UP):
        own = as_json({"uri": f"at://{DID}/app.bsky.feed.post/3l", "author": {"did": DID}, "record": post(n, chance)})
        record = orjson.loads(own if n % 2 else shown(n))
        record["record"]["text"] = chance.choice(said)
        people = ["did:plc:" + "".join(chance.choices(SORTED, k=24)) for _person in range(2)]
        found.append(orjson.dumps(record).replace(DID.encode(), people[0].encode()).replace(OTHER.encode(), people[1].encode()))
    return found


def made_up() -> list[bytes]:
    """Of late 2022 on, with the hosts that real ones name."""
    cast, found = Cast(), []
    for n in range(MADE_UP):
        record = orjson.dumps(tweet(n, cast))
        for ours, theirs in HOSTS.items():
            record = record.replace(ours, theirs)
        found.append(record)
    return found


def sample() -> list[bytes]:
    """The sample's tweets as each era writes them, and likes."""
    shapes = [tweets.wrapped(line, LINES)["tweet"] for line in LINES.values()]
    shapes += [tweets.bare(line, LINES) for line in LINES.values()]
    shapes += [tweets.liked(line)["like"] for line in LINES.values()]
    return [orjson.dumps(shape) for shape in shapes]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
