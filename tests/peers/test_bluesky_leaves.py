"""Replies that the app view hides and that nobody answers: found by what else the participants' repositories name."""

from collections.abc import Iterable

from homespun.networks import values
from homespun.networks.bluesky import Client
from homespun.networks.protocols import Around
from tests.peers.bluesky import Network, Person, Post


def conversation(bluesky: Network, *names: str) -> tuple[Post, dict[str, Post], list[Person]]:
    """A root by the first person, and an answer of everybody else by name."""
    people = [bluesky.person(name) for name in names]
    root = people[0].post("Which way round the bog?")
    answers = {person.name: person.post(f"Over the planks, says {person.name}.", root) for person in people[1:]}
    return root, answers, people


def gathered(client: Client, uri: str) -> dict[str, values.Post]:
    """What two checks find; the second knows whose servers to ask."""
    held = {post.uri: post for post in client.find(uri).posts}
    for _check in range(2):
        answers = list(client.around([*held.values()]))
        held |= posts_of(answers)
        people = {uri.split("/")[2] for uri in [*held, *(post.root for post in held.values() if post.root)]}
        assert sum(answer.asked for answer in answers) <= 3 * len(people)
    return held


def posts_of(answers: Iterable[Around]) -> dict[str, values.Post]:
    return {post.uri: post for answer in answers for post in answer.posts}


def test_reply_between_two_who_block_each_other_is_found(bluesky: Network) -> None:
    root, answers, (_gwen, huw, *_others) = conversation(bluesky, "gwen", "huw", "ifan", "jac", "kitty")
    mair = bluesky.person("mair")
    reply = mair.post("The planks are rotten.", answers["huw"])
    bluesky.settle()
    huw.block(mair)
    mair.block(huw)
    bluesky.settle()
    client = bluesky.client()
    assert reply.uri not in {post.uri for post in client.find(root.uri).posts}
    assert gathered(client, root.uri)[reply.uri].text == "The planks are rotten."


def test_second_branch_under_a_deleted_root_is_found_where_a_participant_likes_it(bluesky: Network) -> None:
    root, answers, (nest, olwen, *_others) = conversation(bluesky, "nest", "olwen", "pedr", "rhys")
    sian = bluesky.person("sian")
    reply = sian.post("My map is wet.", root)
    olwen.post("Whose planks?", answers["pedr"])
    answers["rhys"] = bluesky.people["rhys"].post("Mine.", answers["pedr"])
    bluesky.settle()
    bluesky.people["pedr"].write("app.bsky.feed.like", {"subject": reply.reference})
    nest.delete(root)
    bluesky.settle()
    client = bluesky.client()
    assert reply.uri not in {post.uri for post in client.find(answers["pedr"].uri).posts}
    assert gathered(client, answers["pedr"].uri)[reply.uri].text == "My map is wet."
