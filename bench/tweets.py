"""An X archive of any number of made-up tweets, as the site writes them: replies in threads, links, pictures, films, mentions, edits.

How often each comes, and how long texts are, was counted in a real archive of late 2022 on: two thirds answer somebody, more than half
have a picture or film, a quarter a link, and a tweet takes about three kilobytes.

python -m bench.tweets COUNT FOLDER
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

from bench.million import Cast

FIRST = 1_000_000_000_000_000_000
STEP = 300_000 << 22  # five minutes
OWNER = {"username": "bench", "accountId": "12", "accountDisplayName": "Bench", "createdAt": "2008-01-01T00:00:00.000Z"}
Raw = dict[str, Any]


def write(folder: Path, count: int) -> Path:
    """Write the archive and give the path of its tweets. The same for the same count."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "account.js").write_text("window.YTD.account.part0 = " + json.dumps([{"account": OWNER}], indent=2) + "\n")
    path, cast = data / "tweets.js", Cast()
    with path.open("w", encoding="utf-8") as out:
        out.write("window.YTD.tweets.part0 = [\n")
        for n in range(count - 1, -1, -1):  # newest first, as in real ones
            text = json.dumps({"tweet": tweet(n, cast)}, indent=2, ensure_ascii=False, separators=(",", " : "))
            out.write("  " + text.replace("\n", "\n  ") + (",\n" if n else "\n"))
        out.write("]\n")
    return path


def tweet(n: int, cast: Cast) -> Raw:
    number, chance = FIRST + n * STEP, cast.random
    text = cast.text(longest=9)
    raw: Raw = {
        "edit_info": {
            "initial": {
                "editTweetIds": [str(number)],
                "editableUntil": "2023-01-01T00:00:00.000Z",
                "editsRemaining": "5",
                "isEditEligible": True,
            }
        },
        "retweeted": False,
        "source": '<a href="https://mobile.example.org" rel="nofollow">A web app for writing</a>',
        "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
        "display_text_range": ["0", str(len(text))],
        "favorite_count": str(chance.randint(0, 99)),
        "id_str": str(number),
        "truncated": False,
        "retweet_count": "0",
        "id": str(number),
        "created_at": "Sat Nov 09 12:14:18 +0000 2024",
        "favorited": False,
        "lang": "en",
    }
    if chance.random() < 0.67:
        text = answer(n, text, raw, chance)
    if chance.random() < 0.25:
        text = linked(text, raw, chance)
    if chance.random() < 0.52:
        text = pictured(number, text, raw, chance)
    if n and chance.random() < 0.01:
        first = str(number - STEP)
        raw["edit_info"] = {
            "edit": {"initialTweetId": first, "editControlInitial": {"editTweetIds": [first, str(number)], "editsRemaining": "4"}}
        }
    return raw | {"full_text": text}


def answer(n: int, text: str, raw: Raw, chance: random.Random) -> str:
    """Half of the replies go on with an own thread, half answer somebody else."""
    own = n > 20 and chance.random() < 0.5
    who = 12 if own else chance.randint(100, 5_000)
    handle = "bench" if own else f"person{who}"
    parent = FIRST + (n - chance.randint(1, 20)) * STEP if own else FIRST + n * STEP - chance.randint(1, STEP - 1)
    raw["entities"]["user_mentions"].append(
        {"name": f"Person {who}", "screen_name": handle, "indices": ["0", str(len(handle) + 1)], "id_str": str(who), "id": str(who)}
    )
    raw |= {"in_reply_to_status_id_str": str(parent), "in_reply_to_status_id": str(parent), "in_reply_to_screen_name": handle}
    raw |= {"in_reply_to_user_id": str(who), "in_reply_to_user_id_str": str(who)}
    return f"@{handle} {text}"


def linked(text: str, raw: Raw, chance: random.Random) -> str:
    short, page = f"https://t.co/{chance.getrandbits(50):010x}"[:23], f"https://example.org/pages/{chance.randint(1, 9999)}"
    indices = [str(len(text) + 1), str(len(text) + 1 + len(short))]
    raw["entities"]["urls"].append({"url": short, "expanded_url": page, "display_url": page[8:], "indices": indices})
    return f"{text} {short}"


def pictured(number: int, text: str, raw: Raw, chance: random.Random) -> str:
    """One picture, seldom four; more than a quarter are films."""
    short = f"https://t.co/{chance.getrandbits(50):010x}"[:23]
    indices = [str(len(text) + 1), str(len(text) + 1 + len(short))]
    count = 1 if chance.random() < 0.92 else chance.randint(2, 4)
    media = [medium(number, place, short, indices, chance) for place in range(count)]
    raw["entities"]["media"] = [{key: value for key, value in media[0].items() if key != "video_info"}]
    raw["extended_entities"] = {"media": media}
    return f"{text} {short}"


def medium(number: int, place: int, short: str, indices: list[str], chance: random.Random) -> Raw:
    name, width = f"{chance.getrandbits(60):x}.jpg", chance.randint(600, 2048)
    told: Raw = {
        "expanded_url": f"https://twitter.com/bench/status/{number}/photo/{place + 1}",
        "indices": indices,
        "url": short,
        "media_url": f"http://pbs.example.org/media/{name}",
        "id_str": str(number - 4096 + place),
        "id": str(number - 4096 + place),
        "media_url_https": f"https://pbs.example.org/media/{name}",
        "sizes": {
            "medium": {"w": str(min(width, 1200)), "h": str(min(width, 1200) * 2 // 3), "resize": "fit"},
            "thumb": {"w": "150", "h": "150", "resize": "crop"},
            "small": {"w": str(min(width, 680)), "h": str(min(width, 680) * 2 // 3), "resize": "fit"},
            "large": {"w": str(width), "h": str(width * 2 // 3), "resize": "fit"},
        },
        "type": "photo",
        "display_url": f"pic.example.org/{short[-10:]}",
    }
    if chance.random() < 0.28:
        told |= {"type": "video", "additional_media_info": {"monetizable": False}, "video_info": film(chance)}
    return told


def film(chance: random.Random) -> Raw:
    base = f"https://video.example.org/ext_tw_video/{chance.getrandbits(60)}/pu"
    variants: list[Raw] = [
        {"bitrate": str(rate), "content_type": "video/mp4", "url": f"{base}/vid/{size}/{chance.getrandbits(80):x}.mp4?tag=12"}
        for rate, size in ((256000, "480x270"), (832000, "640x360"), (2176000, "1280x720"))
    ]
    playlist = {"content_type": "application/x-mpegURL", "url": f"{base}/pl/{chance.getrandbits(80):x}.m3u8?tag=12"}
    return {"aspect_ratio": ["16", "9"], "duration_millis": str(chance.randint(2_000, 90_000)), "variants": [*variants, playlist]}


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
