"""What we said on two networks at once is shown as one, and stays two."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from homespun.conversations.models import Conversation, Post
from homespun.conversations.queries.tree import forget
from homespun.conversations.queries.twins import bare_words, others_of
from homespun.core.models import Site
from homespun.people.models import Account
from homespun.users.models import User
from tests.conversations.cast import NOW, bryony, post
from tests.conversations.reading import Part, opened, texts

pytestmark = pytest.mark.django_db
LIST = "/desk/conversations/"
WORDS = "Which stile held you up the longest? {}"


@pytest.fixture
def reader(db: None) -> Iterator[Client]:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    forget()
    client = Client()
    client.force_login(User.objects.create(email="hettie@stilewise.example", name="Hettie", last_seen=NOW))
    client.get("/desk/")
    yield client


def ours(network: str, *, own: bool = True) -> Account:
    fresh = {"network": network, "handle": f"stilewise-{network}", "name": "Hettie Moule", "is_own": own}
    return Account.objects.get_or_create(uri=f"https://{network}.example/stilewise", defaults=fresh)[0]


def said(network: str, text: str, *, minutes: int = 0, parent: Post | None = None, own: bool = True) -> Post:
    row = post(text, ours(network, own=own), parent=parent, at=NOW + timedelta(minutes=minutes))
    Post.objects.filter(pk=row.pk).update(network=network, url=f"https://{network}.example/{row.pk}")
    row.refresh_from_db()
    return row


def both() -> tuple[Post, Post]:
    """The same on two networks, with an answer on each."""
    first = said("mastodon", WORDS.format("https://stilewise.example/box?id=4711"))
    twin = said("bluesky", WORDS.format("stilewise.example/box?i…"), minutes=3)
    post("The ladder.", bryony(), parent=first, at=NOW + timedelta(hours=1))
    post("The kissing gate.", bryony(), parent=twin, at=NOW + timedelta(hours=2))
    return first, twin


def page(client: Client, address: str = LIST) -> Part:
    return opened(client, address)


def here(row: Post) -> str:
    return f"{LIST}{row.conversation_id}/"


def test_links_make_no_difference() -> None:
    assert bare_words("Read THIS: https://a.example/x?y=1 now") == bare_words("read this: a.example/x?y… now")


def test_list_shows_it_once_with_both_networks(reader: Client) -> None:
    both()
    shown = page(reader)
    assert texts(shown, ".talk__title") == ["Which stile held you up the longest?"]
    assert texts(shown, ".talk__meta .network__name") == ["Bluesky", "X", "Mastodon"]
    assert "3 posts" in texts(shown, ".talk__meta")[0]
    assert texts(shown, ".talk__said") == ["Bryony Tarrowell The kissing gate."]


@pytest.mark.parametrize("which", [0, 1])
def test_page_of_either_holds_the_answers_of_both_under_one_post(reader: Client, which: int) -> None:
    row = both()[which]
    shown = page(reader, here(row))
    assert texts(shown, ".thread .post__words") == [
        "Which stile held you up the longest? stilewise.example/box?id=4711",
        "The ladder.",
        "The kissing gate.",
    ]
    (head,) = [each for each in shown.all(".post") if each.all(".node--us")]
    assert texts(head, ".post__when .network__name") == ["Mastodon", "Bluesky"]
    assert [link.get("href") for link in head.all(".post__foot a[rel]")] == [each.url for each in Post.objects.filter(author__is_own=True)]
    assert texts(shown, ".whole b")[0] == "3 posts by 2 people"


def test_address_of_the_twin_leads_to_the_post_that_stands_for_it(reader: Client) -> None:
    first, twin = both()
    assert reader.get(f"{here(twin)}?at={twin.pk}").status_code == 200
    assert len(page(reader, f"{here(twin)}?at={twin.pk}").all(f"#p{first.pk}")) == 1


def test_search_finds_either_and_shows_one(reader: Client) -> None:
    both()
    assert texts(page(reader, f"{LIST}?q=stile"), ".talk__title") == ["Which stile held you up the longest?"]
    assert texts(page(reader, f"{LIST}?q=kissing"), ".talk__title") == ["Which stile held you up the longest?"]
    assert len(page(reader, f"{LIST}?q=the").all(".talk__hit")) == 3


def test_our_own_thread_on_both_is_one_thread(reader: Client) -> None:
    first, twin = both()
    said("mastodon", "Send pictures.", minutes=4, parent=first)
    said("bluesky", "Send pictures.", minutes=6, parent=twin)
    assert texts(page(reader, here(first)), ".thread .post__words").count("Send pictures.") == 1


def test_parts_on_one_network_are_the_whole_on_the_other(reader: Client) -> None:
    begin, end = "Which stile held you up the longest, and how did you get over it?", "We collect for the new box."
    first = said("mastodon", f"{begin} {end}")
    part = said("bluesky", f"{begin} (1/2)", minutes=1)
    said("bluesky", f"{end} (2/2)", minutes=1, parent=part)
    post("The ladder.", bryony(), parent=part, at=NOW + timedelta(hours=1))
    assert texts(page(reader, here(first)), ".thread .post__words") == [f"{begin} {end}", "The ladder."]
    assert texts(page(reader), ".talk__title") == [begin.removesuffix("?") + "?"]


def test_nothing_is_merged_for_good(reader: Client) -> None:
    first, twin = both()
    page(reader, here(first))
    assert Conversation.objects.count() == 2
    assert first.conversation_id != twin.conversation_id


@pytest.mark.parametrize(
    ("network", "text", "minutes", "own"),
    [
        ("mastodon", WORDS, 3, True),  # said twice on the same network
        ("bluesky", "Which stile?", 3, True),
        ("bluesky", WORDS, 11, True),
        ("bluesky", WORDS, 3, False),
    ],
)
def test_what_is_no_cross_post_stays_apart(reader: Client, network: str, text: str, minutes: int, own: bool) -> None:
    first = said("mastodon", WORDS)
    said(network, text, minutes=minutes, own=own)
    assert others_of(first.conversation) == []


def test_answers_are_no_cross_posts(reader: Client) -> None:
    first = said("mastodon", "Thank you!", parent=post("A box came."))
    said("bluesky", "Thank you!", minutes=1, parent=post("A box came, too.", bryony()))
    assert others_of(first.conversation) == []


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(reader: Client, number: int) -> None:
    for hour in range(number):
        for minutes, network in ((0, "mastodon"), (3, "bluesky")):
            row = said(network, f"{hour} {WORDS}", minutes=hour * 60 + minutes)
            post("The ladder.", bryony(), parent=row, at=row.published + timedelta(hours=5, seconds=minutes))
    with CaptureQueriesContext(connection) as asked:
        assert len(page(reader).all(".talk")) == number
    assert len(asked) == 19


def test_warning_stands_before_the_words_where_a_network_knows_none(reader: Client) -> None:
    first = said("mastodon", "Our ladder stile won a prize.")
    Post.objects.filter(pk=first.pk).update(warning="Boasting")
    twin = said("bluesky", "Boasting\n\nOur ladder stile won a prize.", minutes=1)
    assert others_of(Conversation.objects.get(pk=first.conversation_id)) == [Conversation.objects.get(pk=twin.conversation_id)]
