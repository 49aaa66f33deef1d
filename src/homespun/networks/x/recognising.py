"""What an archive is, known by what its files begin with and not by their names: of which era, whose, when made, what it says it holds."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from homespun.networks.errors import NetworkError, NotAnExport, Unusable
from homespun.networks.exports import BROKEN, DAMAGED
from homespun.networks.refusals import explain
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Account, Unread
from homespun.networks.x import edited_files
from homespun.networks.x.identity import account, whole, written_ms
from homespun.networks.x.items import forgiving
from homespun.networks.x.opening import Member, Opened, Zip, is_private, is_readable, media_name, opened

HEAD = 1 << 16
WHOLE = 64 << 20  # the most that is read of a file that is read at once
YTD = re.compile(rb"(?:window\.)?YTD\.(\w+?)\.part(\d+)\s*=")
MONTH = re.compile(rb"Grailbird\.data\.tweets_(\d{4})_(\d{2})\s*=")
VARIABLE = re.compile(rb"(?:var\s+(tweet_index|user_details|payload_details)|window\.(__THAR_CONFIG))\s*=")
KINDS = {
    "tweet": "tweets",
    "tweets": "tweets",
    "note_tweet": "notes",
    "community_tweet": "community",
    "deleted_tweet": "deleted",
    "deleted_tweets": "deleted",
    "twitter_circle_tweet": "circle",
    "like": "likes",
    "account": "account",
    "profile": "profile",
    "tweet_headers": "headers",
    "deleted_tweet_headers": "deleted headers",
}
OF_POSTS = ("tweets", "notes", "community", "deleted", "circle")
DECLARED = {
    "tweets": "tweets",
    "tweet": "tweets",
    "noteTweet": "notes",
    "communityTweet": "community",
    "deletedTweets": "deleted",
    "deletedTweet": "deleted",
    "twitterCircleTweet": "circle",
    "like": "likes",
}


@dataclass(frozen=True)
class File:
    """A file of the archive, of a kind that we read."""

    member: Member
    kind: str  # tweets, notes, community, deleted, circle, likes, account, profile, headers, tweet_index, user_details, …
    month: str = ""  # 2013-02


@dataclass
class Recognised:
    """An archive, opened and looked at. `close()` it."""

    inside: Opened
    era: str = ""  # 2012, 2018, 2020, 2022: when that layout began
    files: list[File] = field(default_factory=list)
    media: list[Member] = field(default_factory=list)
    owner: Account | None = None
    made: int = 0  # ms, 0 where it does not say
    fingerprint: str = ""
    declared: dict[str, int] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)  # how many tweets the index lists for each
    unread: list[Unread] = field(default_factory=list)
    private: int = 0  # files that are in it and are never opened

    def of(self, kind: str) -> list[File]:
        return [file for file in self.files if file.kind == kind]

    def close(self) -> None:
        self.inside.close()


def recognised(path: Path) -> Recognised:
    """Open an archive and look at it. Raises `NetworkError` with a sentence for a person."""
    found = Recognised(opened(path))
    try:
        found.unread += found.inside.unread
        _list(found, path)
        if not any(file.kind in OF_POSTS for file in found.files):
            raise _nothing(found, path)
        _refuse_several(found, path)
        _whose(found)
        _declared(found)
        found.era = _era(found)
        found.fingerprint = _fingerprint(found)
    except BaseException:
        found.close()
        raise
    return found


def _list(found: Recognised, path: Path) -> None:
    for member in found.inside.members():
        if media_name(member):
            found.media.append(member)
        elif (is_readable(member) or (path.is_file() and not isinstance(found.inside, Zip))) and (file := _file(found, member)):
            found.files.append(file)
        elif is_private(member):
            found.private += 1
    found.files.sort(key=lambda file: (file.kind, file.month, _natural(file.member.name)))


def _natural(name: str) -> list[Any]:
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name) if part]


def _file(found: Recognised, member: Member) -> File | None:
    try:
        head = _start(found, member, 300)
    except BROKEN as error:
        found.unread.append(Unread(Said(member.name), _(DAMAGED, why=str(error))))
        return None
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if match := YTD.match(head):
        kind = KINDS.get(match[1].decode("ascii", "replace").lower())
        return File(member, kind) if kind else None
    if match := MONTH.match(head):
        return File(member, "tweets", f"{match[1].decode()}-{match[2].decode()}")
    if match := VARIABLE.match(head):
        return File(member, (match[1] or b"manifest").decode())
    if not head and not member.size:
        found.unread.append(Unread(Said(member.name), _("It is empty.")))
        return None
    kind, month = edited_files.kind_and_month(member.name, _start(found, member, HEAD))
    return File(member, kind, month) if kind else None


def _start(found: Recognised, member: Member, size: int) -> bytes:
    with found.inside.open(member) as file:
        return file.read(size)


def _nothing(found: Recognised, path: Path) -> NetworkError:
    if damaged := [each.where for each in found.unread if each.why.sentence == DAMAGED]:
        return NetworkError(
            _("“%(name)s” is damaged: Homespun can’t unpack “%(member)s” in it. Download it again.", name=path.name, member=damaged[0])
        )
    return NotAnExport(explain(path))


def loaded(found: Recognised, file: File) -> Any:
    """The whole of a small file; None, told as unread, where it cannot be read."""
    if file.member.size > WHOLE:
        found.unread.append(Unread(Said(file.member.name), _("It is larger than such a file can be, so it was left out.")))
        return None
    try:
        content = _start(found, file.member, WHOLE)
        start = edited_files.json_start(content)
        content = content[content.index(b"=") + 1 if start is None else start :].strip().rstrip(b";")
        read, why = forgiving(content)
        if read is not None:
            return read
        found.unread.append(Unread(Said(file.member.name), why))
    except (*BROKEN, ValueError) as error:
        found.unread.append(Unread(Said(file.member.name), _("It cannot be read: %(why)s.", why=str(error))))
    return None


def _first(found: Recognised, kind: str, key: str) -> dict[str, Any]:
    for file in found.of(kind):
        content = loaded(found, file)
        if isinstance(content, list) and content and isinstance(content[0], dict):
            content = content[0].get(key, content[0])
        if isinstance(content, dict):
            return content
    return {}


def _part(content: dict[str, Any], key: str) -> dict[str, Any]:
    """What stands under a key; nothing where it is not made as it should be."""
    part = content.get(key)
    return part if isinstance(part, dict) else {}


def _words(value: Any, longest: int) -> str:
    return str(value or "").replace("\0", "")[:longest]


def _refuse_several(found: Recognised, path: Path) -> None:
    """Two people's archives side by side would all be taken for the first one's."""
    files = found.of("account")
    if len(files) < 2:
        return
    about = [_first(replace(found, files=[file], unread=[]), "account", "account") for file in files]
    owners = {str(each["accountId"]): _words(each.get("username"), 50) for each in about if each.get("accountId")}
    if len(owners) > 1:
        names = ", ".join(sorted(f"@{name}" for name in owners.values()))
        raise NetworkError(
            _(
                "“%(name)s” holds archives of several people (%(names)s). Import them one by one.",
                name=path.name,
                names=names,
            )
        )


def _whose(found: Recognised) -> None:
    """Name, handle and id, and nothing else, from whichever file tells them; when it was made."""
    manifest = _first(found, "manifest", "")
    told = _part(manifest, "userInfo")
    number, handle, name = told.get("accountId"), told.get("userName"), told.get("displayName")
    found.made = _ms(_part(manifest, "archiveInfo").get("generationDate"))
    if not number:
        told = _first(found, "account", "account")
        number, handle, name = told.get("accountId"), told.get("username"), told.get("accountDisplayName")
    if not number and not handle:
        told = _first(found, "user_details", "")
        number, handle, name = told.get("id"), told.get("screen_name"), told.get("full_name")
    payload = _first(found, "payload_details", "")
    found.made = found.made or _ms(payload.get("created_at"))
    number = whole(number)
    if number or handle:
        found.owner = account(str(number or ""), _words(handle, 255), _words(name, 500), _face(found))
    if count := _count(payload.get("tweets")):
        found.declared["tweets"] = count
    for key, part in _part(manifest, "dataTypes").items():
        if key in DECLARED and isinstance(part, dict):
            files = part.get("files")
            counts = [_count(each.get("count")) for each in (files if isinstance(files, list) else ()) if isinstance(each, dict)]
            found.declared[DECLARED[key]] = sum(counts)


def _face(found: Recognised) -> str:
    return str(_first(found, "profile", "profile").get("avatarMediaUrl") or "")[:1000]


def _ms(written: Any) -> int:
    try:
        return written_ms(written) if written else 0
    except Unusable:
        return 0


def _count(value: Any) -> int:
    try:
        return max(0, int(value or 0))
    except (TypeError, ValueError):
        return 0


def _declared(found: Recognised) -> None:
    """Headers name every tweet there is; the index of the old layout counts each month."""
    for file in found.of("tweet_index"):
        for each in loaded(found, file) or ():
            if isinstance(each, dict) and each.get("year") and each.get("month"):
                found.months[f"{int(each['year']):04}-{int(each['month']):02}"] = _count(each.get("tweet_count"))
    if found.months:
        found.declared["listed"] = sum(found.months.values())


def _era(found: Recognised) -> str:
    tweets = found.of("tweets")
    if any(file.month for file in tweets):
        return "2012"
    if any(b"YTD.tweets." in _start(found, file.member, 300) for file in tweets):
        return "2022"
    return "2018" if tweets and b'"tweet"' not in _start(found, tweets[0].member, 400) else "2020"


def _fingerprint(found: Recognised) -> str:
    """Whose and when made; else the beginning and the size of its first file of tweets."""
    digest = hashlib.sha256()
    if found.owner and found.made:
        digest.update(f"{found.owner.uri} {found.made}".encode())
    else:
        first = next(file for file in found.files if file.kind in ("tweets", "notes", "community", "likes", "deleted", "circle"))
        digest.update(f"{first.member.size} ".encode() + _start(found, first.member, HEAD))
    return digest.hexdigest()
