"""Lines as the archives of three eras write them: bare in the months of 2012 to 2019, in strings and wrapped after that."""

import hashlib
import html
import re
from typing import Any

from homespun.conversations.sample.cast import BY_HANDLE, Speaker
from homespun.conversations.sample.lines import Line

FOUND = re.compile(r"(?P<url>https://\S+)|#(?P<tag>\w+)|@(?P<handle>\w+)")
SIZES = {"large": {"w": "1200", "h": "800", "resize": "fit"}}

Shape = dict[str, Any]


def short(address: str) -> str:
    return f"https://t.co/{hashlib.sha256(address.encode()).hexdigest()[:10]}"


def picture_file(line: Line) -> str:
    return f"{line.picture}.jpg"


def told(line: Line) -> tuple[str, Shape]:
    """The text as it is written (escaped, links shortened) and the entities, whose indices are code points of that text."""
    text, entities = "", Shape(hashtags=[], symbols=[], user_mentions=[], urls=[])
    rest = 0
    for match in FOUND.finditer(line.text):
        text += html.escape(line.text[rest : match.start()], quote=False)
        shown = short(match["url"]) if match["url"] else match[0]
        indices = [str(len(text)), str(len(text) + len(shown))]
        if match["url"]:
            display = match["url"].removeprefix("https://")[:25] + "…"
            entities["urls"].append({"url": shown, "expanded_url": match["url"], "display_url": display, "indices": indices})
        elif match["tag"]:
            entities["hashtags"].append({"text": match["tag"], "indices": indices})
        else:
            entities["user_mentions"].append(mention(BY_HANDLE[match["handle"]], indices))
        text, rest = text + shown, match.end()
    return text + html.escape(line.text[rest:], quote=False), entities


def mention(speaker: Speaker, indices: list[str]) -> Shape:
    return {"name": speaker.name, "screen_name": speaker.handle, "indices": indices, "id_str": str(speaker.id), "id": str(speaker.id)}


def answered(line: Line, lines: dict[str, Line]) -> Shape:
    if not line.answers:
        return {}
    parent = lines[line.answers]
    return {
        "in_reply_to_status_id_str": str(parent.id),
        "in_reply_to_status_id": str(parent.id),
        "in_reply_to_user_id_str": str(parent.speaker.id),
        "in_reply_to_user_id": str(parent.speaker.id),
        "in_reply_to_screen_name": parent.speaker.handle,
    }


def wrapped(line: Line, lines: dict[str, Line]) -> Shape:
    """A tweet of `tweets.js` (late 2022 on) and of `tweet.js` (2020 on)."""
    text, entities = told(line)
    tweet = {
        **edit_info(line, lines),
        "retweeted": False,
        "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
        "entities": entities,
        "favorite_count": "0",
        "retweet_count": "0",
        "id_str": str(line.id),
        "id": str(line.id),
        "truncated": False,
        "created_at": f"{line.moment:%a %b %d %H:%M:%S +0000 %Y}",
        "favorited": False,
        "lang": "ja" if re.search(r"[぀-ヿ]", text) else "en",
        **answered(line, lines),
    }
    if line.picture:
        text = pictured(line, text, tweet)
    return {"tweet": tweet | {"full_text": text, "display_text_range": ["0", str(len(text))]}}


def pictured(line: Line, text: str, tweet: Shape) -> str:
    """The text with the link of its picture at the end, as the site adds it."""
    address = f"https://twitter.com/{line.speaker.handle}/status/{line.id}/photo/1"
    url = short(address)
    medium = {
        "expanded_url": address,
        "indices": [str(len(text) + 1), str(len(text) + 1 + len(url))],
        "url": url,
        "media_url": f"http://pbs.twimg.com/media/{picture_file(line)}",
        "media_url_https": f"https://pbs.twimg.com/media/{picture_file(line)}",
        "id_str": str(line.id - 4096),
        "id": str(line.id - 4096),
        "sizes": SIZES,
        "type": "photo",
        "display_url": f"pic.twitter.com/{url[-10:]}",
        "ext_alt_text": line.alt,
    }
    tweet["entities"]["media"] = [medium]
    tweet["extended_entities"] = {"media": [medium]}
    return f"{text} {url}"


def edit_info(line: Line, lines: dict[str, Line]) -> Shape:
    """From 2022 on every tweet tells of its versions; a later one names the first."""
    if line.moment.year < 2022:
        return {}
    versions = [other for other in lines.values() if other.key == line.edits or other.edits == line.key or other == line]
    control = {"editTweetIds": [str(version.id) for version in versions], "editsRemaining": "4", "isEditEligible": True}
    if line.edits:
        return {"edit_info": {"edit": {"initialTweetId": str(lines[line.edits].id), "editControlInitial": control}}}
    return {"edit_info": {"initial": control}}


def noted(line: Line) -> Shape:
    """A long post whole, as `note-tweet.js` has it: under an id of its own, known by its time and its beginning."""
    made = f"{line.moment:%Y-%m-%dT%H:%M:%S}.000Z"
    core = {"styletags": [], "urls": [], "text": line.note, "mentions": [], "cashtags": [], "hashtags": []}
    return {"noteTweet": {"noteTweetId": str(line.id - 8192), "updatedAt": made, "createdAt": made, "core": core}}


def liked(line: Line) -> Shape:
    return {"like": {"tweetId": str(line.id), "fullText": line.text, "expandedUrl": f"https://twitter.com/i/web/status/{line.id}"}}


def bare(line: Line, lines: dict[str, Line]) -> Shape:
    """A tweet of the months of 2012 to 2019: numbers, `text`, and its author whole."""
    text, entities = told(line)
    answers = {
        key: int(value) if key in ("in_reply_to_status_id", "in_reply_to_user_id") else value
        for key, value in answered(line, lines).items()
    }
    return {
        "source": '<a href="http://twitter.com" rel="nofollow">Twitter Web Client</a>',
        "entities": numbered(entities) | {"media": []},
        "geo": {},
        "id_str": str(line.id),
        "id": line.id,
        "text": text,
        "created_at": f"{line.moment:%Y-%m-%d %H:%M:%S +0000}",
        "user": bare_user(line.speaker),
        **answers,
    }


def bare_repost(line: Line, by: Speaker, lines: dict[str, Line]) -> Shape:
    """A repost: cut after 140 characters in its own text, and the original whole inside."""
    when = Line(f"{line.key}-again", by.key, line.reposted, f"RT @{line.speaker.handle}: {line.text}")
    text, entities = told(when)
    cut = text if len(text) <= 140 else text[:139] + "…"
    kept = {kind: [each for each in found if int(each["indices"][1]) < len(cut)] for kind, found in entities.items()}
    return bare(when, lines) | {"text": cut, "entities": numbered(kept) | {"media": []}, "retweeted_status": bare(line, lines)}


def bare_user(speaker: Speaker) -> Shape:
    picture = f"https://pbs.twimg.com/profile_images/{speaker.id}/face_normal.png"
    who = {"name": speaker.name, "screen_name": speaker.handle, "id_str": str(speaker.id), "id": speaker.id}
    return who | {"protected": False, "verified": False, "profile_image_url_https": picture}


def numbered(entities: Shape) -> Shape:
    """Entities with numbers where the later layouts have strings."""
    return {
        kind: [
            each | {"indices": [int(index) for index in each["indices"]]} | ({"id": int(each["id"])} if "id" in each else {})
            for each in found
        ]
        for kind, found in entities.items()
    }
