"""Bluesky, asked: what is found at an address, and how a conversation is made whole from the app view and the repositories."""

from collections.abc import Iterable

import orjson
import pytest

from homespun.networks.bluesky import oauth
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import MENTIONS, Absent, Around
from homespun.networks.values import Account, Place, Post
from tests.networks.bluesky_network import Network, did

HETTIE, BRYONY = did("hettie"), did("bryony")


@pytest.fixture
def network() -> Network:
    return Network()


def posts_of(answers: Iterable[Around]) -> dict[str, Post]:
    return {post.uri: post for answer in answers for post in answer.posts}


def absent_of(answers: Iterable[Around]) -> list[Absent]:
    return [each for answer in answers for each in answer.absent]


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("https://bsky.app/profile/hettie.example/post/3l2aaaaaaaa2a", True),
        (f"https://bsky.app/profile/{HETTIE}/post/3l2aaaaaaaa2a?ref=1#a", True),
        ("https://bsky.app/profile/hettie.example", True),
        (f"at://{HETTIE}/app.bsky.feed.post/3l2aaaaaaaa2a", True),
        ("at://hettie.example", True),
        (HETTIE, True),
        ("@hettie.example", True),
        ("hettie.bsky.social", True),
        ("did:web:hettie.example", True),
        (f"at://{HETTIE}/app.bsky.feed.like/3l2aaaaaaaa2a", False),
        ("did:web:hettie.example%2F..%2Finside", False),
        ("hettie.example", False),
        ("@hettie", False),
        ("@hettie@fields.example", False),
        ("https://bsky.app/", False),
        ("https://elsewhere.example/profile/hettie.example/post/3l2aaaaaaaa2a", False),
        ("#stiles", True),
        ("#stiles@fields.example", False),
        ("#", False),
        ("", False),
    ],
)
def test_address_is_known_by_its_form(network: Network, address: str, is_ours: bool) -> None:
    assert network.client().knows(address) is is_ours
    assert network.asked == []


def test_post_is_found_with_its_thread(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    answer = network.post("bryony", "The one by the shelves.", root)
    key = root.rpartition("/")[2]
    found = network.client().find(f"https://bsky.app/profile/hettie.example/post/{key}")
    assert (found.kind, found.server, [post.uri for post in found.posts]) == ("thread", "appview.example", [root, answer])
    assert [(post.parent, post.root, post.place) for post in found.posts] == [("", "", Place.COPY), (root, root, Place.COPY)]
    assert network.asked == ["resolveHandle", "directory", "getPostThread", "getProfiles"]


def test_post_that_the_app_view_hides_is_taken_from_its_home(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    network.hidden.add(root)
    found = network.client().find(root)
    assert (found.kind, found.server) == ("post", "hettie.home.example")
    assert [(post.uri, post.place, post.author) for post in found.posts] == [
        (root, Place.SERVER, Account(HETTIE, "hettie.example", "Hettie", network="bluesky"))
    ]


def test_deleted_post_is_found_nowhere(network: Network) -> None:
    root = network.delete(network.post("hettie", "Which stile is yours?"))
    with pytest.raises(NetworkError) as refusal:
        network.client().find(root)
    assert str(refusal.value.said) == "That post is not there any more, or its author shows it to nobody."


def test_account_is_found(network: Network) -> None:
    network.person("hettie", description="Makes stiles")
    found = network.client().find("@Hettie.example")
    assert (found.kind, found.account) == ("account", Account(HETTIE, "hettie.example", "Hettie", bio="Makes stiles", network="bluesky"))


def test_handle_that_the_account_itself_does_not_name_is_nobody(network: Network) -> None:
    network.person("hettie")
    network.answers["resolveHandle"] = orjson.dumps({"did": HETTIE})
    with pytest.raises(NetworkError) as refusal:
        network.client().find("@bryony.example")
    assert str(refusal.value.said) == "There is no Bluesky account @bryony.example."


def test_answer_about_another_post_is_left_aside(network: Network) -> None:
    root, other = network.post("hettie", "Which stile is yours?"), network.post("hettie", "Another")
    network.answers["getPostThread"] = orjson.dumps({"thread": network.node(other, 1)})
    with pytest.raises(NetworkError):
        network.client().find(root)


def test_record_of_another_account_in_the_directory_is_left_aside(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    network.hidden.add(root)
    network.answers["directory"] = orjson.dumps({"id": BRYONY, "service": []})
    with pytest.raises(NetworkError):
        network.client().find(root)


def test_home_that_gives_another_record_than_was_asked_for_gives_nothing(network: Network) -> None:
    root, other = network.post("hettie", "Which stile is yours?"), network.post("hettie", "Another")
    network.hidden |= {root, other}
    network.answers["getRecord"] = orjson.dumps({"uri": other, "value": network.posts[other]})
    [answer] = network.client().fetch([root])
    assert (answer.posts, answer.absent) == ((), (Absent(root, "unreachable"),))


def test_post_whose_home_is_down_is_taken_as_the_app_view_has_it(network: Network) -> None:
    root, other = network.post("hettie", "Which stile is yours?"), network.post("bryony", "Mine")
    network.refused["getRecord"] = 502
    network.hidden.add(other)
    [answer] = network.client().fetch([root, other])
    assert [(post.uri, post.place) for post in answer.posts] == [(root, Place.COPY)]
    assert answer.absent == (Absent(other, "unreachable"),)


def conversation(network: Network) -> tuple[str, set[str]]:
    """Twelve levels, a part below a deleted answer, a part below somebody whom the app view hides."""
    root = network.post("hettie", "Which stile is yours?")
    last = root
    for step in range(12):
        last = network.post("bryony" if step % 2 else "hettie", f"Step {step}", last)
    deleted = network.delete(network.post("carys", "Sorry, wrong field", root))
    network.post("dafydd", "It happens", deleted)
    network.post("dafydd", "Mine is of slate", root)
    network.post("emrys", "None, I jump", root)
    hidden = network.post("emrys", "I disagree with all of you", root)
    network.post("bryony", "Why?", hidden)
    network.hidden.add(hidden)
    return root, {*network.posts} - {deleted}


def test_conversation_is_whole_whatever_the_app_view_leaves_out(network: Network) -> None:
    root, public = conversation(network)
    client = network.client()
    answers = list(client.around(client.find(root).posts))
    found = posts_of(answers)
    assert {*found} == public
    assert absent_of(answers) == [Absent(next(iter(network.deleted)), "gone")]
    assert sum(answer.asked for answer in answers) == len(network.asked) - 2  # without those of `find`
    assert len(network.asked) - 2 <= 3 * 5


def test_conversation_is_whole_from_any_post_of_it(network: Network) -> None:
    root, public = conversation(network)
    client = network.client()
    last = [uri for uri in network.posts if uri != root][-1]
    [answer] = client.fetch([last])
    assert {*posts_of(client.around(answer.posts))} == public


def test_who_said_only_what_is_hidden_is_found_where_few_live_together(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    for name in ("bryony", "carys", "ffion", "gwen", "huw"):
        network.post(name, "The one by the shelves", root)
    quiet = network.post("emrys", "Mine is hidden", root)
    elsewhere = network.post("dafydd", "Mine, too", root)
    network.hidden |= {quiet, elsewhere}
    network.homes |= {HETTIE: "https://house.home.example", did("emrys"): "https://house.home.example"}
    network.neighbours = [HETTIE, did("emrys"), did("dafydd")]
    client = network.client()
    found = posts_of(client.around(client.find(root).posts))
    assert quiet in found
    assert elsewhere not in found  # that house does not speak for them


def busy_conversation(network: Network) -> tuple[str, str]:
    """Eight people at a root, and its first answer."""
    root = network.post("hettie", "Which stile is yours?")
    first = network.post("bryony", "The one by the shelves", root)
    for name in ("carys", "ffion", "gwen", "huw", "ifan", "jac"):
        network.post(name, "Mine, too", root)
    return root, first


def test_reply_between_two_who_block_each_other_is_found_by_their_blocks(network: Network) -> None:
    root, first = busy_conversation(network)
    theirs = network.post("emrys", "It is rotten", first)
    network.hidden.add(theirs)
    network.person("dafydd")
    network.others[did("bryony"), "app.bsky.graph.block"] = [did("dafydd"), "nobody", did("emrys")]
    client = network.client()
    answers = list(client.around(client.find(root).posts))
    assert theirs in posts_of(answers)
    assert sum(answer.asked for answer in answers) <= 3 * 9


def test_block_list_is_not_read_where_no_reply_is_missing(network: Network) -> None:
    root, _first = busy_conversation(network)
    network.others[did("hettie"), "app.bsky.graph.block"] = [did("dafydd")]
    client = network.client()
    list(client.around(client.find(root).posts))
    assert not [each for each in network.asked if "block" in each]


def test_reply_to_a_deleted_root_is_found_where_a_participant_likes_it(network: Network) -> None:
    root, first = busy_conversation(network)
    network.post("carys", "Whose shelves?", first)
    network.post("gwen", "And mine", first)
    liked = network.post("emrys", "Mine is wet", root)
    network.delete(root)
    other = network.post("dafydd", "Not of this conversation")
    network.others[did("carys"), "app.bsky.feed.like"] = [{"uri": other}, {"uri": liked, "cid": "x"}, {"uri": 7}, None]
    client = network.client()
    held = posts_of(client.around(client.find(first).posts))
    found = posts_of(client.around([*held.values()]))  # the second check knows whose servers to ask, and has requests left
    assert (liked in found, other in found) == (True, False)


def test_whoever_has_blocked_us_is_not_collected(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    theirs = network.post("emrys", "I disagree", root)
    ours = network.post("bryony", "Why?", theirs)
    network.blocks.add((did("emrys"), HETTIE))
    client = network.client(HETTIE, "https://x.com/i/user/12")
    found = client.find(root)
    assert [post.uri for post in found.posts] == [root, ours]
    assert found.absent == (Absent(theirs, "blocked"), Absent(did("emrys"), "blocked"))
    answers = list(client.around(found.posts))
    assert {*posts_of(answers)} == {root, ours}
    assert {*absent_of(answers)} == {Absent(theirs, "blocked"), Absent(did("emrys"), "blocked")}
    [answer] = client.fetch([theirs])
    assert (answer.posts, answer.absent) == ((), (Absent(theirs, "blocked"), Absent(did("emrys"), "blocked")))


def test_block_between_two_others_hides_nothing(network: Network) -> None:
    root = network.post("bryony", "Which stile is yours?")
    theirs = network.post("emrys", "I disagree", root)
    answer = network.post("hettie", "With whom?", theirs)
    network.blocks.add((did("emrys"), BRYONY))
    client = network.client(HETTIE)
    held = client.find(root).posts
    network.hidden.add(theirs)
    assert {*posts_of(client.around(held))} == {root, theirs, answer}


@pytest.mark.parametrize(("closed", "why"), [("deactivated", "hidden"), ("takendown", "gone"), ("down", "unreachable")])
def test_what_stands_in_a_closed_repository_says_why(network: Network, closed: str, why: str) -> None:
    root = network.post("hettie", "Which stile is yours?")
    network.post("bryony", "The one by the shelves", root)
    theirs = network.post("emrys", "Mine is closed", root)
    network.post("bryony", "A pity", theirs)
    network.closed[did("emrys")] = closed
    client = network.client()
    answers = list(client.around(client.find(root).posts))
    assert absent_of(answers) == [Absent(theirs, why)]
    assert absent_of(client.fetch([theirs])) == [Absent(theirs, why)]


def test_server_that_is_down_keeps_no_other_from_being_asked(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    network.post("bryony", "The one by the shelves", root)
    last = network.post("bryony", "Not that one?", network.post("emrys", "Mine", root))
    network.hidden.add(last)
    network.closed[did("emrys")] = "down"
    client = network.client()
    assert last not in {post.uri for post in client.find(root).posts}
    assert last in posts_of(client.around(client.find(root).posts))


def test_what_authors_say_of_themselves_comes_with_their_posts(network: Network) -> None:
    network.person("emrys", description="Nature only. #nobot")
    root = network.post("emrys", "Moss on a stile")
    assert [post.author.bio for post in network.client().find(root).posts if post.author] == ["Nature only. #nobot"]


def test_posts_of_a_repository_by_another_are_left_out(network: Network) -> None:
    root, other = network.post("hettie", "Which stile is yours?"), network.post("bryony", "Mine")
    client = network.client()
    found = client.find(root).posts
    network.answers["listRecords"] = orjson.dumps({"records": [{"uri": other, "value": network.posts[other] | {"text": "Forged"}}]})
    assert {*posts_of(client.around(found))} == {root}


def test_parents_in_a_circle_come_to_an_end(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    three = network.post("bryony", "Three", root)
    one = network.post("bryony", "One", root)
    two = network.post("bryony", "Two", one)
    network.posts[one]["reply"]["parent"]["uri"] = two
    client = network.client()
    assert {*posts_of(client.around(client.find(root).posts))} == {root, one, two, three}


def test_endless_repository_is_not_read_to_its_end(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    for step in range(1_000):
        network.post("bryony", f"Something else {step}", minutes=step)
    network.post("bryony", "That one", root, minutes=2_000)
    client = network.client()
    found = client.find(root).posts
    network.asked.clear()
    list(client.around(found))
    assert len(network.asked) <= 3 * 2


def test_account_that_is_listened_to_begins_with_its_newest_and_goes_on_behind(network: Network) -> None:
    uris = [network.post("hettie", f"Stile {number}") for number in range(130)]
    client = network.client()
    [first] = client.pages("@hettie.example", {})
    assert [post.uri for post in first.posts] == uris[30:]
    assert [page.posts for page in client.pages(HETTIE, first.cursor)] == [[]]
    uris += [network.post("hettie", f"Stile {number}") for number in range(130, 270)]
    pages = list(client.pages(HETTIE, first.cursor))
    assert [post.uri for page in pages for post in page.posts] == uris[130:]
    assert [len(page.posts) for page in pages] == [100, 40]


def test_keys_that_are_no_time_do_not_stop_listening(network: Network) -> None:
    network.person("hettie")
    for number in range(150):
        network.posts[f"at://{HETTIE}/app.bsky.feed.post/zz{number:03}"] = {"text": "Odd", "createdAt": "2024-09-03T10:20:30Z"}
    [first] = network.client().pages(HETTIE, {})
    uri = network.post("hettie", "Stile")
    pages = list(network.client().pages(HETTIE, first.cursor))
    assert uri in [post.uri for page in pages for post in page.posts]
    assert len(pages) == 2


def test_hashtag_is_listened_to_where_strangers_may_search(network: Network) -> None:
    uris = [network.post("hettie", f"A #Stile, {number}", minutes=number) for number in range(3)]
    network.post("bryony", "No stile")
    client = network.client()
    assert [post.uri for post in client.find("#stile").posts] == uris[::-1]
    [first] = client.pages("#stile", {})
    assert [post.uri for post in first.posts] == uris
    uris.append(network.post("bryony", "Another #stile", minutes=60))
    [second] = client.pages("#stile", first.cursor)
    assert second.posts[-1].uri == uris[-1]


def test_search_that_is_for_accounts_alone_says_so(network: Network) -> None:
    network.lets_strangers_search = False
    with pytest.raises(NetworkError) as refusal:
        list(network.client().pages("#stile", {}))
    assert str(refusal.value.said) == "Bluesky lets nobody search who is not signed in. Connect an account there first."


def test_what_speaks_to_an_account_is_read_as_that_account(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    answers = [network.post("bryony", f"The one by the shelves, {number}", root) for number in range(3)]
    network.notices += [("like", root), *(("reply", uri) for uri in answers[:2])]
    client = network.client(HETTIE, acting=HETTIE)
    [first] = client.pages(MENTIONS, {})
    assert [(post.uri, post.parent) for post in first.posts] == [(uri, root) for uri in answers[:2]]
    assert [page.posts for page in client.pages(MENTIONS, first.cursor)] == [[]]
    network.notices.append(("reply", answers[2]))
    [second] = client.pages(MENTIONS, first.cursor)
    assert [post.uri for post in second.posts] == answers[2:]


def test_what_speaks_to_an_account_is_shown_to_nobody_else(network: Network) -> None:
    with pytest.raises(NetworkError):
        list(network.client().pages(MENTIONS, {}))


@pytest.mark.parametrize("name", ["getPostThread", "getPosts", "getProfiles", "getRelationships", "listRecords", "getRecord", "directory"])
@pytest.mark.parametrize("body", [b"", b"[]", b'{"posts":7,"profiles":[1],"relationships":{},"records":[[]]}', b"[" * 100_000])
def test_answers_that_are_none_break_nothing_but_the_asking(network: Network, name: str, body: bytes) -> None:
    root, public = conversation(network)
    held = network.client().find(root).posts
    network.answers[name] = body
    client = network.client(HETTIE)
    try:
        found = posts_of(client.around(held)) | posts_of(client.fetch(public))
    except NetworkError:
        return
    assert {*found} <= public


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://house.example/oauth", True),
        ("http://127.0.0.1:2583", True),
        ("http://house.example", False),
        ("https://host:abc", False),
        ("https:///x", False),
        ("", False),
    ],
)
def test_address_where_one_signs_in_is_looked_at(address: str, safe: bool) -> None:
    assert oauth.is_safe(address) == safe
