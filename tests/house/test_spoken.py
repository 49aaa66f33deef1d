"""Every page in a language that has no Latin letters: what still has some did not go through gettext."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from homespun.conversations.models import Conversation, MissingParent, Post, Run, Source
from homespun.core.models import Site
from homespun.networks import said
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account
from homespun.stories import actions
from homespun.users.models import User
from tests.house.test_stranger import addresses
from tests.house.test_words import WORD, Texts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
KEPT = re.compile(r"%\(\w+\)[sd.\d]*f?|%[sd]|<[^>]*>|&\w+;|{\w*}|https?://\S+")
LATIN = re.compile(r"[A-Za-z]")
GIVEN = {"vita", "loaf", "example", "https", "Homespun", "UTC"}  # an address of a person, how others begin, a name, a time zone
GIVEN |= {"Mastodon", "Bluesky"}  # names of networks
OWN_WORDS = re.compile(
    r'<select name="(?:language|time_zone)".*?</select>|<details class="licence">.*?</details>|http://testserver\S*', re.DOTALL
)  # whatever the language
MADE_UP = {"desk:components"}  # shows parts with words made up for it


def glyphs(message: str) -> str:
    """A message without Latin letters, its placeholders and tags as they were."""
    places = [(match.start(), match.end()) for match in KEPT.finditer(message)]
    kept = {at for start, end in places for at in range(start, end)}
    return "".join(sign if at in kept else LATIN.sub("ж", sign) for at, sign in enumerate(message))


@pytest.fixture
def glyph_language(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue: Any = translation._trans  # type: ignore[attr-defined]  # where all of Django's functions look
    monkeypatch.setattr(catalogue, "gettext", glyphs)
    monkeypatch.setattr(catalogue, "pgettext", lambda context, message: glyphs(message))
    monkeypatch.setattr(catalogue, "ngettext", lambda one, many, number: glyphs(one if number == 1 else many))
    monkeypatch.setattr(catalogue, "npgettext", lambda context, one, many, number: glyphs(one if number == 1 else many))


@pytest.fixture
def house(db: None) -> User:
    """A little of everything, under the keys that the walk makes up, in Greek."""
    Site.objects.create(pk=1, name="Άρτος")
    vita = User.objects.create_user("vita@loaf.example", name="Βίτα")
    us = Account.objects.create(uri="https://x.com/i/user/1", network="x", handle="άρτος", name="Άρτος", is_own=True)
    them = Account.objects.create(uri="https://x.com/i/user/2", network="x", handle="έλκε", name="Έλκε")
    conversation = Conversation.objects.create(pk=1, latest=2, posts=2, own=1, missing=1)
    for key, author in ((1, them), (2, us)):
        Post.objects.create(
            id=key, uri=f"https://x.com/i/status/{key}", network="x", author=author, published=NOW, text="λόγια", conversation=conversation,
            parent_id=key - 1 or None, place=Place.OWN, visibility=Visibility.PUBLIC,
        )  # fmt: skip
    MissingParent.objects.create(child_id=1, uri="https://x.com/i/status/9", author=them)
    source = Source.objects.create(pk=1, kind="x-archive", fingerprint="1", title="Έλκε", account=them, added=NOW, declared={"tweets": 9})
    unread = {"where": said("%(file)s, byte %(n)s", file="α", n=1).kept(), "why": said("It is empty.").kept()}
    counted = {"kind": "counted", "by": "tweets", "said": 9, "read": 2}
    gaps = [counted, {"kind": "month", "month": "2016-06", "said": 9, "read": 0}, {"kind": "shut", "what": "circle", "count": 2}]
    counts = {"read": 2, "new": 2, "parents_missing": 1, "recovered": {"like": 1}}
    run = {"source": source, "path": "/nowhere/α", "name": "α", "started": NOW, "counts": counts}
    Run.objects.create(pk=1, state=Run.State.DONE, gaps=gaps, unreadable=[unread], **run)
    Run.objects.create(pk=2, state=Run.State.RUNNING, **run)
    told = actions.create_story(title="Λόγος", conversation=conversation, by=vita, now=NOW)
    type(told).objects.filter(pk=told.pk).update(slug="loaf-nine")
    return vita


def unspoken(client: Client) -> Iterator[tuple[str, list[str]]]:
    for name, path in addresses():
        if name in MADE_UP:
            continue
        response = client.get(path)
        if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
            texts = Texts()
            texts.feed(OWN_WORDS.sub("", response.content.decode()))
            yield name, [word for text in texts.found for word in WORD.findall(text) if LATIN.match(word) and word not in GIVEN]


@pytest.mark.usefixtures("glyph_language")
def test_no_page_of_the_desk_speaks_english_by_itself(house: User, client: Client) -> None:
    client.force_login(house, backend="allauth.account.auth_backends.AuthenticationBackend")
    pages = dict(unspoken(client))
    assert {"desk:today", "conversations:conversation", "conversations:run", "stories:studio", "users:settings"} - set(pages) == set()
    assert {name: words for name, words in pages.items() if words} == {}


@pytest.mark.usefixtures("glyph_language")
def test_no_page_for_strangers_speaks_english_by_itself(house: User, client: Client) -> None:
    pages = dict(unspoken(client))
    assert {"public:home", "public:about", "users:sign-in", "users:forgotten"} - set(pages) == set()
    assert {name: words for name, words in pages.items() if words} == {}
