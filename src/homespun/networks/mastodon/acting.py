"""Posting on a Mastodon-compatible server as an account of ours, once however often it is tried. docs.joinmastodon.org/methods/statuses

The server gives the same status for the same Idempotency-Key for an hour. Whoever tries again later than that looks among its own
statuses first.
"""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from homespun.networks import shrinking, tolerant
from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.mastodon import counting, statuses
from homespun.networks.mastodon.addressees import addressees
from homespun.networks.mastodon.instance import Rules
from homespun.networks.mastodon.server import Refusal, Server
from homespun.networks.mastodon.values import edited_ms, same_host
from homespun.networks.mastodon.words import words as plain
from homespun.networks.protocols import Limits, Picture, Speaks, TakesBack, TellsAddressees, Words
from homespun.networks.said import said as _
from homespun.networks.values import Place, Post, Visibility

if TYPE_CHECKING:
    from homespun.networks.live import Asking  # which knows all networks

STATUSES = "/api/v1/statuses"
VISIBILITIES = {
    Visibility.PUBLIC: "public",
    Visibility.UNLISTED: "unlisted",
    Visibility.FOLLOWERS: "private",
    Visibility.DIRECT: "direct",
}
SKEW = 5 * 60_000  # ms by which a server's clock may differ from ours
RECENT = 40  # own statuses that are looked at
GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)
UNCHANGED = re.compile(r"\b(?:not|\w+n['’]t) (?:been )?(?:changed|modified)\b|\bno changes?\b|\bunchanged\b", re.IGNORECASE)
PATIENCE = 60.0  # seconds in which a server may work on a picture


class Own(msgspec.Struct):
    """A status, as far as it is needed to act on it."""

    id: str = ""
    uri: str = ""
    url: str = ""
    created_at: str = ""
    in_reply_to_id: str | None = None
    content: str = ""
    spoiler_text: str = ""
    favourited: bool | None = None
    reblogged: bool | None = None
    media_attachments: list["Medium"] = []


class Medium(msgspec.Struct):
    id: str = ""
    url: str | None = None


class Source(msgspec.Struct):
    """What was typed."""

    text: str = ""
    spoiler_text: str = ""


class Results(msgspec.Struct):
    statuses: list[Own] = []


class Speaker(Speaks, TakesBack, TellsAddressees):
    """Acts as the account whose token it is given."""

    def __init__(self, asking: "Asking") -> None:
        self.server = Server(asking.door, asking.server, asking.secret["token"], asking.lost)
        self.rules = tolerant.fitted(Rules, dict(asking.limits))
        self.counts = counting.rule_of(self.rules.software)
        self.limits = Limits(
            longest=self.rules.longest,
            pictures=self.rules.pictures,
            quotes=bool(self.rules.quotes),
            names=True,
            code_points=self.counts is counting.characters,
            visibilities=tuple(int(each) for each in VISIBILITIES),
        )

    def length(self, text: str) -> int:
        """As the software of this server counts; a content warning is counted in the same way and added."""
        return self.counts(text, self.rules.url)

    def addressees(self, raw: bytes) -> tuple[str, ...]:
        return addressees(raw)

    def post(self, words: Words) -> Post:
        parent = self.number(words.parent) if words.parent else ""
        if words.again and (record := self.posted(words, parent)):
            return self.shown(record, words)
        value = self.told(words) | {"visibility": visibility(words)}
        value |= {"in_reply_to_id": parent} if parent else {}
        value |= {self.quoting(): self.number(words.quoted)} if words.quoted else {}
        value |= {"media_ids": [self.uploaded(each) for each in words.pictures]} if words.pictures else {}
        return self.shown(self.server.send("POST", STATUSES, value, Idempotency_Key=words.key), words)

    def told(self, words: Words) -> dict[str, Any]:
        told: dict[str, Any] = {"status": words.text}
        told |= {"spoiler_text": words.warning, "sensitive": True} if words.warning else {}
        return told | ({"language": words.lang} if words.lang else {})

    def quoting(self) -> str:
        if not self.rules.quotes:
            raise NetworkError(_("%(server)s cannot quote. Put the address of that post into the words instead.", server=self.server.name))
        return self.rules.quotes

    def shown(self, record: bytes, words: Words) -> Post:
        """As the server shows it, with the uri of what it answers in place of that server's number of it."""
        whole = statuses.shown(record, self.server.address, words.parent)
        try:
            return statuses.post(statuses.read(whole), whole, Place.SERVER)
        except Unusable as error:
            raise NetworkError(_("%(server)s gave an answer that is no post.", server=self.server.name), permanent=False) from error

    def posted(self, words: Words, parent: str) -> bytes:
        """What a try before this one left: the same words under the same post, since they were written; b"" where it left nothing."""
        me = self.server.read(Own, "/api/v1/accounts/verify_credentials").id
        records = statuses.listed(self.server.get(f"/api/v1/accounts/{me}/statuses", limit=RECENT, exclude_reblogs="true"))
        for record in records:
            own = tolerant.read(Own, record)
            if (own.in_reply_to_id or "") == parent and edited_ms(own.created_at, 0) >= words.begun - SKEW and self.says(own, words):
                return record
        return b""

    def says(self, own: Own, words: Words) -> bool:
        """By what was typed; on servers that do not tell that, by what they made of it."""
        try:
            source = self.server.read(Source, f"{STATUSES}/{own.id}/source")
        except Refusal as error:
            if not error.permanent:
                raise
            source = Source(plain(own.content), own.spoiler_text)
        return (flat(source.text), flat(source.spoiler_text)) == (flat(words.text), flat(words.warning))

    def number(self, uri: str) -> str:
        """By which number this server knows a post. It fetches what it has not seen. Raises `NetworkError`."""
        if uri.startswith(named := f"{self.server.address}{STATUSES}/"):
            return uri.removeprefix(named)
        last = uri.rstrip("/").rpartition("/")[2]
        if same_host(uri, self.server.address) and last.isalnum():
            try:
                own = self.server.read(Own, f"{STATUSES}/{last}")
            except Refusal as error:
                if not error.permanent:
                    raise
            else:
                if uri in (own.uri, own.url):
                    return own.id
        found = self.server.read(Results, "/api/v2/search", q=uri, resolve="true", type="statuses", limit=5)
        if number := next((each.id for each in found.statuses if uri in (each.uri, each.url)), ""):
            return number
        raise NotFound(_("%(server)s cannot find the post %(uri)s for now.", server=self.server.name, uri=uri), permanent=False)

    def uploaded(self, picture: Picture) -> str:
        content, kind = shrinking.fitted(picture.content, picture.content_type, self.rules.image_bytes)
        file = (f"picture.{kind.rpartition('/')[2]}", content, kind)
        answer = self.server.upload("/api/v2/media", file, description=picture.alt[: self.rules.alt])
        medium = tolerant.read(Medium, answer.body)
        if not medium.id:
            raise NetworkError(_("%(server)s did not take the picture.", server=self.server.name), permanent=False)
        if answer.status == httpx.codes.ACCEPTED:
            self.wait_for(medium.id)
        return medium.id

    def wait_for(self, medium: str) -> None:
        """Until the server has worked on a picture: 206 while it does."""
        until, pause = time.monotonic() + PATIENCE, 0.2
        while self.server.asked("GET", f"/api/v1/media/{medium}").status == httpx.codes.PARTIAL_CONTENT:
            if time.monotonic() + pause > until:
                raise NetworkError(_("%(server)s is still working on a picture.", server=self.server.name), permanent=False)
            time.sleep(pause)
            pause = min(pause * 2, 5.0)

    def edit(self, uri: str, words: Words) -> Post:
        """Pictures stay as they are where none are given."""
        number = self.number(uri)
        before = self.server.read(Own, f"{STATUSES}/{number}")
        media = [self.uploaded(each) for each in words.pictures] or [each.id for each in before.media_attachments]
        value = {"spoiler_text": words.warning} | self.told(words) | {"media_ids": media}
        try:
            record = self.server.send("PUT", f"{STATUSES}/{number}", value)
        except Refusal as error:
            record = self.unchanged(number, words, error)
        return self.shown(record, words)

    def unchanged(self, number: str, words: Words, error: Refusal) -> bytes:
        """The status, where the server refuses the edit because it has these words already; else raises the refusal.

        GoToSocial answers 422 "status was not changed"; others say it in other words, or in none.
        """
        if error.status not in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY):
            raise error
        record = self.server.get(f"{STATUSES}/{number}")
        if not UNCHANGED.search(error.reason) and not self.says(tolerant.read(Own, record), words):
            raise error
        return record

    def delete(self, uri: str) -> None:
        """Nothing is raised where it was deleted before."""
        try:
            self.server.send("DELETE", f"{STATUSES}/{self.number(uri)}")
        except NotFound:
            return
        except Refusal as error:
            if error.status not in GONE:
                raise

    def repost(self, uri: str) -> None:
        self.mark(self.number(uri), "reblog", lambda own: own.reblogged is True)

    def like(self, uri: str) -> None:
        self.mark(self.number(uri), "favourite", lambda own: own.favourited is True)

    def unrepost(self, uri: str) -> None:
        self.unmark(uri, "unreblog", lambda own: own.reblogged is False)

    def unlike(self, uri: str) -> None:
        self.unmark(uri, "unfavourite", lambda own: own.favourited is False)

    def unmark(self, uri: str, deed: str, is_done: Callable[[Own], bool]) -> None:
        """Nothing is raised where the post is gone, and the mark with it."""
        try:
            self.mark(self.number(uri), deed, is_done)
        except NotFound:
            return
        except Refusal as error:
            if error.status not in GONE:
                raise

    def mark(self, number: str, deed: str, is_done: Callable[[Own], bool]) -> None:
        """Some servers (Pleroma, those that come from Misskey) refuse what was done before, so the status is asked how it stands."""
        try:
            self.server.send("POST", f"{STATUSES}/{number}/{deed}")
        except Refusal as error:
            if not error.permanent or error.status in GONE or not is_done(self.server.read(Own, f"{STATUSES}/{number}")):
                raise


class NotFound(NetworkError):
    """The server does not know that post, and cannot fetch it."""


def flat(text: str) -> str:
    """Without what a server may change of it: spaces, and the server of whom it mentions."""
    return " ".join(counting.MENTION.sub(r"@\1", text).split())


def visibility(words: Words) -> str:
    try:
        return VISIBILITIES[Visibility(words.visibility)]
    except (KeyError, ValueError) as error:
        raise NetworkError(_("Mastodon has no such audience.")) from error
