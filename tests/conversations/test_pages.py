"""The Conversations page and the page of one: how many queries, what they say, and that nothing in them is alive."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homespun.conversations.models import ConversationAlias, Post
from homespun.conversations.queries.lines import POSTS
from homespun.conversations.queries.talks import title
from homespun.conversations.queries.tree import forget
from homespun.core.models import Site
from homespun.users.models import User
from tests.conversations.cast import NOW, account, hettie, many, post, seen, source, talk
from tests.conversations.reading import Part, read

pytestmark = pytest.mark.django_db
LIST = "/desk/conversations/"
SCRIPT = '<script>alert("x")</script>'


@pytest.fixture
def member() -> User:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    return User.objects.create(email="hettie@stilewise.example", name="Hettie", last_seen=NOW)


@pytest.fixture
def reader(member: User) -> Iterator[Client]:
    forget()
    client = Client()
    client.force_login(member)
    client.get("/desk/")  # the visit is written down once
    yield client


def page(client: Client, address: str, **headers: str) -> Part:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.status_code
    return read(response.content)


def texts(tree: Part, selector: str) -> list[str]:
    return [each.words for each in tree.all(selector)]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len([each for each in asked if "SAVEPOINT" not in each["sql"]])


def test_list_takes_as_many_queries_for_three_conversations_as_for_one(reader: Client) -> None:
    talk()
    one = queries(reader, LIST)
    talk()
    post("An answer", ghost="https://x.com/i/status/1")
    assert queries(reader, LIST) == one == 18


def test_search_takes_as_many_queries_for_three_posts_as_for_two(reader: Client) -> None:
    post("stile", picture=True)
    post("stile", account("other"))
    two = queries(reader, f"{LIST}?q=stile")
    post("stile", account("third"))
    assert queries(reader, f"{LIST}?q=stile") == two == 19


def test_conversation_takes_as_many_queries_for_four_posts_as_for_one(reader: Client) -> None:
    single = queries(reader, address(post("alone")))
    root = talk()
    archive = source("An archive")
    for row in Post.objects.filter(conversation=root.conversation):
        seen(row, archive)
    assert queries(reader, address(root)) == single == 25


def address(row: Post) -> str:
    return reverse("conversations:conversation", args=[row.conversation_id])


def test_list_shows_exchanges_newest_first_and_everything_when_asked(reader: Client) -> None:
    talk()
    post("Nobody answered this")
    post("An answer", ghost="https://x.com/i/status/1")
    post("She goes on", parent=post("One thing after another"))
    others = post("Hers alone")
    post("And another's", account("other"), parent=others)
    assert titles(page(reader, LIST)) == ["Hers alone", "Which stile held you up the longest?"]
    assert titles(page(reader, f"{LIST}?show=ours")) == ["Which stile held you up the longest?"]
    assert titles(page(reader, f"{LIST}?show=threads")) == ["One thing after another"]
    assert titles(page(reader, f"{LIST}?show=missing")) == ["An answer"]
    assert titles(page(reader, f"{LIST}?show=everything"))[1:4] == ["One thing after another", "An answer", "Nobody answered this"]


def test_list_shows_what_comes_nearest_where_there_is_no_exchange_yet(reader: Client) -> None:
    post("Alone")
    assert titles(page(reader, LIST)) == ["Alone"]
    post("An answer", ghost="https://x.com/i/status/1")
    assert titles(page(reader, LIST)) == ["An answer"]
    post("She goes on", parent=post("One thing after another"))
    shown = page(reader, LIST)
    assert titles(shown) == ["One thing after another"]
    assert texts(shown, ".tabs [aria-current]") == ["One person only"]
    assert titles(page(reader, f"{LIST}?show=exchanges")) == []


def titles(shown: Part) -> list[str]:
    return texts(shown, ".talk__title")


def test_list_goes_on_where_it_stopped(reader: Client) -> None:
    for number in range(32):
        post(f"Answer number {number}", ghost=f"https://x.com/i/status/{number}")
    first = page(reader, LIST)
    (more,) = first.all("#more a")
    assert len(first.all(".talk")) == 30
    assert texts(page(reader, LIST + more.get("href")), ".talk__title") == ["Answer number 1", "Answer number 0"]
    part = reader.get(LIST + more.get("href"), headers={"HX-Request": "true", "HX-Target": "more"}).content.decode()
    assert part.lstrip().startswith("<li")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@bryonyshelves Short. And more.", "Short. And more"),
        ("A sentence that is long enough. Another.", "A sentence that is long enough"),
        ("Twelve porters draw\n\nPete tells how they drew.", "Twelve porters draw"),
        ("Seven\n\nWe drew seven.", "Seven We drew seven"),
        ("word " * 30, f"{'word ' * 17}word…"),
        (f"{'word ' * 17}- and so on without any end", f"{'word ' * 16}word…"),
        ("手" * 100, f"{'手' * 89}…"),
        ("x" * 100, f"{'x' * 89}…"),
    ],
)
def test_conversation_goes_by_its_first_sentence_cut_between_words(text: str, shown: str) -> None:
    assert title(text) == shown


def test_list_leads_back_to_each_of_its_years(reader: Client) -> None:
    for year in (2019, 2020, 2022):
        at = datetime(year, 12, 31, 23, tzinfo=UTC)
        post("And you?", account("other"), parent=post(f"In {year}", at=at), at=at)
    back = page(reader, LIST).all(".years a")
    assert [link.words for link in back] == ["2022", "2021", "2020", "2019"]
    assert [titles(page(reader, f"{LIST}{link.get('href')}"))[:1] for link in back] == [["In 2022"], ["In 2020"], ["In 2020"], ["In 2019"]]


def test_list_with_nothing_in_it_says_what_to_do(reader: Client) -> None:
    shown = page(reader, LIST)
    assert texts(shown, ".empty h2") == ["No conversations yet"]
    assert texts(shown, ".empty a") == ["Import archive", "Add post by link", "Connect account"]


def test_search_marks_what_it_found_and_says_how_much(reader: Client) -> None:
    post("La astronomía de los últimos años")
    shown = page(reader, f"{LIST}?q=ultimos")
    assert texts(shown, "[role=status]")[0] == "1 post, newest first."
    assert texts(shown, "mark") == ["últimos"]


def test_search_that_finds_nothing_says_what_to_try(reader: Client) -> None:
    post("stile")
    shown = page(reader, f"{LIST}?q=ladder&from=@bryonyshelves")
    assert texts(shown, "[role=status]")[0] == "No matching posts. Remove filters"
    assert texts(shown, ".empty p") == ["Try fewer words or remove a filter."]


def test_search_while_typing_gives_the_part_and_its_address(reader: Client) -> None:
    post("stile")
    response = reader.get(f"{LIST}?q=sti&from=&since=&until=", headers={"HX-Request": "true", "HX-Target": "found"})
    assert response.headers["HX-Replace-Url"] == f"{LIST}?q=sti"
    assert response.content.decode().lstrip().startswith('<div id="found"')


def test_filters_that_mean_nothing_are_left_out(reader: Client) -> None:
    post("stile")
    for query in (
        "since=yesterday",
        "before=x",
        "before=99999999999999999999",
        "order=%27",
        "picture=2",
        "show=%00",
        "since=9999-12-31",
        "until=0001-01-01",
    ):
        assert reader.get(f"{LIST}?q=stile&{query}").status_code == 200


def test_names_and_words_are_never_alive(reader: Client) -> None:
    villain = account("villain", f'"><img src=x onerror=alert(1)> {SCRIPT}')
    row = post(f'{SCRIPT} javascript:alert(1) https://x.example/"onmouseover="x @villain #tag<b>', villain, ghost='https://x.com/"><b>')
    post(SCRIPT, villain, parent=row)
    for shown in (page(reader, LIST), page(reader, f"{LIST}?q=alert"), page(reader, address(row))):
        alive = [part for test in ("script", "img", "[onerror]", "[onmouseover]", "b b") for part in shown.all(f"main {test}")]
        links = [link.get("href") for link in shown.all("main a") if link.get("href").lower().startswith("javascript")]
        assert (alive, links) == ([], [])


def test_conversation_says_how_much_of_it_is_here(reader: Client) -> None:
    first = post("@bryonyshelves The ladder.", hettie(), ghost="https://x.com/i/status/1658026946203748499")
    reply = post("And paint?", parent=first)
    seen(first, source("Ours"))
    seen(reply, source("Theirs"))
    shown = page(reader, address(first))
    assert texts(shown, ".whole") == ["2 posts by 2 people, seen in 2 sources. 1 post missing."]
    assert texts(shown, ".ghost") == ["Missing post by @bryonyshelves. No archive has it yet."]
    assert texts(shown, ".is-missing time") == ["15 May 2023, 08:30"]
    assert len(shown.all(".thread .node--us")) == 1
    assert texts(shown, ".thread summary") == ["Seen in 1 source"] * 2


def test_conversation_shows_pictures_with_their_description(reader: Client) -> None:
    row = post("Look", picture=True)
    file = row.media.get().file
    assert file is not None
    (picture,) = page(reader, address(row)).all(".figure img")
    assert (picture.get("alt"), picture.get("src")) == ("A stile", f"/media/{file.sha256}/")


def test_first_answer_goes_straight_on_and_others_branch_off(reader: Client) -> None:
    shown = page(reader, address(talk()))
    assert texts(shown, ".conversation > li > .post .post__words") == [
        "Which stile held you up the longest?",
        "The ladder, by far.",
        "The ladder is the best one.",
    ]
    assert texts(shown, ".branch .post__words") == ["And the one with the paint."]


def test_old_address_of_a_merged_conversation_leads_to_the_new_one(reader: Client) -> None:
    root = talk()
    ConversationAlias.objects.create(id=23, conversation=root.conversation)
    response = reader.get("/desk/conversations/23/?at=1")
    assert (response.status_code, response.headers["Location"]) == (302, f"{address(root)}?at=1")
    assert reader.get("/desk/conversations/24/").status_code == 404


@pytest.mark.parametrize("chain", [True, False])
def test_conversation_of_ten_thousand_posts_is_shown_in_parts(reader: Client, chain: bool) -> None:
    made = many((f"post {number}" for number in range(10_000)), chain=chain)
    here = f"/desk/conversations/{made.pk}/"
    shown = page(reader, here)
    assert len(shown.all(".post__words")) <= POSTS
    (more,) = shown.all(".goes-on a")
    assert len(page(reader, more.get("hx-get"), **{"HX-Request": "true"}).all(".post__words")) > 20
    assert len(page(reader, more.get("href")).all(".post__words")) > 0


def test_post_that_is_not_in_the_first_part_is_led_to(reader: Client) -> None:
    made = many((f"post {number}" for number in range(500)), chain=True)
    keys = list(Post.objects.order_by("pk").values_list("pk", flat=True))
    response = reader.get(f"/desk/conversations/{made.pk}/?at={keys[400]}")
    assert response.headers["Location"] == f"/desk/conversations/{made.pk}/?from={keys[399]}#p{keys[400]}"
    shown = page(reader, response.headers["Location"])
    assert texts(shown, ".post__words")[:2] == ["post 399", "post 400"]
    assert reader.get(f"/desk/conversations/{made.pk}/?at=23").status_code == 404


def test_stranger_is_sent_to_the_sign_in() -> None:
    root = talk()
    for address_ in (LIST, address(root)):
        assert Client().get(address_).headers["Location"].startswith("/sign-in/")


def test_list_without_a_question_has_a_bare_address(reader: Client) -> None:
    post("stile")
    response = reader.get(f"{LIST}?q=&from=&since=&until=", headers={"HX-Request": "true", "HX-Target": "found"})
    assert response.headers["HX-Replace-Url"] == LIST
