"""Settings > Connections: accounts of ours are connected, looked after, and let go; what lets us in shows nowhere."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from homespun.conversations.actions import own, renewing
from homespun.conversations.actions.asking import client_for, speaker
from homespun.conversations.actions.connecting import PATIENCE, check_all
from homespun.conversations.actions.outgoing import decide, retry
from homespun.conversations.actions.sending import send
from homespun.conversations.models import Connection, Listening, Outgoing, Post, Source
from homespun.core.door import door
from homespun.core.models import AuditEntry
from homespun.core.security import sealing
from homespun.networks import NetworkError
from homespun.networks import said as sentence
from homespun.networks.protocols import Words
from homespun.people.models import Account
from homespun.users.models import Role
from tests.conversations.connecting import (
    ANSWER,
    BY_PASSWORD,
    PAGE,
    begun,
    blue,
    come_back,
    connect,
    connect_blue,
    home,
    house,
    listed,
    name,
    owner,
    soup,
)
from tests.networks.homes.answering import open_to_all
from tests.networks.homes.atproto import DID, HANDLE, Atproto
from tests.networks.homes.mastodon import Mastodon
from tests.users.cast import sandor, vita

__all__ = ["blue", "home", "house", "owner"]  # fixtures
pytestmark = pytest.mark.django_db


def test_page_without_connections_says_what_they_are_for(owner: Client) -> None:
    page = soup(owner.get(PAGE).content)
    assert page.select("main .hint")[0].get_text().startswith("Your connected accounts will appear here.")
    assert [each["name"] for each in page.select("main form input[type=text]")] == ["mastodon-who", "bluesky-who"]


@pytest.mark.parametrize("page", [PAGE, "/desk/settings/listening/"])
def test_page_says_where_other_servers_cannot_reach_this_site(owner: Client, settings: Settings, page: str) -> None:
    settings.HOMESPUN_URL = "http://127.0.0.1:8000"
    (notice,) = soup(owner.get(page).content).select("main .notice p")
    assert notice.get_text().strip().startswith("Other servers can't reach this site, because its address is local")
    settings.HOMESPUN_URL = "https://stories.example"
    assert soup(owner.get(page).content).select("main .notice") == []


def test_page_is_for_those_who_settle_things(client: Client) -> None:
    vita(None)
    client.force_login(sandor(None, role=Role.EDITOR))
    assert [client.get(each).status_code for each in (PAGE, BY_PASSWORD, ANSWER)] == [404, 404, 404]
    assert client.post(f"{PAGE}1/disconnection/").status_code == 404


def test_person_is_shown_what_is_asked_for_before_they_leave(owner: Client, home: Mastodon) -> None:
    page = soup(owner.post(PAGE, {"network": "mastodon", "mastodon-who": name(home)}).content)
    asked = [each.get_text() for each in page.select("main .health span:last-child")]
    assert len(asked) == 8
    assert {"see who has blocked it, and leave them alone", "post, edit, delete and boost"} - set(asked) == set()
    (link,) = page.select("main a.button--ink")
    assert (str(link["href"]).startswith(f"{home.url}/oauth/authorize?"), link["rel"]) == (True, ["noreferrer"])


def test_account_on_mastodon_is_connected(owner: Client, home: Mastodon) -> None:
    assert f"{name(home)} is connected." in come_back(owner, home.yes(begun(owner, "mastodon", name(home))))
    row = Connection.objects.get()
    assert (row.account.uri, row.account.is_own, row.server, row.state) == (f"{home.url}/users/hettie", True, home.url, "working")
    assert row.connected_by is not None and row.connected_by.name == "Vita Halloran"
    assert (row.limits["longest"], row.limits["pictures"]) == (500, 4)
    assert listed(owner)[0].startswith("Connected. Last worked")
    assert sorted(Listening.objects.values_list("address", flat=True)) == [name(home), "mentions"]
    entry = AuditEntry.objects.get(verb="connection.connect")
    assert (entry.subject, entry.details) == (f"connection:{row.pk}", {"account": row.account.uri})


@pytest.mark.parametrize("path", ["/@hettie", "/users/hettie/"])
def test_account_on_mastodon_is_connected_by_the_address_of_its_page(owner: Client, home: Mastodon, path: str) -> None:
    come_back(owner, home.yes(begun(owner, "mastodon", f"{home.url}{path}")))
    assert Connection.objects.get().account.uri == f"{home.url}/users/hettie"


def test_account_on_bluesky_is_connected_by_oauth(owner: Client, blue: Atproto) -> None:
    url = begun(owner, "bluesky", f"@{HANDLE}")
    assert f"@{HANDLE} is connected." in come_back(owner, blue.yes(url))
    row = Connection.objects.get()
    assert (row.account.uri, row.scopes, sealing.opened(row.secret)["kind"]) == (DID, "atproto transition:generic", "oauth")


def test_account_on_bluesky_is_connected_by_an_app_password(owner: Client, blue: Atproto) -> None:
    row = connect_blue(owner)
    assert (row.account.handle, row.account.is_own, row.state) == (HANDLE, True, "working")
    assert listed(owner)[0].endswith("May read, post, delete, repost and like; may not read its messages.")


def test_wrong_app_password_is_said_so_and_connects_nothing(owner: Client, blue: Atproto) -> None:
    page = soup(owner.post(BY_PASSWORD, {"who": HANDLE, "password": "wrong"}).content)
    assert "does not know that app password for this account" in page.get_text()
    assert "wrong" not in str(page.select_one("main"))
    assert Connection.objects.count() == 0


def test_several_accounts_of_one_network_stand_beside_each_other(owner: Client, home: Mastodon) -> None:
    connect(owner, home)
    with open_to_all(Mastodon()) as other:
        come_back(owner, other.yes(begun(owner, "mastodon", name(other))))
    assert Connection.objects.count() == len(listed(owner)) == 2


@pytest.mark.parametrize("many", [1, 3])
def test_page_asks_the_database_as_often_for_many(owner: Client, many: int, django_assert_num_queries: object) -> None:
    for number in range(many):
        row = Account.objects.create(uri=f"https://far.example/users/{number}", network="mastodon", handle=f"u{number}@far.example")
        Connection.objects.create(network="mastodon", server="https://far.example", account=row, secret="", connected=timezone.now())
    owner.get(PAGE)
    with django_assert_num_queries(5):  # type: ignore[operator]
        owner.get(PAGE)


def test_person_who_says_no_is_told_so(owner: Client, home: Mastodon) -> None:
    assert "You didn’t give permission on" in come_back(owner, home.no(begun(owner, "mastodon", name(home))))
    assert Connection.objects.count() == 0


def test_answer_that_nobody_began_connects_nothing(owner: Client, home: Mastodon) -> None:
    back = home.yes(begun(owner, "mastodon", name(home)))
    assert "Start again." in come_back(owner, back | {"state": "made-up"})
    stranger = Client()
    stranger.force_login(sandor(None))
    assert "Start again." in come_back(stranger, back)
    assert Connection.objects.count() == 0


def test_answer_counts_once(owner: Client, home: Mastodon) -> None:
    back = home.yes(begun(owner, "mastodon", name(home)))
    come_back(owner, back)
    assert "Start again." in come_back(owner, back)


def test_answer_that_comes_too_late_connects_nothing(owner: Client, home: Mastodon, monkeypatch: pytest.MonkeyPatch) -> None:
    back = home.yes(begun(owner, "mastodon", name(home)))
    monkeypatch.setattr("homespun.conversations.actions.connecting.PATIENCE", -PATIENCE)
    assert "Start again." in come_back(owner, back)
    assert Connection.objects.count() == 0


@pytest.mark.parametrize(
    ("network", "who", "why"),
    [
        ("mastodon", "hettie", "“hettie” names no server. Write it as @name@server."),
        ("bluesky", "hettie", "“hettie” is no name of a Bluesky account. Write it as name.bsky.social."),
        ("mastodon", "@hettie@127.0.0.2:1", "That address is not one of the open web, so it is not asked."),
    ],
)
def test_what_cannot_be_connected_is_said_beside_its_field(owner: Client, blue: Atproto, network: str, who: str, why: str) -> None:
    page = soup(owner.post(PAGE, {"network": network, f"{network}-who": who}).content)
    assert why in page.select_one(f"#id_{network}-who_error").get_text()  # type: ignore[union-attr]
    assert page.select_one(f"#id_{network}-who")["value"] == who  # type: ignore[index]


def test_account_that_is_disconnected_is_forgotten_on_both_sides(owner: Client, home: Mastodon) -> None:
    row = connect(owner, home)
    told = owner.post(f"{PAGE}{row.pk}/disconnection/", follow=True).content.decode()
    row.refresh_from_db()
    assert "is disconnected, and what let Homespun in is forgotten." in told
    assert (row.state, row.secret, home.tokens, listed(owner)) == ("ended", "", set(), [])
    assert set(Listening.objects.values_list("due", flat=True)) == {None}
    assert row.account.is_own is True
    assert AuditEntry.objects.filter(verb="connection.disconnect").count() == 1


def test_server_that_cannot_be_told_is_named(owner: Client, home: Mastodon) -> None:
    row = connect(owner, home)
    home.fails.append(("/oauth/revoke", 503))
    told = owner.post(f"{PAGE}{row.pk}/disconnection/", follow=True).content.decode()
    row.refresh_from_db()
    assert "could not be told: take the permission back there, too." in told
    assert (row.state, row.secret) == ("ended", "")


def test_what_waits_to_be_sent_is_kept_and_can_be_sent_once_it_is_connected_again(owner: Client, home: Mastodon) -> None:
    row, now = connect(owner, home), timezone.now()
    (waits,) = decide(by=None, now=now, key="k", connection=row, texts=["Both stiles."], due=now + timedelta(days=1))
    assert "1 post in the outbox won’t be sent." in soup(owner.get(PAGE).content).get_text()
    owner.post(f"{PAGE}{row.pk}/disconnection/")
    waits.refresh_from_db()
    assert (waits.state, waits.text, waits.trouble) == ("failed", "Both stiles.", "The account was disconnected before this was sent.")
    again = connect(owner, home)
    assert again.pk == row.pk
    retry(by=None, now=now, outgoing=waits)
    assert send(outgoing=waits.pk, now=now, speaker=lambda each: speaker(each, door())).state == "sent"
    assert [each["source"] for each in home.statuses.values()] == ["Both stiles."]


def test_archive_that_is_taken_out_leaves_a_connected_account_ours(owner: Client, home: Mastodon) -> None:
    row = connect(owner, home)
    Source.objects.filter(account=row.account).delete()
    own.unmark_unless_ours(row.account_id)
    assert Account.objects.get(pk=row.account_id).is_own is True


def test_token_that_was_taken_back_breaks_the_connection_and_says_so(owner: Client, home: Mastodon) -> None:
    row = connect(owner, home)
    home.tokens.clear()
    with pytest.raises(NetworkError):
        speaker(row, door()).post(Words("k", "Both stiles."))
    row.refresh_from_db()
    host = home.url.partition("://")[2]
    assert (row.state, row.trouble) == (
        "broken",
        f"{host} no longer lets us act for this account: the permission was taken back, or has run out.",
    )
    assert listed(owner)[0].startswith(f"Signed out. {row.trouble} Connect it again")
    (form,) = soup(owner.get(PAGE).content).select("main .setting form[action='/desk/settings/connections/']")
    typed = {each["name"]: each["value"] for each in form.select("input") if each["name"] != "csrfmiddlewaretoken"}
    come_back(owner, home.yes(begun(owner, str(typed["network"]), str(typed["mastodon-who"]))))
    row.refresh_from_db()
    assert (row.state, row.trouble, Connection.objects.count()) == ("working", "", 1)


def test_broken_or_ended_connection_asks_nobody(owner: Client, home: Mastodon) -> None:
    row = connect(owner, home)
    for state in (Connection.State.BROKEN, Connection.State.ENDED):
        row.state = state
        for way in (speaker, client_for):
            with pytest.raises(NetworkError, match="has to be connected again under Settings"):
                way(row, door())


def test_connection_is_looked_after_by_itself(owner: Client, home: Mastodon, blue: Atproto) -> None:
    rows, later = [connect(owner, home), connect_blue(owner)], timezone.now() + timedelta(days=1)
    home.longest = 5000
    blue.tokens.clear()
    check_all(now=later, door=door())
    for row in rows:
        row.refresh_from_db()
    assert ([row.worked for row in rows], rows[0].limits["longest"], blue.renewals) == ([later, later], 5000, 1)
    home.tokens.clear()
    check_all(now=later, door=door())
    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].trouble) == ("broken", f"{home.url.partition('://')[2]} {REVOKED}")


REVOKED = "no longer lets us act for this account: the permission was taken back, or has run out."


def test_server_that_is_away_breaks_no_connection(owner: Client, home: Mastodon) -> None:
    row = connect(owner, home)
    home.fails.append(("verify_credentials", 503))
    check_all(now=timezone.now(), door=door())
    row.refresh_from_db()
    assert (row.state, row.trouble) == ("working", f"{home.url.partition('://')[2]} cannot do it now: made to fail")
    assert listed(owner)[0].startswith(f"Connection problem. {row.trouble} Homespun will try again.")
    check_all(now=timezone.now(), door=door())
    assert listed(owner)[0].startswith("Connected.")


def test_server_that_answers_for_another_account_changes_nothing(owner: Client, home: Mastodon) -> None:
    row = connect(owner, home)
    home.account = lambda: {"id": "8", "username": "vita", "acct": "vita", "uri": f"{home.url}/users/vita"}  # type: ignore[method-assign]
    check_all(now=timezone.now() + timedelta(days=1), door=door())
    held = Account.objects.get(pk=row.account_id)
    assert held.handle == row.account.handle


def test_late_answer_about_an_older_token_does_not_break_a_new_connection(owner: Client, home: Mastodon) -> None:
    before = connect(owner, home)
    connect(owner, home)
    renewing.lost(connection=before, trouble=sentence("Gone."), now=timezone.now())
    assert Connection.objects.get().state == "working"


def test_client_metadata_says_who_we_are_and_only_where_there_is_a_key(client: Client, settings: Settings) -> None:
    vita(None)
    settings.HOMESPUN_URL = "https://loaf.example"
    assert client.get("/oauth/client-metadata.json").status_code == 404
    sealing.make_key()
    answer = client.get("/oauth/client-metadata.json")
    told = answer.json()
    assert (told["client_id"], told["client_name"]) == ("https://loaf.example/oauth/client-metadata.json", "The Quarter Loaf")
    assert told["redirect_uris"] == [f"https://loaf.example{ANSWER}", "https://loaf.example/listening/requests/answer/"]
    assert sorted(told["jwks"]["keys"][0]) == ["alg", "crv", "kid", "kty", "use", "x", "y"]
    assert client.get("/oauth/client-metadata.json").json() == told


def test_post_through_a_connection_stands_in_our_conversations(owner: Client, home: Mastodon) -> None:
    row, now = connect(owner, home), timezone.now()
    (post,) = decide(by=None, now=now, key="k", connection=row, texts=["Both stiles."])
    sent = send(outgoing=post.pk, now=now, speaker=lambda each: speaker(each, door()))
    held = Post.objects.get(uri=sent.uri)
    assert (sent.state, held.text, held.author_id, Outgoing.objects.count()) == ("sent", "Both stiles.", row.account_id, 1)


def test_page_of_the_network_is_remembered_by_its_state_alone(owner: Client, home: Mastodon) -> None:
    for _ in range(7):
        url = begun(owner, "mastodon", name(home))
    kept = owner.session["connecting"]
    assert (len(kept), dict(parse_qsl(urlsplit(url).query))["state"] in kept) == (5, True)
