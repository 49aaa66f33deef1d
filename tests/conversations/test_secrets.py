"""What lets us in: sealed, renewed by one worker at a time, and shown nowhere."""

import json
import logging
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections as databases
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from homespun.conversations.actions import renewing
from homespun.conversations.actions.asking import speaker
from homespun.conversations.models import Connection
from homespun.core.door import door
from homespun.core.models import AuditEntry
from homespun.core.security import sealing
from homespun.networks import NetworkError
from homespun.networks import said as sentence
from homespun.networks.connecting import Secret
from homespun.networks.protocols import Words
from tests.conversations.connecting import (
    ANSWER,
    BY_PASSWORD,
    PAGE,
    begun,
    blue,
    connect_blue,
    home,
    house,
    listed,
    name,
    owner,
)
from tests.networks.homes.atproto import HANDLE, PASSWORD, Atproto
from tests.networks.homes.mastodon import Mastodon
from tests.users.cast import vita

__all__ = ["blue", "home", "house", "owner"]  # fixtures
pytestmark = pytest.mark.django_db


def test_secrets_without_their_key_are_to_be_given_again(owner: Client, blue: Atproto, settings: Settings) -> None:
    row = connect_blue(owner)
    (Path(settings.DATA) / sealing.KEY).unlink()
    with pytest.raises(NetworkError, match="has to be connected again"):
        speaker(row, door())
    assert listed(owner)[0].startswith("Signed out. The key that opens its token is not")
    assert connect_blue(owner).state == "working"
    speaker(Connection.objects.get(), door()).post(Words("k", "Both stiles."))
    assert len(blue.records) == 1


def test_key_is_made_once_however_many_need_it(settings: Settings) -> None:
    sealed: list[str] = []
    threads = [threading.Thread(target=lambda: sealed.append(sealing.seal({"token": "t"}))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [sealing.opened(each) for each in sealed] == [{"token": "t"}] * 8
    assert (Path(settings.DATA) / sealing.KEY).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in (Path(settings.DATA) / "secrets").iterdir()] == ["sealing-key"]


@pytest.mark.django_db(transaction=True)
def test_two_who_find_a_token_run_out_renew_it_once(client: Client, blue: Atproto) -> None:
    client.force_login(vita(None))
    row = connect_blue(client)
    blue.tokens.clear()
    errors: list[Exception] = []

    def post(number: int) -> None:
        try:
            speaker(Connection.objects.get(pk=row.pk), door()).post(Words(f"k{number}", "Both stiles."))
        except Exception as error:
            errors.append(error)
        finally:
            databases.close_all()

    speakers = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for each in speakers:
        each.start()
    for each in speakers:
        each.join()
    row.refresh_from_db()
    assert (errors, blue.renewals, len(blue.records), row.renewing, row.state) == ([], 1, 4, None, "working")
    assert sealing.opened(row.secret)["token"] in blue.tokens


def test_claim_of_a_worker_that_was_killed_runs_out(owner: Client, blue: Atproto) -> None:
    row, now = connect_blue(owner), timezone.now()
    held = sealing.opened(row.secret)
    Connection.objects.update(renewing=now - timedelta(seconds=1))
    fresh = renewing.renewed(connection=row.pk, old=held, exchange=lambda old: {**old, "token": "fresh"}, now=timezone.now)
    row.refresh_from_db()
    assert (fresh["token"], sealing.opened(row.secret)["token"], row.renewing) == ("fresh", "fresh", None)


def test_claim_of_another_is_waited_for_and_what_it_wrote_is_taken(owner: Client, blue: Atproto, monkeypatch: pytest.MonkeyPatch) -> None:
    row = connect_blue(owner)
    held = sealing.opened(row.secret)
    Connection.objects.update(renewing=timezone.now() + timedelta(minutes=1))

    def other_writes(_seconds: float) -> None:
        Connection.objects.update(secret=sealing.seal({**held, "token": "theirs"}), renewing=None)

    monkeypatch.setattr("homespun.conversations.actions.renewing.time.sleep", other_writes)
    assert renewing.renewed(connection=row.pk, old=held, exchange=never, now=timezone.now)["token"] == "theirs"


def never(old: Secret) -> Secret:
    raise AssertionError


def test_exchange_that_fails_lets_the_next_one_try(owner: Client, blue: Atproto) -> None:
    row = connect_blue(owner)
    held = sealing.opened(row.secret)

    def fails(old: Secret) -> Secret:
        raise NetworkError(sentence("The server does not answer."), permanent=False)

    with pytest.raises(NetworkError, match="does not answer"):
        renewing.renewed(connection=row.pk, old=held, exchange=fails, now=timezone.now)
    row.refresh_from_db()
    assert (row.renewing, row.state, sealing.opened(row.secret)) == (None, "working", held)


@pytest.mark.django_db(transaction=True)
def test_nothing_that_lets_us_in_shows_anywhere(client: Client, home: Mastodon, blue: Atproto, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.force_login(vita(None))
    pages = [client.post(BY_PASSWORD, {"who": HANDLE, "password": PASSWORD}, follow=True).content]
    url = begun(client, "mastodon", name(home))
    kept = client.session["connecting"]
    pages.append(client.get(f"{ANSWER}?{'&'.join(f'{key}={value}' for key, value in home.yes(url).items())}", follow=True).content)
    secrets = [value for row in Connection.objects.all() for key, value in sealing.opened(row.secret).items() if key in NAMES]
    assert len(secrets) == 5
    errors = [failure(row, home, blue) for row in Connection.objects.all()]
    pages.append(client.get(PAGE).content)
    database = Path(databases["default"].settings_dict["NAME"])
    on_disk = b"".join(each.read_bytes() for each in database.parent.glob(f"{database.name}*"))
    rows = json.dumps([list(each) for each in AuditEntry.objects.values_list("verb", "subject", "details")])
    everywhere = [*pages, caplog.text.encode(), repr(errors).encode(), rows.encode(), repr(kept).encode(), on_disk]
    everywhere.append(repr(list(Connection.objects.values())).encode())
    assert [secret for secret in secrets if any(secret.encode() in place for place in everywhere)] == []


NAMES = ("token", "refresh", "password", "client_secret")


def failure(row: Connection, home: Mastodon, blue: Atproto) -> str:
    """What is said when its server refuses all of a sudden."""
    home.tokens.clear()
    blue.tokens.clear()
    blue.refreshes.clear()
    blue.fails.append(("createSession", 401))
    with pytest.raises(NetworkError) as caught:
        speaker(row, door()).post(Words("k", "Both stiles."))
    return f"{caught.value} {caught.value.__cause__!r} {caught.value.__context__!r}"
