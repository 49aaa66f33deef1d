"""A server that speaks as Mastodon 4.5 does, for one account: hettie."""

import base64
import hashlib
import itertools
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from homespun.networks.graphemes import graphemes
from tests.networks.homes.answering import Asked, Home, Said, Way

SCOPES = ["read", "write", "read:accounts", "read:statuses", "read:notifications", "read:search", "read:follows"]
SCOPES += ["write:statuses", "write:media", "write:favourites"]
# Account::MENTION_RE of Mastodon 4.5
MENTION = re.compile(r"(?<![=/\w])@(\w+(?:[\w.-]+\w+)?(?:@\w+(?:[\w.-]+\w+)?(?::\d+)?)?)")
NOT_FOUND = Said(404, {"error": "Record not found"})


class Mastodon(Home):
    def __init__(
        self, *, scopes: list[str] | None = None, api: int = 7, longest: int = 500, version: str = "4.5.0", software: str = "mastodon"
    ) -> None:
        super().__init__()
        self.software = software  # as its NodeInfo says; "" where it has none
        self.version, self.actor = version, ""  # where the actor of this name lives, if not here
        self.scopes, self.api, self.longest = SCOPES if scopes is None else scopes, api, longest
        self.codes: dict[str, dict[str, str]] = {}
        self.apps: dict[str, dict[str, Any]] = {}
        self.tokens: set[str] = set()
        self.statuses: dict[str, dict[str, Any]] = {}
        self.elsewhere: dict[str, str] = {}  # uri of a post of another server: by which number it is known here
        self.keys: dict[str, str] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.working_on_media = 0  # times that a picture is not ready yet
        self.tells_sources = True
        self.deeds: list[tuple[str, str]] = []
        self.marks: set[tuple[str, str]] = set()
        self.refuses_same: Said | None = None  # the answer to what changes nothing, where it is refused
        self.numbers = itertools.count(100)

    def yes(self, url: str) -> dict[str, str]:
        """The person says yes; with what they come back."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["redirect_uri"] == self.apps[asked["client_id"]]["redirect_uris"]
        assert set(asked["scope"].split()) <= set(self.apps[asked["client_id"]]["scopes"].split())
        code = f"code-{next(self.numbers)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def no(self, url: str) -> dict[str, str]:
        asked = dict(parse_qsl(urlsplit(url).query))
        return {"error": "access_denied", "error_description": "The resource owner denied the request.", "state": asked["state"]}

    def answer(self, asked: Asked) -> Said:
        open_ways: dict[tuple[str, str], Way] = {
            ("GET", "/.well-known/webfinger"): self.finger,
            ("GET", "/.well-known/oauth-authorization-server"): self.offers,
            ("GET", "/api/v2/instance"): self.instance,
            ("GET", "/.well-known/nodeinfo"): self.nodeinfo,
            ("GET", "/nodeinfo/2.0"): self.nodeinfo,
            ("POST", "/api/v1/apps"): self.register,
            ("POST", "/oauth/token"): self.token,
            ("POST", "/oauth/revoke"): self.revoke,
        }
        if way := open_ways.get((asked.method, asked.path)):
            return way(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Said(401, {"error": "The access token was revoked"})
        return self.as_hettie(asked)

    def as_hettie(self, asked: Asked) -> Said:
        parts = asked.path.strip("/").split("/")[2:]
        match (asked.method, *parts):
            case ("GET", "accounts", "verify_credentials"):
                return Said(200, self.account())
            case ("GET", "accounts", "7", "statuses"):
                return Said(200, list(reversed(self.statuses.values())))
            case ("POST", "statuses"):
                return self.post(asked)
            case ("GET", "search"):
                number = self.elsewhere.get(asked.query["q"])
                return Said(200, {"statuses": [{"id": number, "uri": asked.query["q"]}] if number else []})
            case ("POST", "media"):
                return self.take(asked)
            case ("GET", "media", number):
                self.working_on_media -= 1
                return Said(206 if self.working_on_media > 0 else 200, self.media[number])
            case (_, "statuses", number, *deed):
                return self.act(asked, number, deed[0] if deed else "")
        return NOT_FOUND

    def act(self, asked: Asked, number: str, deed: str) -> Said:
        status = self.statuses.get(number)
        if status is None and number not in self.elsewhere.values():
            return NOT_FOUND
        if deed in ("reblog", "favourite", "unreblog", "unfavourite"):
            return self.mark(number, deed)
        if status is None:
            return Said(
                200, {"id": number, "favourited": (number, "favourite") in self.marks, "reblogged": (number, "reblog") in self.marks}
            )
        if deed == "source" and self.tells_sources:
            return Said(200, {"id": number, "text": status["source"], "spoiler_text": status["spoiler_text"]})
        if deed:
            return NOT_FOUND
        if asked.method == "DELETE":
            return Said(200, self.statuses.pop(number))
        if asked.method == "PUT":
            words = self.words(asked.told)
            if self.refuses_same and all(status[name] == each for name, each in words.items()):
                return self.refuses_same
            status |= words | {"edited_at": "2038-11-24T10:00:00.000Z"}
        return Said(200, status)

    def mark(self, number: str, deed: str) -> Said:
        is_on, mark = not deed.startswith("un"), (number, deed.removeprefix("un"))
        if self.refuses_same and is_on == (mark in self.marks):
            return self.refuses_same
        (self.marks.add if is_on else self.marks.discard)(mark)
        self.deeds.append((deed, number))
        return Said(200, {"id": number})

    def finger(self, asked: Asked) -> Said:
        link = {"rel": "self", "type": "application/activity+json", "href": self.actor or f"{self.url}/users/hettie"}
        return Said(200, {"subject": asked.query["resource"], "links": [link]}) if "hettie@" in asked.query["resource"] else NOT_FOUND

    def offers(self, asked: Asked) -> Said:
        return Said(200, {"scopes_supported": self.scopes, "code_challenge_methods_supported": ["S256"]}) if self.scopes else NOT_FOUND

    def instance(self, asked: Asked) -> Said:
        statuses = {"max_characters": self.longest, "max_media_attachments": 4, "characters_reserved_per_url": 23}
        told = {"domain": self.url.partition("://")[2], "title": "Stiles", "version": self.version, "api_versions": {"mastodon": self.api}}
        return Said(200, {**told, "configuration": {"statuses": statuses, "media_attachments": {"image_size_limit": 60_000}}})

    def nodeinfo(self, asked: Asked) -> Said:
        if not self.software:
            return NOT_FOUND
        links = [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": f"{self.url}/nodeinfo/2.0"}]
        told = {"version": "2.0", "software": {"name": self.software, "version": self.version}}
        return Said(200, told if asked.path == "/nodeinfo/2.0" else {"links": links})

    def counted(self, told: dict[str, Any]) -> int:
        """As this software validates a status."""
        text, warning = told["status"], told.get("spoiler_text", "")
        if self.software == "gotosocial":
            return len(text) + len(warning)
        text = re.sub(r"https?://\S*\w", "x" * 23, text)
        text = re.sub(r"(?<![\w/])@(\w+)@[\w.]*\w", r"@\1", text)
        return sum(1 for _ in graphemes(warning + text))

    def register(self, asked: Asked) -> Said:
        name = f"app-{next(self.numbers)}"
        self.apps[name] = {**asked.told, "client_secret": f"secret-of-{name}"}
        return Said(200, {"client_id": name, "client_secret": f"secret-of-{name}"})

    def token(self, asked: Asked) -> Said:
        told = asked.told
        begun = self.codes.pop(told["code"], None)
        proved = base64.urlsafe_b64encode(hashlib.sha256(told.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if not begun or told["client_secret"] != f"secret-of-{begun['client_id']}" or begun.get("code_challenge", proved) != proved:
            return Said(400, {"error": "invalid_grant", "error_description": "The provided authorization grant is invalid or expired."})
        token = f"token-{next(self.numbers)}"
        self.tokens.add(token)
        return Said(200, {"access_token": token, "token_type": "Bearer", "scope": begun["scope"]})

    def revoke(self, asked: Asked) -> Said:
        self.tokens.discard(asked.told["token"])
        return Said(200, {})

    def account(self) -> dict[str, Any]:
        told = {"id": "7", "username": "hettie", "acct": "hettie", "display_name": "Hettie Moule", "note": ""}
        return {**told, "uri": f"{self.url}/users/hettie", "url": f"{self.url}/@hettie"}

    def post(self, asked: Asked) -> Said:
        key = asked.headers.get("idempotency-key", "")
        if key in self.keys:
            return Said(200, self.statuses[self.keys[key]])
        told, number = asked.told, str(next(self.numbers))
        if self.counted(told) > self.longest:
            return Said(422, {"error": f"Validation failed: Text character limit of {self.longest} exceeded"})
        self.keys[key] = number
        self.statuses[number] = {
            "id": number,
            "uri": f"{self.url}/users/hettie/statuses/{number}",
            "url": f"{self.url}/@hettie/{number}",
            "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "visibility": told.get("visibility", "public"),
            "language": told.get("language"),
            "in_reply_to_id": told.get("in_reply_to_id"),
            "quoted": told.get("quoted_status_id"),
            "account": self.account(),
            **self.words(told),
        }
        return Said(200, self.statuses[number])

    def notified(self, handle: str) -> list[str]:
        """The texts of the statuses that mention this account, the oldest first: what a server tells it of, whatever they answer."""
        return [each["source"] for each in self.statuses.values() if handle in self.mentioned(each)]

    def seen_by(self, handle: str) -> list[str]:
        """What an account may see that doesn't follow ours."""
        shown = ("public", "unlisted")
        return [each["source"] for each in self.statuses.values() if each["visibility"] in shown or handle in self.mentioned(each)]

    def mentioned(self, status: dict[str, Any]) -> set[str]:
        """As ProcessMentionsService finds them: in the words alone, and without a server those who are at home here."""
        home = self.url.partition("://")[2]
        return {name if "@" in name else f"{name}@{home}" for name in MENTION.findall(status["source"])}

    def words(self, told: dict[str, Any]) -> dict[str, Any]:
        media = [self.media[each] for each in told.get("media_ids", ())]
        words = {"content": f"<p>{told['status']}</p>", "source": told["status"], "spoiler_text": told.get("spoiler_text", "")}
        return words | {"media_attachments": media}

    def take(self, asked: Asked) -> Said:
        number = str(next(self.numbers))
        alt = asked.body.partition(b'name="description"\r\n\r\n')[2].partition(b"\r\n")[0].decode()
        self.media[number] = {"id": number, "type": "image", "url": f"{self.url}/media/{number}.jpg", "description": alt}
        self.media[number] |= {"size": len(asked.body)}
        return Said(202 if self.working_on_media else 200, self.media[number])
