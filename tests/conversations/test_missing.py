"""What the page of a conversation says of what is not in it, and looking for that with a button."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from homespun.conversations.models import Absence, Completion, Conversation, MissingParent, Post
from homespun.conversations.queries.tree import forget
from homespun.core.jobs.worker import run_waiting
from homespun.core.models import Site
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account
from homespun.users.models import Role, User
from tests.conversations.cast import NOW, bryony, hettie, post, seen, source, talk
from tests.conversations.live import fake
from tests.conversations.live.conftest import network
from tests.conversations.reading import Part, opened, read, texts

__all__ = ["network"]

pytestmark = pytest.mark.django_db
GHOST = "https://stiles.example/@bryony/{}"


@pytest.fixture
def member() -> User:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    return User.objects.create(email="hettie@stilewise.example", name="Hettie", last_seen=NOW)


@pytest.fixture
def reader(member: User) -> Iterator[Client]:
    forget()
    client = Client()
    client.force_login(member)
    client.get("/desk/")
    yield client


def address(row: Post) -> str:
    return reverse("conversations:conversation", args=[row.conversation_id])


def page(client: Client, row: Post) -> Part:
    return opened(client, address(row))


def test_ghost_of_an_account_without_a_name_names_nobody(reader: Client) -> None:
    nameless = Account.objects.create(uri="did:plc:nameless", network="bluesky")
    row = post("An answer", hettie(), ghost=GHOST.format(1))
    Absence.objects.create(uri=GHOST.format(1), why="blocked", asked=NOW)
    MissingParent.objects.update(author=nameless)
    assert texts(page(reader, row), ".ghost") == ["Missing post by someone who has blocked one of your accounts."]


@pytest.mark.parametrize(
    ("why", "said", "label"),
    [
        ("gone", "Missing post by @bryonyshelves. Its server no longer has it.", "deleted"),
        ("blocked", "Missing post by @bryonyshelves, who has blocked one of your accounts.", "blocked"),
        ("hidden", "Post by @bryonyshelves that isn’t public.", "hidden"),
        ("left out", "Missing post by @bryonyshelves. Homespun doesn’t collect this account.", "not collected"),
        ("paused", "Missing post by @bryonyshelves. Collecting is paused: there is an opt-out request, not verified.", "paused"),
        ("unreachable", "Post by @bryonyshelves unavailable: its server isn’t responding.", "not reachable"),
    ],
)
def test_ghost_says_why_it_is_one(reader: Client, why: str, said: str, label: str) -> None:
    row = post("An answer", hettie(), ghost=GHOST.format(1))
    Absence.objects.create(uri=GHOST.format(1), why=why, asked=NOW)
    shown = page(reader, row)
    assert texts(shown, ".ghost") == [said]
    assert texts(shown, ".is-missing .label") == [label]


def test_ghost_that_cannot_be_reached_says_when_it_is_asked_for_again(reader: Client) -> None:
    row = post("An answer", hettie(), ghost=GHOST.format(1))
    Absence.objects.create(uri=GHOST.format(1), why="unreachable", asked=NOW, again=NOW + timedelta(hours=6))
    assert [time.get("datetime") for time in page(reader, row).all(".is-missing time")] == [
        "2024-03-10T09:00:00+00:00",
        "2024-03-10T15:00:00+00:00",
    ]


def test_ghost_of_who_has_blocked_us_says_so_before_it_was_asked_for(reader: Client) -> None:
    row = post("An answer", hettie(), ghost=GHOST.format(1))
    Absence.objects.create(uri=bryony().uri, why="blocked", asked=NOW)
    assert texts(page(reader, row), ".is-missing .label") == ["blocked"]


def test_page_takes_as_many_queries_for_three_ghosts_as_for_one(reader: Client) -> None:
    one = queries(reader, post("An answer", hettie(), ghost=GHOST.format(1)))
    first = post("An answer", hettie(), ghost=GHOST.format(2))
    for n in (3, 4):
        other = post("An answer", hettie(), ghost=GHOST.format(n))
        Post.objects.filter(pk=other.pk).update(conversation=first.conversation)
    assert queries(reader, first) == one == 29


def queries(client: Client, row: Post) -> int:
    with CaptureQueriesContext(connection) as asked:
        page(client, row)
    return len([each for each in asked if "SAVEPOINT" not in each["sql"]])


def test_head_counts_places_and_says_what_is_missing_and_why(reader: Client) -> None:
    row = post("An answer", hettie(), ghost=GHOST.format(1))
    reply = post("And another", parent=row)
    Absence.objects.create(uri=GHOST.format(1), why="gone", asked=NOW)
    Absence.objects.create(uri=GHOST.format(2), why="blocked", asked=NOW, conversation=row.conversation_id)
    Post.objects.filter(pk=reply.pk).update(replies_told=2)
    seen(row, source("Ours"))
    for host in ("a.example", "b.example"):
        server = source(host)
        server.kind = "server"
        server.save()
        seen(reply, server, Place.COPY)
    shown = page(reader, row)
    assert texts(shown, ".whole") == [
        "2 posts by 2 people, seen in 3 sources. 1 reply counted but not shown, 1 post was deleted, 1 post by an author who blocked you."
    ]
    assert texts(shown, ".thread summary") == ["Seen in 1 source", "Seen in 2 sources"]
    assert texts(shown, ".seen__list li") == [
        "Ours (author’s own record)",
        "View on X",
        "a.example (copy on your server)",
        "b.example (copy on your server)",
        "View on X",
    ]


def test_conversation_is_never_called_complete(reader: Client) -> None:
    shown = page(reader, talk())
    assert texts(shown, ".completion .hint")[0] == "No known missing posts. There may be replies that Homespun can’t see."
    assert "complete" not in shown.words.lower().replace("completion", "")


def test_network_that_cannot_be_asked_says_what_helps_instead(reader: Client) -> None:
    shown = page(reader, talk())
    assert shown.all("#look-for-it") == []
    assert "Homespun can’t fetch posts from X." in shown.words


def whole(network: fake.Network) -> None:
    network.add(
        fake.post(1, "hettie", "Which stile held you up?"),
        fake.post(2, "bryony", "The ladder.", parent=1),
        fake.post(3, "colm", "It is wet.", parent=2),
    )


def first_of(network: fake.Network) -> Conversation:
    return Post.objects.get(uri=fake.uri(1)).conversation


def begun(reader: Client, network: fake.Network) -> str:
    """A conversation of which one post is here, and that it is asked for."""
    whole(network)
    row = post("Which stile held you up?", hettie(), uri=fake.uri(1))
    Post.objects.filter(pk=row.pk).update(network="fake")
    raw = fake.post(1, "hettie", "Which stile held you up?").raw
    server = source("hettie.example")
    row.sightings.create(source=server, place=Place.SERVER, raw=raw)
    return reverse("conversations:completion", args=[row.conversation_id])


def test_looking_for_what_is_missing_shows_how_far_it_is_and_what_came(reader: Client, network: fake.Network) -> None:
    here = begun(reader, network)
    assert texts(page(reader, Post.objects.get()), "#look-for-it") == ["Check for missing posts"]
    response = reader.post(here)
    assert response.headers["Location"] == address(Post.objects.get())
    waiting = page(reader, Post.objects.get())
    assert waiting.all(".completion")[0].get("hx-trigger") == "every 2s"
    assert waiting.all("#look-for-it") == []
    assert run_waiting() == 1
    done = page(reader, Post.objects.get(uri=fake.uri(1)))
    assert len(done.all(".thread .post__words")) == 3
    asked = texts(done, ".completion__now")[0]
    assert (asked.startswith("Checked 3 servers today"), asked.endswith("Found 2 posts.")) == (True, True)
    assert texts(done, "#look-for-it") == ["Check for missing posts"]


def test_part_that_has_ended_tells_the_page_that_the_conversation_changed(reader: Client, network: fake.Network) -> None:
    here = begun(reader, network)
    htmx = {"HX-Request": "true"}
    assert "HX-Trigger-After-Settle" not in reader.post(here, headers=htmx).headers
    run_waiting()
    ended = reader.get(here, headers=htmx)
    assert ended.headers["HX-Trigger-After-Settle"] == "conversation-changed"
    assert ended.content.decode().lstrip().startswith("<section")


def test_pressing_twice_asks_once(reader: Client, network: fake.Network) -> None:
    here = begun(reader, network)
    reader.post(here)
    reader.post(here)
    assert run_waiting() == 1


def test_asking_that_was_killed_can_be_begun_again(reader: Client, network: fake.Network) -> None:
    here = begun(reader, network)
    row = Post.objects.get()
    Completion.objects.create(conversation=row.conversation_id, state="running", begun=timezone.now() - timedelta(minutes=20))
    assert texts(page(reader, row), "#look-for-it") == ["Check for missing posts"]
    reader.post(here)
    assert run_waiting() == 1


def test_what_went_wrong_is_said(reader: Client, network: fake.Network) -> None:
    here = begun(reader, network)
    network.broken = True
    reader.post(here)
    run_waiting()
    shown = page(reader, Post.objects.get())
    assert texts(shown, ".completion__trouble") == ["The other side could not be reached."]
    assert texts(shown, ".completion__now .hint")[0].startswith("The check failed today at ")


def test_contributors_see_what_is_missing_and_cannot_ask(reader: Client, member: User, network: fake.Network) -> None:
    here = begun(reader, network)
    User.objects.filter(pk=member.pk).update(role=Role.CONTRIBUTOR)
    assert page(reader, Post.objects.get()).all("#look-for-it") == []
    assert reader.post(here).status_code == 404
    assert Client().post(here).headers["Location"].startswith("/sign-in/")


def test_words_behind_a_warning_are_folded_and_stay_out_of_the_list(reader: Client) -> None:
    row = post("The steward fell from the stile.")
    Post.objects.filter(pk=row.pk).update(warning="An accident")
    shown = page(reader, row)
    assert texts(shown, "h1") == ["An accident"]
    assert texts(shown, "details.warned .post__words") == ["The steward fell from the stile."]
    assert "open" not in shown.all("details.warned")[0].attributes
    assert "steward" not in read(reader.get("/desk/conversations/").content).words


@pytest.mark.parametrize(("visibility", "label"), [(Visibility.FOLLOWERS, "followers only"), (Visibility.DIRECT, "direct message")])
def test_private_posts_say_for_whom_they_were_and_that_they_stay(reader: Client, visibility: Visibility, label: str) -> None:
    row = post("Between us", visibility=visibility)
    assert texts(page(reader, row), ".post__foot .label") == [label, "visible to your team only"]


def test_words_with_html_of_their_own_are_cleaned(reader: Client) -> None:
    row = post("Look here")
    Post.objects.filter(pk=row.pk).update(html='<p onclick="x()">Look <a href="https://a.example">here</a><script>x()</script></p>')
    (words,) = page(reader, row).all(".post__words")
    assert [(part.tag, part.attributes) for part in words] == [
        ("p", {}),
        ("a", {"href": "https://a.example", "rel": "nofollow noopener"}),
    ]
