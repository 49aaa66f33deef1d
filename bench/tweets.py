"""An X archive of any number of made-up tweets, as the site writes them: replies in threads, links, pictures, mentions, edits.

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
    text = cast.text()
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
    if chance.random() < 0.6:
        text = answer(n, text, raw, chance)
    if chance.random() < 0.25:
        text = linked(text, raw, chance)
    if chance.random() < 0.3:
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
    short, name = f"https://t.co/{chance.getrandbits(50):010x}"[:23], f"{chance.getrandbits(60):x}.jpg"
    size = {"w": "1200", "h": "800", "resize": "fit"}
    medium = {
        "expanded_url": f"https://twitter.com/bench/status/{number}/photo/1",
        "indices": [str(len(text) + 1), str(len(text) + 1 + len(short))],
        "url": short,
        "media_url": f"http://pbs.example.org/media/{name}",
        "media_url_https": f"https://pbs.example.org/media/{name}",
        "id_str": str(number - 4096),
        "id": str(number - 4096),
        "sizes": {"large": size, "medium": size, "small": size, "thumb": size | {"resize": "crop"}},
        "type": "photo",
        "display_url": f"pic.example.org/{short[-10:]}",
    }
    raw["entities"]["media"] = [medium]
    raw["extended_entities"] = {"media": [medium]}
    return f"{text} {short}"


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
