"""A long answer reaches whom it answers in every part, as the servers of the fediverse decide it: by the names in the words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from homespun.conversations import tasks
from homespun.conversations.models import Connection, Outgoing, Post, Sighting
from homespun.conversations.writing import pens
from homespun.conversations.writing.form import new_key
from homespun.core.jobs.worker import run_waiting
from homespun.core.security import sealing
from homespun.http import Door, addresses
from homespun.networks.mastodon.statuses import packed
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account
from tests.conversations import cast
from tests.conversations.quills import KEY, signed_in
from tests.conversations.reading import read
from tests.networks.homes.answering import open_to_all
from tests.networks.homes.mastodon import Mastodon

pytestmark = pytest.mark.django_db
LONG = "The ladder stile froze again in the night, and nobody could cross it before noon. " * 9
BRYONY, COLM, EDDA = "bryony@shelves.example", "colm@far.example", "edda@far.example"
EVERY = [Visibility.PUBLIC, Visibility.UNLISTED, Visibility.FOLLOWERS, Visibility.DIRECT]


@pytest.fixture
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mastodon]:
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    (tmp_path / sealing.KEY).parent.mkdir()
    (tmp_path / sealing.KEY).write_text(KEY)
    door = Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))
    for module in (tasks, pens):
        monkeypatch.setattr(module, "door", lambda: door)
    with open_to_all(Mastodon()) as made:
        made.tokens.add("ours")
        yield made


def connection(home: Mastodon) -> Connection:
    us = account(home, f"hettie@{home.url.partition('://')[2]}", own=True)
    told = {"network": "mastodon", "server": home.url, "secret": sealing.seal({"token": "ours"}), "connected": timezone.now()}
    return Connection.objects.get_or_create(account=us, defaults=told | {"limits": {"longest": home.longest, "software": home.software}})[0]


def account(home: Mastodon, handle: str, *, own: bool = False) -> Account:
    uri = f"{home.url}/users/{handle.partition('@')[0]}"
    return Account.objects.get_or_create(uri=uri, defaults={"network": "mastodon", "handle": handle, "is_own": own})[0]


def asked(home: Mastodon, visibility: Visibility, *mentioned: str, by: str = BRYONY) -> Post:
    """A post as somebody's server sent it, which mentions these."""
    connection(home)
    row = cast.post("Which stile?", account(home, by), uri=f"https://{by.partition('@')[2]}/posts/{visibility}", visibility=visibility)
    Post.objects.filter(pk=row.pk).update(network="mastodon")
    home.elsewhere[row.uri] = str(visibility)
    tags = ",".join(f'{{"type":"Mention","href":"https://far.example/users/x{n}","name":"@{name}"}}' for n, name in enumerate(mentioned))
    record = packed(f'{{"type":"Note","id":"{row.uri}","tag":[{tags}]}}'.encode())
    Sighting.objects.create(post=row, source=cast.source("server"), place=Place.SERVER, raw=record)
    return row


def wrote(home: Mastodon, text: str, answered: Post | None = None, visibility: Visibility = Visibility.PUBLIC) -> list[str]:
    """What was sent."""
    told = {"key": new_key(), "text": text, "to": [connection(home).pk], "language": "en", "visibility": int(visibility), "do": "send"}
    assert signed_in().post(f"/desk/writing/?answer={answered.pk}" if answered else "/desk/writing/", told).status_code == 302
    run_waiting()
    assert [row.trouble for row in Outgoing.objects.exclude(state="sent")] == []
    return [row.text for row in Outgoing.objects.order_by("pk")]


def opening(answered: Post) -> str:
    (field,) = read(signed_in().get(f"/desk/writing/?answer={answered.pk}").content).all("textarea[name=text]")
    return " ".join(field.words.split())


@pytest.mark.parametrize("visibility", EVERY)
def test_every_part_reaches_whom_it_answers(home: Mastodon, visibility: Visibility) -> None:
    row = asked(home, visibility)
    sent = wrote(home, f"@{BRYONY} {LONG}", row, visibility)
    assert [len(each) <= 500 and each[-5:] for each in sent] == ["(1/2)", "(2/2)"]
    assert home.notified(BRYONY) == sent
    assert home.seen_by(BRYONY) == sent
    assert home.seen_by(EDDA) == (sent if visibility <= Visibility.UNLISTED else [])


@pytest.mark.parametrize("visibility", EVERY)
def test_every_part_reaches_whom_it_answers_where_the_name_was_taken_out(home: Mastodon, visibility: Visibility) -> None:
    sent = wrote(home, LONG, asked(home, visibility), visibility)
    assert home.notified(BRYONY) == sent
    assert [each.count(BRYONY) for each in sent] == [1] * len(sent)


def test_name_is_not_repeated_where_a_part_mentions_it_anyhow(home: Mastodon) -> None:
    sent = wrote(home, f"@{BRYONY} {LONG}\n\nYou saw it, @{BRYONY}, did you not?", asked(home, Visibility.PUBLIC))
    assert [each.count(BRYONY) for each in sent] == [1] * len(sent)


def test_short_answer_goes_out_as_it_was_typed(home: Mastodon) -> None:
    assert wrote(home, "Both.", asked(home, Visibility.PUBLIC)) == ["Both."]


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
def test_short_answer_that_would_reach_nobody_mentions_whom_it_answers(home: Mastodon, visibility: Visibility) -> None:
    assert wrote(home, "Both.", asked(home, visibility), visibility) == [f"@{BRYONY} Both."]


def test_answer_begins_with_all_whom_the_answered_post_is_for(home: Mastodon) -> None:
    us = f"hettie@{home.url.partition('://')[2]}"
    row = asked(home, Visibility.PUBLIC, COLM, us, BRYONY)
    assert opening(row) == f"@{BRYONY} @{COLM}"
    sent = wrote(home, f"{opening(row)} {LONG}", row)
    assert (home.notified(COLM), home.notified(BRYONY)) == (sent, sent)


def test_answer_to_a_post_whose_record_is_damaged_begins_with_its_author(home: Mastodon) -> None:
    row = asked(home, Visibility.PUBLIC, COLM)
    Sighting.objects.filter(post=row).update(raw=b"\x28\xb5\x2f\xfd damaged")
    assert opening(row) == f"@{BRYONY}"
    Sighting.objects.filter(post=row).delete()
    assert opening(row) == f"@{BRYONY}"


def test_people_of_our_own_server_are_named_as_it_names_them(home: Mastodon) -> None:
    local = f"bryony@{home.url.partition('://')[2]}"
    row = asked(home, Visibility.PUBLIC, by=local)
    assert opening(row) == "@bryony"
    sent = wrote(home, f"@bryony {LONG}", row)
    assert home.notified(local) == sent
    assert [each.count("@bryony") for each in sent] == [1] * len(sent)


def test_people_are_named_in_full_where_accounts_of_several_servers_can_answer(home: Mastodon) -> None:
    """On the other server the short name is somebody else's, or nobody's."""
    local = f"bryony@{home.url.partition('://')[2]}"
    row = asked(home, Visibility.PUBLIC, by=local)
    with open_to_all(Mastodon()) as other:
        other.tokens.add("ours")
        other.elsewhere[row.uri] = "1"
        theirs = connection(other)
        assert opening(row) == f"@{local}"
        sent = wrote(other, f"@{local} {LONG}", row)
        assert (theirs.server, other.notified(local)) == (other.url, sent)


def test_own_thread_goes_on_with_those_whom_it_is_for(home: Mastodon) -> None:
    us = f"hettie@{home.url.partition('://')[2]}"
    row = asked(home, Visibility.DIRECT, COLM, by=us)
    assert opening(row) == f"@{COLM}"
    sent = wrote(home, LONG, row, Visibility.DIRECT)
    assert home.notified(COLM) == sent


def test_direct_answer_stays_with_those_whom_the_post_was_for(home: Mastodon) -> None:
    row = asked(home, Visibility.DIRECT, COLM)
    sent = wrote(home, f"@{BRYONY} @{COLM} @{EDDA} {LONG}", row, Visibility.DIRECT)
    assert (home.seen_by(BRYONY), home.seen_by(COLM)) == (sent, sent)
    assert home.seen_by(EDDA) == sent[:1]  # where she was typed


@pytest.mark.parametrize("visibility", EVERY)
def test_new_long_post_reaches_those_whom_it_is_addressed_to(home: Mastodon, visibility: Visibility) -> None:
    sent = wrote(home, f"@{COLM} {LONG} {LONG}", None, visibility)
    assert len(sent) == 4
    assert home.notified(COLM) == sent


def test_new_direct_message_reaches_all_whom_it_mentions_in_every_part(home: Mastodon) -> None:
    sent = wrote(home, f"{LONG} Ask @{COLM}. {LONG}", None, Visibility.DIRECT)
    assert home.seen_by(COLM) == sent


def test_new_public_post_notifies_somebody_mentioned_in_passing_once(home: Mastodon) -> None:
    sent = wrote(home, f"{LONG} Ask @{COLM}. {LONG}")
    assert [COLM in each for each in sent].count(True) == 1


def test_preview_shows_what_is_sent_and_what_each_part_counts(home: Mastodon) -> None:
    row = asked(home, Visibility.DIRECT)
    told = {"text": LONG, "to": [connection(home).pk], "visibility": int(Visibility.DIRECT)}
    page = read(signed_in().post(f"/desk/writing/parts/?answer={row.pk}", told).content)
    shown = [each.words for each in page.all(".composer__thread .post__words")]
    counts = [each.words for each in page.all(".composer__length")]
    sent = wrote(home, LONG, row, Visibility.DIRECT)
    assert shown == sent
    assert counts == [f"{len(each.replace('@shelves.example', ''))} of 500 characters" for each in sent]


def test_preview_shows_one_post_that_is_sent_otherwise_than_it_was_typed(home: Mastodon) -> None:
    row = asked(home, Visibility.DIRECT)
    told = {"text": "Both.", "to": [connection(home).pk], "visibility": int(Visibility.DIRECT)}
    page = read(signed_in().post(f"/desk/writing/parts/?answer={row.pk}", told).content)
    assert [each.words for each in page.all(".composer__thread .post__words")] == [f"@{BRYONY} Both."]
    page = read(signed_in().post(f"/desk/writing/parts/?answer={row.pk}", told | {"text": f"@{BRYONY} Both."}).content)
    assert page.all(".composer__thread") == []
