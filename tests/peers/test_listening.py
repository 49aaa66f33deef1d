"""Against a real Bluesky network: what customers and others say arrives within seconds, whatever is killed or broken off meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.utils import timezone

from homespun.conversations import ear
from homespun.conversations.actions.connecting import connect_by_password
from homespun.conversations.actions.listening import listen
from homespun.conversations.models import Arrival, Listening, Mention, Post, Sighting, State, Stream
from homespun.core import wakeups
from homespun.core.models import AuditEntry, Site
from homespun.people.models import Account
from homespun.users.models import User
from tests.peers.bluesky import Network, Person

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 30.0  # seconds; a minute is what is promised


@pytest.fixture(autouse=True)
def told(bluesky: Network, settings: LazySettings, tmp_path: Path) -> None:
    bluesky.tell(settings)
    settings.DATA = tmp_path
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "sealing-key").write_bytes(Fernet.generate_key())
    Site.objects.create(pk=1, name="Stile Wise")


def connected(network: Network, us: Person, *others: Person) -> None:
    """Our account, by a password of an application, and those who are listened to."""
    now, hettie = timezone.now(), User.objects.create_user("hettie@stilewise.example", name="Hettie Moule", joined=timezone.now())
    connect_by_password(by=hettie, now=now, network="bluesky", typed=f"{us.name}.test", password=f"{us.name}-password", door=network.door)
    for other in others:
        listen(by=hettie, now=now, typed=f"@{other.name}.test", door=network.door)


@contextmanager
def listening(network: Network) -> Iterator[None]:
    """Until the stream is open and everything was asked once."""
    over = threading.Event()
    thread = threading.Thread(target=ear.Ear(network.door, over.is_set).listen)
    thread.start()
    try:
        wait(lambda: Stream.objects.filter(heard__isnull=False).exists() and not Listening.objects.filter(heard__isnull=True).exists())
        yield
    finally:
        over.set()
        wakeups.wake_this_process()
        thread.join()
        time.sleep(1.5)  # the stream looks every second whether it is to stop


def wait(for_it: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN
    while not for_it():
        assert time.monotonic() < until, "it did not arrive"
        time.sleep(0.2)


def test_what_is_said_arrives_and_what_we_answer_waits_no_more(bluesky: Network) -> None:
    us, customer, other = (bluesky.person(name) for name in ("listens", "customer", "passerby"))
    connected(bluesky, us, customer)
    with listening(bluesky):
        said = customer.post("The slate one.")
        asked = us.post("Which stile is yours?")
        bluesky.settle()
        answer = other.post("Mine is the ladder.", asked)
        bluesky.settle()
        wait(lambda: Arrival.objects.filter(post__uri__in=[said.uri, asked.uri, answer.uri]).count() == 3)
        wait(lambda: Mention.objects.filter(post__uri=answer.uri, done=None).exists())
        us.post("Thank you.", answer)
        bluesky.settle()
        wait(lambda: Mention.objects.filter(post__uri=answer.uri, done__isnull=False).exists())
        customer.delete(said)
        bluesky.settle()
        wait(lambda: Post.objects.get(uri=said.uri).state == State.DELETED)
    assert Sighting.objects.filter(post__uri=said.uri).count() == 1


def test_outage_is_filled_and_a_lost_connection_is_made_again(bluesky: Network) -> None:
    us, customer = bluesky.person("listens"), bluesky.person("regular")
    connected(bluesky, us, customer)
    with listening(bluesky):
        first = customer.post("Before.")
        bluesky.settle()
        wait(lambda: Post.objects.filter(uri=first.uri).exists())
        bluesky.drop_streams()
        second = customer.post("While the connection is lost.")
        bluesky.settle()
        wait(lambda: Post.objects.filter(uri=second.uri).exists())
    meanwhile = customer.post("While nobody listens.")
    bluesky.settle()
    with listening(bluesky):
        wait(lambda: Post.objects.filter(uri=meanwhile.uri).exists())
    uris = [first.uri, second.uri, meanwhile.uri]
    assert sorted(Post.objects.filter(uri__in=uris).values_list("uri", flat=True)) == sorted(uris)
    assert Sighting.objects.filter(post__uri__in=uris).count() == 3


def test_new_handle_is_followed(bluesky: Network) -> None:
    us, customer = bluesky.person("listens"), bluesky.person("changes")
    connected(bluesky, us, customer)
    with listening(bluesky):
        said = customer.post("Under the old name.")
        bluesky.settle()
        wait(lambda: Post.objects.filter(uri=said.uri).exists())
        customer.rename("changed.test")
        bluesky.settle()
        wait(lambda: Account.objects.filter(uri=customer.did, handle="changed.test").exists())
    assert AuditEntry.objects.filter(verb="account.renamed").exists()
