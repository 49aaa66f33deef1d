"""Questions to any server of the fediverse through the one door: counted, as its robots.txt lets us, and none to a host that rests."""

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
import orjson

from homespun import http
from homespun.http import Answer, Door
from homespun.networks.errors import Foreign, NetworkError
from homespun.networks.mastodon.values import host
from homespun.networks.said import Said
from homespun.networks.said import said as _

CAP = 2 << 20
DEADLINE = 15.0
STRIKES = 2  # times that a host may fail to answer before it is left alone
REST = 600.0  # seconds
ACTIVITY = ("application/activity+json", "application/ld+json")
JSON = ("application/json", *ACTIVITY, "application/jrd+json")
ASKED_AS = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
WHY = {401: "hidden", 403: "hidden", 451: "hidden", 404: "gone", 410: "gone"}
NOT_SPOKEN = (0, 404, 405, 406, 415)  # 0: it answered, with something else
SIGNED = _("%(host)s shows this only to servers that it knows, or to people who are signed in.")
NOT_REACHED = _(
    "%(host)s shows this only to servers that it can check, and it can't reach this site at %(url)s. Set HOMESPUN_URL to a public address."
)
ROBOTS = _("%(host)s asks not to be read by programs like this one.")


class Refused(NetworkError):
    """Why something was not shown: `why` as an `Absent` has it."""

    def __init__(self, why: str, said: Said) -> None:
        super().__init__(said, permanent=why != "unreachable")
        self.why = why


class Stranger(Refused, Foreign):
    """What is there speaks no ActivityPub, or is not there for those who do."""


@dataclass
class Asker:
    """Asks for one purpose after another. `own`: hosts where accounts of ours are, which know us and whose robots.txt is not for us."""

    door: Door
    own: frozenset[str] = frozenset()
    sign: Callable[[str], Mapping[str, str]] | None = None
    private_url: str = ""  # the address of this site, where other servers can't reach it
    asked: int = 0
    secure: set[str] = field(default_factory=set)  # hosts that answer those alone who sign
    deaf: set[str] = field(default_factory=set)  # and those that do not answer us even then
    strikes: dict[str, int] = field(default_factory=dict)
    resting: dict[str, tuple[float, Said]] = field(default_factory=dict)  # until when, and why

    def activity(self, url: str) -> Answer:
        """An ActivityPub document; signed where its host answers nobody whom it does not know. Raises `Refused`."""
        there = host(url)
        if there not in self.secure:
            try:
                return self.get(url, ACTIVITY, ASKED_AS, crawling=False)
            except Refused as error:
                if error.why != "hidden" or not self.sign or there in self.deaf:
                    raise
        try:
            answer = self.get(url, ACTIVITY, ASKED_AS, signed=True, crawling=False)
        except Refused as error:
            self.deaf |= {there} if error.why == "hidden" and there not in self.secure else set()
            raise
        self.secure.add(there)
        return answer

    def answers(self, server: str) -> bool:
        """Whether a server answers with TLS. Asked only of those inside that are let through: a house's own servers may have none."""
        if not server.startswith("https://") or not self.is_inside(server):
            return True
        try:
            self.door.fetch(f"{server}/.well-known/nodeinfo", cap_bytes=CAP, deadline=DEADLINE)
        except http.NetworkError as error:
            return bool(error.status)
        return True

    def is_inside(self, server: str) -> bool:
        if not self.door.allow:
            return False
        try:
            found = {ip_address(each[4][0]) for each in socket.getaddrinfo(urlsplit(server).hostname, None)}
        except (OSError, ValueError):
            return False
        return bool(found) and all(any(each in network for network in self.door.allow) for each in found)

    def json(self, url: str) -> Answer:
        return self.get(url, JSON, "application/json")

    def finger(self, url: str) -> Answer:
        """WebFinger (RFC 7033), as servers ask each other."""
        return self.get(url, JSON, "application/json", crawling=False)

    def query(self, url: str, value: dict[str, str | int]) -> Answer:
        """A question of an API that takes it as JSON and changes nothing."""
        return self.get(url, JSON, "application/json", orjson.dumps(value))

    def get(
        self, url: str, kinds: tuple[str, ...], accept: str, content: bytes | None = None, *, signed: bool = False, crawling: bool = True
    ) -> Answer:
        there = host(url)
        until, why = self.resting.get(there, (0.0, Said("")))
        if time.monotonic() < until:
            raise Refused("unreachable", why)
        try:
            if there not in self.own and not self.door.may_visit(url, crawling=crawling):
                raise Refused("left out", _(ROBOTS.sentence, host=there))
            self.asked += 1
            told = {"accept": accept} | ({"content-type": "application/json"} if content else {})
            told |= self.sign(url) if signed and self.sign else {}
            method = "POST" if content else "GET"
            answer = self.door.fetch(url, accept=kinds, cap_bytes=CAP, deadline=DEADLINE, headers=told, method=method, content=content)
        except http.NetworkError as error:
            raise self.refused(there, error, signed=signed) from error
        self.strikes.pop(there, None)
        return answer

    def refused(self, there: str, error: http.NetworkError, *, signed: bool = False) -> Refused:
        why = WHY.get(error.status, "unreachable")
        said = _(SIGNED.sentence, host=there) if why == "hidden" else _("%(host)s: %(why)s", host=there, why=error.sentence)
        if signed and self.private_url and (why == "hidden" or error.status >= httpx.codes.INTERNAL_SERVER_ERROR):
            said = _(NOT_REACHED.sentence, host=there, url=self.private_url)
        if error.status == httpx.codes.TOO_MANY_REQUESTS:
            self.resting[there] = (time.monotonic() + min(error.retry_after or 60.0, REST), said)
        elif not error.permanent:
            self.strikes[there] = self.strikes.get(there, 0) + 1
            if self.strikes[there] >= STRIKES:
                self.resting[there] = (time.monotonic() + REST, said)
        return Stranger(why, said) if error.permanent and error.status in NOT_SPOKEN else Refused(why, said)
