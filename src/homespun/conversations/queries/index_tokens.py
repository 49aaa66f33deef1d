"""Tokens for what a full-text index drops or can't tell apart: hashtags, mentions, emoji, "C++", and links. Pure; used to write and to ask.

FTS5 keeps letters and digits only. So "#infosec" is indexed as the word "infosec" in the column of words, and as "t0infosec" in the
column of tags, where only tokens made here stand. A token is a letter for its kind, a zero, and the name; signs in a name are written as
their code between two z's, because the tokenizer would split the name there.
"""

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from homespun.conversations.queries.folding import fold

HASHTAG, MENTION, NAME, EMOJI = "t", "m", "s", "e"
PICTURE, LINK, OWN = "haspic", "haslink", "isown"

# Combining marks of scripts that write vowels as marks: \w leaves them out.
MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0980-\u0dff"
    "\u0e31-\u0e4e\u0eb1-\u0ecd\u1037-\u103e\u17b4-\u17d3"
)
TAGGED = re.compile(rf"(?<![\w&/#＃])[#＃]([\w{MARKS}]+)")
MENTIONED = re.compile(r"(?<![\w@./])[@＠]([\w](?:[\w.-]*\w)?(?:@\w(?:[\w.-]*\w)?)?)")
# Names that end in signs, or begin with a dot: C++, C#, F#, Google+, .NET.
NAMED = re.compile(r"(?<![\w.])(?:([A-Za-z]\w{0,19})(\+\+|\+|#)(?![\w+#])|\.([A-Za-z]\w+))")

SELECTORS = "\ufe0e\ufe0f"
TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_BASE = (
    "[\u00a2-\u00a9\u00ac\u00ae-\u00b1\u00d7\u00f7\u203c\u2049\u20a0-\u20cf\u2100-\u214f\u2190-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_MORE = f"[{SELECTORS}\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
# Flags are two letters, keycaps a sign and a frame, and a joiner makes one picture of several.
EMOJIS = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_BASE}{_MORE}(?:\u200d{_BASE}{_MORE})*")

ANCHOR = re.compile(r"<a\s[^>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
ELSEWHERE = ("mention", "hashtag", 'rel="tag')  # links that a server makes of names and tags
ABSOLUTE = re.compile(r"https?://\w", re.IGNORECASE)


@lru_cache(maxsize=8192)
def token(kind: str, name: str) -> str:
    """The token for a name; of the start of a name it is the start of the token."""
    return f"{kind}0{SIGN.sub(_sign, fold(name))}"


SIGN = re.compile("[^0-9A-Za-z]")


def _sign(match: re.Match[str]) -> str:
    return match[0] if match[0].isalnum() else f"z{ord(match[0]):x}z"


def emoji_tokens(emoji: str) -> tuple[str, ...]:
    """The token of this emoji, and that of the same without a skin tone. Variation selectors make no difference."""
    bare = emoji.translate(WITHOUT_SELECTORS)
    return tuple(dict.fromkeys(_emoji_token(each) for each in (bare, TONES.sub("", bare) or bare)))


WITHOUT_SELECTORS = dict.fromkeys(map(ord, SELECTORS))


def _emoji_token(emoji: str) -> str:
    return f"{EMOJI}0{'x'.join(f'{ord(sign):x}' for sign in emoji)}"


@lru_cache(maxsize=8192)
def mention_tokens(handle: str) -> tuple[str, ...]:
    """Of `hana.bsky.example` or `hana@server.example` also the first part alone, as people are called for short."""
    return tuple(dict.fromkeys((token(MENTION, handle), token(MENTION, re.split(r"[.@]", handle)[0]))))


def name_token(match: re.Match[str]) -> str:
    """The token for a match of `NAMED`."""
    name, signs, after_dot = match.groups()
    return token(NAME, f"{name}{signs}" if name else f".{after_dot}")


def tags(text: str, more: str, *, author: int | None, reply_to: int | None, own: bool, pictured: bool) -> str:
    """The column of tags for a post: a123 for its author, r123 for the account that it replies to, and the tokens of its text."""
    found = [f"a{author}"] if author is not None else []
    if reply_to is not None:
        found.append(f"r{reply_to}")
    if own:
        found.append(OWN)
    if pictured:
        found.append(PICTURE)
    if "://" in text or (more and "://" in more):
        found.append(LINK)
    if in_text := _text_tokens(text):
        found += dict.fromkeys(in_text)
    return " ".join(found)


def _text_tokens(text: str) -> list[str]:
    """Most texts have none, so each kind is looked for only where its sign stands."""
    found: list[str] = []
    if "@" in text or "＠" in text:
        found.extend(chain.from_iterable(map(mention_tokens, MENTIONED.findall(text))))
    if "#" in text or "＃" in text:
        found.extend(token(HASHTAG, name) for name in TAGGED.findall(text))
    if "+" in text or "#" in text or " ." in text or text.startswith("."):
        found.extend(map(name_token, NAMED.finditer(text)))
    if not text.isascii():
        found.extend(chain.from_iterable(map(emoji_tokens, EMOJIS.findall(text))))
    return found


def more_words(text: str, warning: str, markup: str) -> str:
    """What a post says outside its text: its content warning, and the addresses that only its HTML shows."""
    if not warning and not markup:
        return ""
    return "\n".join([*([warning] if warning else []), *dict.fromkeys(_hidden_addresses(text, markup))])


def _hidden_addresses(text: str, markup: str) -> Iterable[str]:
    for anchor in ANCHOR.finditer(markup):
        if not any(word in anchor[0].lower() for word in ELSEWHERE) and (found := ADDRESS.search(anchor[0])):
            address = html.unescape(found[1] or found[2] or found[3] or "")
            if ABSOLUTE.match(address) and address not in text:
                yield address
