"""Every address of the product, and who may reach it. A new address fails here until it stands in the table."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import lxml.html
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from pytest_django.fixtures import Settings

from homespun.conversations.models import Conversation
from homespun.core.models import Site
from homespun.stories import actions
from homespun.users.access import may_call
from homespun.users.models import Role, User
from tests.house.test_stranger import addresses
from tests.stories import factories

pytestmark = pytest.mark.django_db

OFFERS = {"href": "GET", "action": "", "formaction": "POST", "hx-get": "GET", "hx-post": "POST"}
LEAST = ["stranger", "contributor", "editor", "owner"]
# Who may look at it, and who may change something with it: the role named and those behind it in `LEAST`.
TABLE = {
    "account_login": ("stranger", "stranger"),
    "account_reset_password": ("stranger", "stranger"),
    "account_reset_password_done": ("stranger", "stranger"),
    "account_reset_password_from_key": ("stranger", "stranger"),
    "backups:deletion": ("owner", "owner"),
    "backups:download": ("owner", "owner"),
    "backups:list": ("owner", "owner"),
    "backups:plan": ("owner", "owner"),
    "backups:runs": ("owner", "owner"),
    "client-metadata": ("stranger", "stranger"),
    "conversations:add": ("editor", "editor"),
    "conversations:archives": ("editor", "editor"),
    "conversations:at": ("contributor", "contributor"),
    "conversations:bring": ("editor", "editor"),
    "conversations:bring-from-inbox": ("editor", "editor"),
    "conversations:cancel": ("editor", "editor"),
    "conversations:completion": ("contributor", "editor"),
    "conversations:connection-answer": ("owner", "owner"),
    "conversations:connection-app-password": ("owner", "owner"),
    "conversations:connections": ("owner", "owner"),
    "conversations:conversation": ("contributor", "contributor"),
    "conversations:deletion": ("editor", "editor"),
    "conversations:discard": ("editor", "editor"),
    "conversations:disconnection": ("owner", "owner"),
    "conversations:edit": ("editor", "editor"),
    "conversations:go-on": ("editor", "editor"),
    "conversations:let-go": ("editor", "editor"),
    "conversations:like": ("editor", "editor"),
    "conversations:list": ("contributor", "contributor"),
    "conversations:listening": ("editor", "editor"),
    "conversations:listening-end": ("editor", "editor"),
    "conversations:listening-go-on": ("editor", "editor"),
    "conversations:listening-pause": ("editor", "editor"),
    "conversations:mention-assignment": ("contributor", "contributor"),
    "conversations:mention-done": ("contributor", "contributor"),
    "conversations:mention-waiting": ("contributor", "contributor"),
    "conversations:outgoing": ("contributor", "contributor"),
    "conversations:outgoing-retry": ("owner", "owner"),
    "conversations:parts": ("contributor", "contributor"),
    "conversations:put-off": ("editor", "editor"),
    "conversations:recognised": ("editor", "editor"),
    "conversations:remove": ("editor", "editor"),
    "conversations:repost": ("editor", "editor"),
    "conversations:run": ("editor", "editor"),
    "conversations:sample": ("editor", "editor"),
    "conversations:send-again": ("editor", "editor"),
    "conversations:sending": ("contributor", "contributor"),
    "conversations:take-back": ("contributor", "contributor"),
    "conversations:task-retry": ("owner", "owner"),
    "conversations:unlike": ("editor", "editor"),
    "conversations:unrepost": ("editor", "editor"),
    "conversations:upload": ("editor", "editor"),
    "conversations:uploads": ("editor", "editor"),
    "conversations:visit": ("contributor", "contributor"),
    "conversations:work": ("owner", "owner"),
    "conversations:write": ("contributor", "contributor"),
    "core:health": ("stranger", "stranger"),
    "core:media": ("contributor", "contributor"),
    "core:public_film": ("stranger", "stranger"),
    "core:public_media": ("stranger", "stranger"),
    "desk:components": ("contributor", "contributor"),
    "desk:opt-out-confirmation": ("editor", "editor"),
    "desk:opt-out-dismissal": ("editor", "editor"),
    "desk:opt-out-undoing": ("editor", "editor"),
    "desk:opt-outs": ("editor", "editor"),
    "desk:remove-sample": ("editor", "editor"),
    "desk:tell-sample": ("contributor", "contributor"),
    "desk:today": ("contributor", "contributor"),
    "public:about": ("stranger", "stranger"),
    "public:actor": ("stranger", "stranger"),
    "public:feed": ("stranger", "stranger"),
    "public:finger": ("stranger", "stranger"),
    "public:home": ("stranger", "stranger"),
    "public:listening": ("stranger", "stranger"),
    "public:opt-out-answer": ("stranger", "stranger"),
    "public:opt-out-check": ("stranger", "stranger"),
    "public:opt-out-request": ("stranger", "stranger"),
    "public:opt-out-requests": ("stranger", "stranger"),
    "public:opt-out-sign-in": ("stranger", "stranger"),
    "public:source": ("stranger", "stranger"),
    "public:story": ("stranger", "stranger"),
    "public:tag": ("stranger", "stranger"),
    "stories:adding": ("contributor", "contributor"),
    "stories:bases": ("editor", "editor"),
    "stories:cover": ("contributor", "contributor"),
    "stories:create": ("contributor", "contributor"),
    "stories:deletion": ("contributor", "contributor"),
    "stories:deletions": ("contributor", "contributor"),
    "stories:editor": ("contributor", "contributor"),
    "stories:export": ("editor", "editor"),
    "stories:head": ("contributor", "contributor"),
    "stories:item": ("contributor", "contributor"),
    "stories:item_deletion": ("contributor", "contributor"),
    "stories:items": ("contributor", "contributor"),
    "stories:list": ("contributor", "contributor"),
    "stories:panel": ("contributor", "contributor"),
    "stories:position": ("contributor", "contributor"),
    "stories:posts": ("contributor", "contributor"),
    "stories:preview": ("contributor", "contributor"),
    "stories:publication": ("editor", "editor"),
    "stories:publish": ("contributor", "contributor"),
    "stories:reading": ("contributor", "contributor"),
    "stories:studio": ("contributor", "contributor"),
    "stories:version": ("contributor", "contributor"),
    "users:claim": ("stranger", "stranger"),
    "users:forgotten": ("stranger", "stranger"),
    "users:invitations": ("owner", "owner"),
    "users:join": ("stranger", "stranger"),
    "users:letter-sent": ("stranger", "stranger"),
    "users:new-password": ("stranger", "stranger"),
    "users:password-link": ("owner", "owner"),
    "users:removal": ("owner", "owner"),
    "users:settings": ("contributor", "owner"),
    "users:sign-in": ("stranger", "stranger"),
    "users:sign-out": ("contributor", "contributor"),
    "users:team": ("contributor", "contributor"),
    "users:withdrawal": ("owner", "owner"),
    "users:you": ("contributor", "contributor"),
}


def patterns(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            assert isinstance(entry, URLPattern)
            yield f"{space}{entry.name or entry.lookup_str}", entry


def reached(view: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A view that only says that it was called, with all that the real one declares."""

    def stub(request: HttpRequest, **_arguments: object) -> HttpResponse:
        return HttpResponse(f"reached {name}")

    stub.__dict__.update(view.__dict__)
    return stub


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, pattern in patterns():
        monkeypatch.setattr(pattern, "callback", reached(pattern.callback, name))


def signed_in(role: str, settings: Settings) -> Client:
    client = Client()
    if role != "stranger":
        user, _made = User.objects.get_or_create(email=f"{role}@loaf.example", defaults={"name": role, "role": role})
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def lets_in(client: Client, method: str, path: str) -> bool:
    response = client.generic(method, path)
    if response.status_code == 200:
        return response.content.startswith(b"reached ")
    if response.status_code == 302:
        assert response.headers["Location"].startswith("/sign-in/?next=")
    else:
        assert response.status_code == 404
    return False


def least(method: str, settings: Settings) -> dict[str, str]:
    """By address the first role that gets in; the others behind it must, too."""
    answers = {}
    for role in LEAST:
        client = signed_in(role, settings)
        answers[role] = {name for name, path in addresses() if lets_in(client, method, path)}
    for lower, higher in pairwise(LEAST):
        assert answers[lower] - answers[higher] == set()
    return {name: next((role for role in LEAST if name in answers[role]), "nobody") for name, _path in addresses()}


def test_every_address_states_who_may_reach_it(stubs: None, settings: Settings) -> None:
    Site.objects.create(pk=1, name="The Quarter Loaf")
    reading, writing = least("GET", settings), least("POST", settings)
    assert {name: (reading[name], writing[name]) for name in reading} == TABLE


def test_roles_are_the_ones_in_the_table() -> None:
    assert set(Role.values) == set(LEAST) - {"stranger"}


@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_pages_offer_nothing_that_the_role_may_not_do(role: str, settings: Settings) -> None:
    client = signed_in(role, settings)
    story = factories.told()
    actions.publish(story=story, by=factories.vita(), now=factories.NOW)
    conversation = Conversation.objects.get()
    told = f"/desk/stories/{story.slug}/"
    pages = [told, f"{told}publish/", "/desk/", "/desk/conversations/", f"/desk/conversations/{conversation.pk}/", "/desk/outgoing/"]
    pages += ["/desk/stories/", "/desk/settings/team/", "/desk/settings/you/"]
    offered = {(method, path) for page in pages for method, path in offers(client.get(page).content)}
    assert len(offered) > 20
    assert sorted((method, path) for method, path in offered if not is_allowed(client, method, path)) == []


def offers(page: bytes) -> Iterator[tuple[str, str]]:
    """The addresses of our own that a page links to, posts to, or fetches."""
    for element in lxml.html.fromstring(page).iter():
        for name, method in OFFERS.items():
            value = str(element.get(name, ""))
            if name == "action":
                method = str(element.get("method", "get")).upper()
            if value.startswith("/desk/"):
                yield method, value.partition("#")[0].partition("?")[0]


def is_allowed(client: Client, method: str, path: str) -> bool:
    return may_call(User.objects.get(pk=client.session["_auth_user_id"]), method, resolve(path).func)


def test_contributor_takes_no_story_away_as_a_file_and_records_no_basis(settings: Settings) -> None:
    story, client = factories.told(), signed_in("contributor", settings)
    item = story.items.exclude(post_uri="").first()
    assert item is not None
    asked = {"item": str(item.pk), "basis": "organisation", "form": "x"}
    assert [client.get(f"/desk/stories/{story.slug}/export/{kind}/").status_code for kind in ("html", "markdown", "json")] == [404] * 3
    assert client.post(f"/desk/stories/{story.slug}/bases/", asked).status_code == 404
    item.refresh_from_db()
    assert item.basis == "agreed"
    assert signed_in("editor", settings).get(f"/desk/stories/{story.slug}/export/json/").status_code == 200
