"""The three archives of the sample, as zip files of three eras.

The same bytes every time, so that each is one source however often it comes.
"""

import io
import json
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homespun.conversations.sample import tweets
from homespun.conversations.sample.cast import BRYONY, MORAG, US, Speaker
from homespun.conversations.sample.days import DAYS
from homespun.conversations.sample.lines import Line
from homespun.conversations.sample.pictures import drawn
from homespun.conversations.sample.talks import TALKS

LINES = {line.key: line for line in [*(line for talk in TALKS for line in talk), *DAYS]}
SAME_TIME = (2024, 1, 8, 9, 0, 0)
LOST_MONTH = (2018, 2, 3)  # year, month, and how many posts the index of Bryony's archive lists for it

Files = dict[str, bytes]


@dataclass(frozen=True)
class SampleArchive:
    """One archive: whose, and the name of its file."""

    name: str
    speaker: Speaker
    ours: bool
    files: Files

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        path.write_bytes(self.packed())
        return path

    def packed(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(zipfile.ZipInfo(name, SAME_TIME), content, zipfile.ZIP_DEFLATED)
        return out.getvalue()


def archives() -> list[SampleArchive]:
    """Ours of 2024, and two of customers: Bryony's of 2018, Morag's of 2020."""
    return [
        SampleArchive("stilewise-2024-01-08.zip", US, True, ours()),
        SampleArchive("bryonyshelves-2018-11-30.zip", BRYONY, False, in_months(BRYONY)),
        SampleArchive("moraglintel-2020-01-20.zip", MORAG, False, of_2020(MORAG)),
    ]


def write(folder: Path) -> list[Path]:
    """Write the archives into a folder and give where they lie."""
    folder.mkdir(parents=True, exist_ok=True)
    return [archive.write(folder) for archive in archives()]


def said_by(speaker: Speaker) -> list[Line]:
    return sorted((line for line in LINES.values() if line.by == speaker.key), key=lambda line: line.id, reverse=True)


def ours() -> Files:
    """The layout of late 2022 on. Its headers and manifest count what its tweets lack: November 2017."""
    everything = said_by(US)
    held = [line for line in everything if not line.lost]
    parts = {
        "tweets": [tweets.wrapped(line, LINES) for line in held],
        "tweet-headers": [header(line) for line in everything],
        "note-tweet": [tweets.noted(line) for line in held if line.note],
        "like": [tweets.liked(line) for line in LINES.values() if line.liked],
        "account": [account(US)],
        "profile": [{"profile": {"description": {"bio": US.bio, "website": "", "location": "a shed"}}}],
    }
    counts = {name: len(items) for name, items in parts.items()} | {"tweets": len(everything)}
    files = {"data/manifest.js": manifest(US, "2024-01-08T09:00:00.000Z", counts)}
    files |= {f"data/{name}.js": part(name, items) for name, items in parts.items()}
    return files | pictures(held, "data/tweets_media")


def of_2020(speaker: Speaker) -> Files:
    """The layout of 2020 to mid-2022."""
    lines = said_by(speaker)
    items = [tweets.wrapped(line, LINES) for line in lines]
    files = {
        "data/manifest.js": manifest(speaker, "2020-01-20T19:00:00.000Z", {"tweet": len(items), "account": 1}),
        "data/tweet.js": part("tweet", items),
        "data/account.js": part("account", [account(speaker)]),
    }
    return files | pictures(lines, "data/tweet_media")


def in_months(speaker: Speaker) -> Files:
    """The layout of 2012 to 2019: one file a month, and an index that lists a month too many."""
    months: dict[tuple[int, int], list[tuple[int, Any]]] = defaultdict(list)
    for line in said_by(speaker):
        months[line.moment.year, line.moment.month].append((line.id, tweets.bare(line, LINES)))
    for line in LINES.values():
        if line.reposted:
            again = tweets.bare_repost(line, speaker, LINES)
            months[int(line.reposted[:4]), int(line.reposted[5:7])].append((again["id"], again))
    counts = {month: len(found) for month, found in months.items()}
    year, month, lost = LOST_MONTH
    index = [in_index(*when, count) for when, count in sorted({**counts, (year, month): lost}.items(), reverse=True)]
    details = {"screen_name": speaker.handle, "full_name": speaker.name, "bio": speaker.bio, "id": str(speaker.id), "location": "Marrowby"}
    payload = {"tweets": sum(counts.values()) + lost, "created_at": "2018-11-30 12:00:00 +0000", "lang": "en"}
    return {
        "data/js/tweet_index.js": b"var tweet_index = " + as_json(index),
        "data/js/user_details.js": b"var user_details = " + as_json(details),
        "data/js/payload_details.js": b"var payload_details = " + as_json(payload),
    } | {
        f"data/js/tweets/{year}_{month:02}.js": f"Grailbird.data.tweets_{year}_{month:02} = \n ".encode() + as_json(newest_first(found))
        for (year, month), found in sorted(months.items())
    }


def newest_first(found: list[tuple[int, Any]]) -> list[Any]:
    return [tweet for _id, tweet in sorted(found, key=lambda pair: pair[0], reverse=True)]


def in_index(year: int, month: int, count: int) -> dict[str, Any]:
    name = f"{year}_{month:02}"
    return {"file_name": f"data/js/tweets/{name}.js", "year": year, "var_name": f"tweets_{name}", "tweet_count": count, "month": month}


def header(line: Line) -> dict[str, Any]:
    made = f"{line.moment:%a %b %d %H:%M:%S +0000 %Y}"
    return {"tweet": {"tweet_id": str(line.id), "user_id": str(line.speaker.id), "created_at": made}}


def account(speaker: Speaker) -> dict[str, Any]:
    return {
        "account": {
            "username": speaker.handle,
            "accountId": str(speaker.id),
            "accountDisplayName": speaker.name,
            "createdAt": "2017-08-01T08:00:00.000Z",
        }
    }


def manifest(speaker: Speaker, made: str, counts: dict[str, int]) -> bytes:
    kinds = {
        camel(name): {"files": [{"fileName": f"data/{name}.js", "globalName": f"YTD.{name.replace('-', '_')}.part0", "count": str(count)}]}
        for name, count in counts.items()
    }
    config = {
        "userInfo": {"accountId": str(speaker.id), "userName": speaker.handle, "displayName": speaker.name},
        "archiveInfo": {"sizeBytes": "500000", "generationDate": made, "isPartialArchive": False, "maxPartSizeBytes": "53687091200"},
        "dataTypes": kinds,
    }
    return b"window.__THAR_CONFIG = " + as_json(config)


def camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)


def part(name: str, items: list[Any]) -> bytes:
    return f"window.YTD.{name.replace('-', '_')}.part0 = ".encode() + as_json(items)


def pictures(lines: list[Line], folder: str) -> Files:
    return {f"{folder}/{line.id}-{tweets.picture_file(line)}": drawn(line.picture) for line in lines if line.picture}


def as_json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()
