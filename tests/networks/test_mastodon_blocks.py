"""Who has blocked an account of ours is asked of the server of that account, which tells it of those whom it knows."""

from urllib.parse import parse_qs, urlsplit

import httpx
import orjson

from homespun import http
from homespun.http import Answer
from homespun.networks.mastodon.api import Api
from homespun.networks.mastodon.blocks import blocking
from homespun.networks.mastodon.server import Refusal
from homespun.networks.said import said as _
from homespun.networks.values import Account

SERVER = "https://stile.example"
KNOWN = {"bryony@field.example": "11", "colm@wood.example": "12"}


def ask(url: str) -> Answer:
    at = urlsplit(url)
    query = parse_qs(at.query)
    if at.path == "/api/v1/accounts/lookup":
        if (number := KNOWN.get(query["acct"][0])) is None:
            raise Refusal(_("It is not there."), http.NetworkError("It is not there.", permanent=True, status=404))
        return answer({"id": number})
    assert at.path == "/api/v1/accounts/relationships"
    return answer([{"id": number, "blocked_by": number == "11", "blocking": number == "12"} for number in query["id[]"]])


def answer(value: object) -> Answer:
    return Answer(SERVER, 200, httpx.Headers(), orjson.dumps(value))


def person(handle: str) -> Account:
    name, _at, server = handle.partition("@")
    return Account(uri=f"https://{server}/users/{name}", handle=handle, network="mastodon")


def test_who_has_blocked_us_is_told_from_whom_we_have_blocked_and_who_is_unknown() -> None:
    people = [person(handle) for handle in ("bryony@field.example", "colm@wood.example", "nobody@far.example", "")]
    assert blocking(Api(SERVER, ask, trusted=True), people) == {"https://field.example/users/bryony"}


def test_a_server_that_answers_nonsense_tells_of_no_block() -> None:
    assert blocking(Api(SERVER, lambda url: answer({"error": "no"}), trusted=True), [person("bryony@field.example")]) == set()
