"""Opt-out requests verified against real servers: by a message with the code, and by signing in."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from homespun.conversations.actions import connecting
from homespun.conversations.actions.listening import listen_to_own
from homespun.conversations.actions.opt_out_requests import request_opt_out, resolve
from homespun.conversations.actions.opt_outs import is_opted_out, is_paused
from homespun.conversations.actions.syncing import sync
from homespun.conversations.models import Connection, Listening, OptOutRequest, Post
from homespun.core.models import Site as SiteRow
from homespun.core.security import sealing
from homespun.people.models import Account
from homespun.public.views import opt_outs
from homespun.users.models import User
from tests.http import servers
from tests.http.servers import serving
from tests.peers.bluesky import Network, mention
from tests.peers.test_mastodon_api import PEOPLE, Site, site
from tests.peers.test_speaking import said_yes

__all__ = ["site"]
pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS = "/listening/requests/"


@pytest.fixture(autouse=True)
def data(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    sealing.make_key()
    SiteRow.objects.create(pk=1, name="Stile Wise")


def asked_again(row: Listening, door: Any) -> None:
    Listening.objects.filter(pk=row.pk).update(due=timezone.now())
    synced = sync(listening=row.pk, now=timezone.now(), door=door)
    assert synced is not None and synced.trouble == ""


def test_mention_with_the_code_on_bluesky_verifies_and_is_not_stored(bluesky: Network, settings: LazySettings) -> None:
    bluesky.tell(settings)
    us, customer = bluesky.person("optouts"), bluesky.person("leaver")
    hettie = User.objects.create_user("hettie@stilewise.example", name="Hettie Moule", joined=timezone.now())
    told = {"network": "bluesky", "typed": f"{us.name}.test", "password": f"{us.name}-password"}
    connection = connecting.connect_by_password(by=hettie, now=timezone.now(), door=bluesky.door, **told)
    mentions = Listening.objects.get(connection=connection, address="mentions")
    before = f"@{us.name}.test hello"
    customer.post(before, **mention(before, us))
    bluesky.settle()
    asked_again(mentions, bluesky.door)
    assert Post.objects.get().text == before
    made = request_opt_out(by=None, now=timezone.now(), typed=f"@{customer.name}.test")
    resolve(request=made.request, now=timezone.now(), door=bluesky.door)
    assert is_paused(customer.did)
    text = f"@{us.name}.test {made.code}"
    customer.post(text, **mention(text, us))
    bluesky.settle()
    asked_again(mentions, bluesky.door)
    assert is_opted_out(customer.did)
    assert [post.text for post in Post.objects.all()] == [before]
    assert list(Post.objects.all().quotable()) == []


def test_person_signs_in_at_their_own_bluesky_server_with_the_identity_scope_alone(
    bluesky: Network, browser: Browser, client: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bluesky.tell(settings)
    monkeypatch.setattr(opt_outs, "door", lambda: bluesky.door)
    settings.ACCOUNT_RATE_LIMITS = False
    person = bluesky.person("signsin")
    with serving(servers.page) as here:
        settings.HOMESPUN_URL = here.url
        page, url = begun(client, f"@{person.name}.test")
        back = said_yes(browser, url, f"{person.name}-password", f"**{REQUESTS}answer/?**")
    answer = client.get(f"{REQUESTS}answer/", back, follow=True)
    assert "You verified this opt-out on" in answer.content.decode()
    assert (is_opted_out(person.did), Connection.objects.count(), OptOutRequest.objects.get().sign_in) == (True, 0, "")
    assert client.get(page).status_code == 200


def begun(client: Client, who: str) -> tuple[str, str]:
    """The private page, and the address at the network to which it leads."""
    page = client.post(REQUESTS, {"who": who}).headers["Location"].removesuffix("#request")
    shown = client.post(f"{page}sign-in/").content.decode()
    assert 'rel="noreferrer"' in shown, shown
    url = httpx.URL(shown.partition('button--ink" href="')[2].partition('"')[0].replace("&amp;", "&"))
    return page, str(url)


def test_direct_message_with_the_code_on_mastodon_verifies_and_is_not_stored(site: Site) -> None:
    us = Account.objects.create(uri=f"{site.url}/@stilewise", network="mastodon", handle="stilewise", name="Us", is_own=True)
    connection = Connection.objects.create(
        network="mastodon", server=site.url, account=us, connected=timezone.now(), secret=sealing.seal({"token": PEOPLE["stilewise"]})
    )
    mentions, _own = listen_to_own(connection=connection, by=None, now=timezone.now())
    asked_again(mentions, site.door)
    before = Post.objects.count()
    made = request_opt_out(by=None, now=timezone.now(), typed=f"@edda@{site.url.partition('://')[2]}")
    OptOutRequest.objects.update(account_uri=f"{site.url}/@edda")  # this server has no actors, from which it would be read
    site.of("colm").status_post(f"@stilewise {made.code}", visibility="direct")
    asked_again(mentions, site.door)
    assert not is_opted_out(f"{site.url}/@edda")
    site.of("edda").status_post(f"@stilewise My code is {made.code}", visibility="direct")
    asked_again(mentions, site.door)
    assert is_opted_out(f"{site.url}/@edda")
    assert Post.objects.count() == before
