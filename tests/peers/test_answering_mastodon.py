"""Answers written on the desk, as somebody else’s client finds them on somebody else’s server, and found again without becoming two."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from homespun.conversations import tasks
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import Connection, Mention, Outgoing, Post, State
from homespun.conversations.writing import pens
from homespun.conversations.writing.form import new_key
from homespun.core.jobs.worker import run_waiting
from homespun.core.security import sealing
from homespun.networks.protocols import MENTIONS
from homespun.networks.values import Visibility
from homespun.people.models import Account
from tests.conversations.quills import KEY, signed_in
from tests.conversations.test_writing import picture
from tests.peers.test_mastodon_api import PEOPLE, Site, read, site

__all__ = ["site"]
pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 10, 12, 0, tzinfo=UTC)
NAMED = {Visibility.PUBLIC: "public", Visibility.UNLISTED: "unlisted", Visibility.FOLLOWERS: "private", Visibility.DIRECT: "direct"}
LONG = "The ladder stile froze again in the night, and nobody could cross it before noon. " * 9


@pytest.fixture
def connection(site: Site, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connection:
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    (tmp_path / sealing.KEY).parent.mkdir()
    (tmp_path / sealing.KEY).write_text(KEY)
    monkeypatch.setattr(tasks, "door", lambda: site.door)
    monkeypatch.setattr(pens, "door", lambda: site.door)
    us = Account.objects.create(uri=f"{site.url}/@stilewise", network="mastodon", handle="stilewise", name="Us", is_own=True)
    told = {"network": "mastodon", "server": site.url, "account": us, "connected": NOW}
    return Connection.objects.create(**told, secret=sealing.seal({"token": PEOPLE["stilewise"]}), limits={"longest": 500})


def take(site: Site, address: str) -> None:
    for page in read(site.ours(), address, {})[0]:
        Taking(None, NOW, ours=True).take(site.url[7:], page.posts, ())


def wrote(connection: Connection, query: str, text: str, **more: Any) -> None:
    told = {"key": new_key(), "text": text, "to": [connection.pk], "language": "en", "visibility": 1, "do": "send", **more}
    assert signed_in().post(f"/desk/writing/{query}", told).status_code == 302
    run_waiting()
    assert [row.trouble for row in Outgoing.objects.exclude(state="sent")] == []


def test_long_answer_stands_there_threaded_and_here_once(site: Site, connection: Connection) -> None:
    ours, hers = site.of("stilewise"), site.of("bryony")
    asked = hers.status_post("@stilewise Which stile held you up the longest?")
    take(site, f"@bryony@{site.url[7:]}")
    row = Post.objects.get(uri=asked.uri)
    Mention.objects.create(post=row, account=connection.account)
    wrote(connection, f"?answer={row.pk}", f"@bryony {LONG}", **{"picture-0": picture(), "alt-0": "A red stile"})
    first, second = [each for each in reversed(ours.account_statuses(ours.me().id)) if "stile" in each.content][-2:]
    assert (first.in_reply_to_id, second.in_reply_to_id) == (asked.id, first.id)
    assert ([each.description for each in first.media_attachments], second.media_attachments) == (["A red stile"], [])
    parts = list(Post.objects.filter(author=connection.account, conversation=row.conversation_id).order_by("pk"))
    assert [(each.uri, each.parent_id) for each in parts] == [(first.uri, row.pk), (second.uri, parts[0].pk)]
    assert [each.text[-5:] for each in parts] == ["(1/2)", "(2/2)"]
    assert Mention.objects.get().done is not None
    before = Post.objects.count()
    take(site, f"@stilewise@{site.url[7:]}")
    mine = Post.objects.filter(uri__in=[first.uri, second.uri])
    assert (mine.count(), {each.conversation_id for each in mine}) == (2, {row.conversation_id})
    assert before <= Post.objects.count()


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNLISTED, Visibility.FOLLOWERS, Visibility.DIRECT])
def test_every_part_of_a_long_answer_is_in_the_notifications_of_whom_it_answers(
    site: Site, connection: Connection, visibility: Visibility
) -> None:
    hers, his = site.of("bryony"), site.of("colm")
    hers.notifications_clear()
    his.notifications_clear()
    asked = hers.status_post("@stilewise Which stile held you up?", visibility=NAMED[visibility])
    take(site, MENTIONS)
    row = Post.objects.get(uri=asked.uri)
    assert row.visibility == visibility
    wrote(connection, f"?answer={row.pk}", f"@bryony {LONG}{LONG}", visibility=int(visibility))
    sent = [row.uri for row in Outgoing.objects.order_by("pk")]
    told = [each.status for each in reversed(hers.notifications()) if each.type == "mention"]
    assert len(sent) == 4
    assert [(each.uri, each.visibility) for each in told] == [(uri, NAMED[visibility]) for uri in sent]
    assert his.notifications() == []


def test_every_part_of_a_long_direct_message_reaches_whom_it_mentions(site: Site, connection: Connection) -> None:
    hers = site.of("edda")
    hers.notifications_clear()
    wrote(connection, "", f"{LONG} Ask @edda. {LONG}", visibility=int(Visibility.DIRECT))
    sent = [row.uri for row in Outgoing.objects.order_by("pk")]
    told = [each.status for each in reversed(hers.notifications()) if each.type == "mention"]
    assert [(each.uri, each.visibility) for each in told] == [(uri, "direct") for uri in sent]


def test_post_is_edited_liked_reposted_and_deleted_there(site: Site, connection: Connection) -> None:
    ours, client = site.of("stilewise"), signed_in()
    theirs = site.of("colm").status_post("Mine is of slate.")
    take(site, f"@colm@{site.url[7:]}")
    row = Post.objects.get(uri=theirs.uri)
    for deed in ("like", "repost"):
        client.post(f"/desk/posts/{row.pk}/{deed}/")
    run_waiting()
    seen = ours.status(theirs.id)
    assert (seen.favourited, seen.reblogged) == (True, True)
    for deed in ("like/removal", "repost/removal"):
        client.post(f"/desk/posts/{row.pk}/{deed}/")
    run_waiting()
    seen = ours.status(theirs.id)
    assert (seen.favourited, seen.reblogged) == (False, False)
    wrote(connection, "", "Both stlies.", warning="Mud")
    post = Post.objects.get(text="Both stlies.")
    client.post(f"/desk/posts/{post.pk}/edit/", {"key": "e" * 22, "text": "Both stiles.", "warning": "Mud"})
    run_waiting()
    status = next(each for each in ours.account_statuses(ours.me().id) if each.uri == post.uri)
    assert (status.content, status.spoiler_text) == ("<p>Both stiles.</p>", "Mud")
    client.post(f"/desk/posts/{post.pk}/deletion/", {"key": "d" * 22})
    run_waiting()
    post.refresh_from_db()
    assert (post.state, [each.uri for each in ours.account_statuses(ours.me().id) if each.uri == post.uri]) == (State.DELETED, [])
