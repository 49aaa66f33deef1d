"""A stranger walks every address of the product. What they may open is a list that stands here, and nothing else."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern
from pytest_django.fixtures import Settings

from homespun.core.models import Site
from homespun.users.models import User

pytestmark = pytest.mark.django_db

OPEN = {
    "public:home",
    "public:feed",
    "public:story",
    "public:tag",
    "public:about",
    "public:source",
    "public:actor",
    "public:finger",
    "public:listening",
    "public:opt-out-answer",
    "public:opt-out-check",
    "public:opt-out-request",
    "public:opt-out-requests",
    "public:opt-out-sign-in",
    "core:health",
    "core:public_film",
    "core:public_media",
    "client-metadata",
    "users:claim",
    "users:join",
    "users:sign-in",
    "users:forgotten",
    "users:letter-sent",
    "users:new-password",
    # The same pages under the names by which django-allauth looks for them.
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
}
CONVERTED = {"int": "1", "slug": "loaf-nine", "str": "made-up", "path": "made/up", "uuid": "00000000-0000-0000-0000-000000000000"}
NAMED = {"sha256": "0" * 64, "width": "480", "extension": "webp", "ending": "mp4", "uidb36": "1", "key": "made-up"}
ARGUMENT = re.compile(r"<(?:(\w+):)?\w+>")
GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def addresses(resolver: URLResolver | None = None, path: str = "/", space: str = "") -> Iterator[tuple[str, str]]:
    """Every named address with made-up arguments."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + filled(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            assert isinstance(entry, URLPattern)
            yield f"{space}{entry.name or entry.lookup_str}", here


def filled(pattern: object) -> str:
    if isinstance(pattern, RoutePattern):
        return ARGUMENT.sub(lambda found: CONVERTED[found[1] or "str"], str(pattern))
    assert isinstance(pattern, RegexPattern)
    return GROUP.sub(lambda found: NAMED[found[1]], str(pattern)).replace("\\", "").strip("^$")


def is_turned_away(client: Client, method: str, path: str) -> bool:
    response = client.generic(method, path)
    return response.status_code == 302 and response.headers["Location"].startswith("/sign-in/?next=")


@pytest.fixture
def house(transactional_db: None) -> None:
    Site.objects.create(pk=1, name="The Quarter Loaf")
    User.objects.create_user("vita@loaf.example", name="Vita Halloran")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_stranger_is_turned_away_from_all_but_the_public_pages(house: None, client: Client, method: str, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    opened = {name for name, path in addresses() if not is_turned_away(client, method, path)}
    assert opened == OPEN


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_stranger_learns_nothing_before_the_house_has_an_owner(db: None, client: Client, method: str, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    opened = {name for name, path in addresses() if not is_turned_away(client, method, path)}
    assert opened == OPEN


def test_walk_knows_every_address(client: Client) -> None:
    names = [name for name, _path in addresses()]
    assert len(names) == len(set(names))
    assert {"desk:today", "stories:studio", "core:media", "users:team"} - set(names) == set()
