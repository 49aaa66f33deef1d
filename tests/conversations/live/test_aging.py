"""Conversations of ours are asked about by themselves, and what stories quote is looked at again."""

from datetime import timedelta
from io import StringIO

import msgspec
import pytest
from django.core.management import call_command
from django.utils import timezone

from homespun.conversations import tasks
from homespun.conversations.actions import aging
from homespun.conversations.actions.finding import find
from homespun.conversations.models import Arrival, Completion, Mention, Post, State
from homespun.core.jobs.worker import run_waiting
from homespun.core.models import AuditEntry
from homespun.http import Door
from homespun.people.models import Account
from tests.conversations.live.fake import Network, account, post, uri
from tests.conversations.live.listened import NOW

pytestmark = pytest.mark.django_db
DOOR = Door(site="https://stilewise.example")


def asked_about(network: Network) -> int:
    """Hettie, who is us, asked; the key of the conversation."""
    network.add(post(1, "hettie", "Which stile held you up?"))
    hettie = account("hettie")
    Account.objects.create(uri=hettie.uri, network="fake", handle=hettie.handle, is_own=True)
    came = find(by=None, now=NOW, address=uri(1), door=DOOR)
    assert came.conversation is not None
    return came.conversation.pk


def test_young_conversation_of_ours_is_asked_about_by_itself(network: Network) -> None:
    conversation = asked_about(network)
    assert (aging.begin_asking(now=NOW), aging.begin_asking(now=NOW)) == (1, 0)
    assert aging.take_due(now=NOW) == []
    assert aging.take_due(now=NOW + timedelta(minutes=2)) == [conversation]
    assert aging.take_due(now=NOW + timedelta(minutes=2)) == []


def test_asking_that_was_killed_is_taken_up_again(network: Network) -> None:
    conversation = asked_about(network)
    aging.begin_asking(now=NOW)
    aging.take_due(now=NOW + timedelta(minutes=2))
    assert aging.take_due(now=NOW + timedelta(minutes=63)) == [conversation]


def test_conversations_of_others_old_ones_and_those_of_silent_networks_are_not(network: Network) -> None:
    network.add(post(1, "bryony", "The ladder."))
    find(by=None, now=NOW, address=uri(1), door=DOOR)
    assert aging.begin_asking(now=NOW) == 0
    asked_about(network)
    assert aging.begin_asking(now=NOW + timedelta(days=100)) == 0
    Post.objects.update(network="x")
    assert aging.begin_asking(now=NOW) == 0


def test_what_completing_brings_arrives_and_waits_for_an_answer(network: Network) -> None:
    conversation = asked_about(network)
    network.add(post(2, "bryony", "The ladder.", parent=1))
    done = aging.complete_again(conversation=conversation, now=NOW, door=DOOR)
    assert done is not None and done.new == 1
    assert list(Arrival.objects.values_list("post__uri", flat=True)) == [uri(2)]
    assert list(Mention.objects.values_list("post__uri", "done")) == [(uri(2), None)]
    again = Completion.objects.get().again
    assert again is not None and again > NOW


def test_conversation_that_is_no_more_is_not_asked_about(network: Network) -> None:
    Completion.objects.create(conversation=5, begun=NOW, again=NOW)
    assert aging.complete_again(conversation=5, now=NOW, door=DOOR) is None
    assert Completion.objects.count() == 0


def test_tasks_ask_about_what_is_due(network: Network) -> None:
    conversation = asked_about(network)
    Completion.objects.create(conversation=conversation, begun=NOW, again=NOW)
    network.add(post(2, "bryony", "The ladder.", parent=1))
    tasks.complete_due.enqueue()
    assert run_waiting(queues=[tasks.LISTENING]) == 2
    assert Post.objects.count() == 2


def test_what_a_member_or_the_command_asks_for_arrives_too(network: Network) -> None:
    conversation = asked_about(network)
    network.add(post(2, "bryony", "The ladder.", parent=1))
    tasks.complete_conversation.enqueue(conversation=conversation, by=None)
    run_waiting()
    assert Mention.objects.count() == 0  # the made-up posts are of years ago
    network.add(msgspec.structs.replace(post(3, "colm", "The gate.", parent=1), published=int(timezone.now().timestamp() * 1000)))
    call_command("complete", uri(1), "--json", stdout=StringIO())
    assert list(Mention.objects.values_list("post__uri", flat=True)) == [uri(3)]


def test_what_is_looked_at_again_is_as_it_is_now(network: Network) -> None:
    network.add(post(1, "bryony", "The lader."), post(2, "colm", "The gate."))
    for n in (1, 2):
        find(by=None, now=NOW, address=uri(n), door=DOOR)
    network.add(post(1, "bryony", "The ladder."))
    network.absent[uri(2)] = "gone"
    came = aging.recheck(uris=[uri(1), uri(2), "fake://post/never-held"], now=NOW + timedelta(days=1), door=DOOR)
    assert (came.updated, Arrival.objects.count()) == (1, 0)
    assert list(Post.objects.order_by("pk").values_list("text", "state")) == [("The ladder.", State.LIVE), ("The gate.", State.DELETED)]
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"post.edited-at-source", "post.deleted-at-source", "posts.recheck"} <= verbs
