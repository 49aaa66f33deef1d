"""What an address of the fediverse names, by its form alone: somebody, a hashtag on a server, or whatever stands at a url."""

import re
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

Kind = Literal["", "account", "tag", "url"]
HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{2,5})?"
HANDLE = re.compile(rf"(?:acct:|@)?([\w.-]{{1,100}})@({HOST})$")
HASHTAG = re.compile(rf"#([\w·-]{{1,100}})@({HOST})$")
PATH = re.compile(
    r"/(?:@[\w.-]+(?:@[\w.:-]+)?(?:/\d{6,}|/[0-9A-HJKMNP-TV-Z]{26}|/statuses/\w{6,})?|users/[\w.-]+(?:/statuses/\w+(?:/activity)?)?"
    r"|ap/users/\d+(?:/statuses/\d+)?|notice/\w{10,}|objects/[0-9a-f-]{36}|notes/[0-9a-z]{10,}|display/[\w-]{16,}|(?:videos/watch|w)/[\w-]{16,}"
    r"|p/[\w.-]+/\d{6,}|web/statuses/\d+|api/v1/statuses/\w+)/?"
)
POST_OF_A_BLOG = re.compile(r"p=\d+")
TAG = re.compile(r"/tags/([^/?#]{1,100})/?")
OTHERS = re.compile(
    r"(?:.*\.)?(?:youtube\.com|youtu\.be|medium\.com|substack\.com|tiktok\.com|twitter\.com|x\.com|bsky\.app|facebook\.com|instagram\.com|flickr\.com)"
)


class Named(NamedTuple):
    """`who` is a name or a hashtag and `server` its host and port; for a url `who` is all of it."""

    kind: Kind
    who: str = ""
    server: str = ""


def read(written: str) -> Named:
    """What this names; `kind` is "" for what is no address of the fediverse."""
    written = written.strip()
    if match := HASHTAG.match(written):
        return Named("tag", match[1], match[2].lower())
    if (match := HANDLE.match(written)) and ("." in match[2] or ":" in match[2]) and written.startswith(("@", "acct:")):
        return Named("account", match[1], match[2].lower())
    try:
        parts = urlsplit(written)
    except ValueError:
        return Named("")
    if parts.scheme not in ("https", "http") or not parts.hostname or OTHERS.fullmatch(parts.hostname) or " " in written:
        return Named("")
    if match := TAG.fullmatch(parts.path):
        return Named("tag", match[1], parts.netloc.lower())
    if PATH.fullmatch(parts.path) or (parts.path in ("", "/") and POST_OF_A_BLOG.fullmatch(parts.query)):
        return Named("url", written, parts.netloc.lower())
    return Named("")


def tag_path(tag: str) -> str:
    return quote(tag, safe="%")
