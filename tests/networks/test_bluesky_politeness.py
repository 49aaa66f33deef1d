"""Bluesky is asked little: at most three requests for everybody who takes part in a conversation, finding it included."""

from collections import Counter

import pytest

from homespun.http import counting_requests
from homespun.http.once import asking_once
from tests.networks.bluesky_network import Network, did
from tests.networks.test_bluesky_client import conversation, posts_of


def gathered(network: Network, address: str, *own: str) -> set[str]:
    """As `complete` does for an address that isn't known yet: one client finds it, another gathers the rest."""
    with counting_requests() as sent, asking_once():
        found = network.client(*own).find(address).posts
        every = {*posts_of(network.client(*own).around(found)), *(post.uri for post in found)}
    assert sent.requests == len(network.asked)
    return every


def test_conversation_takes_at_most_three_requests_for_each_participant() -> None:
    network = Network()
    root, public = conversation(network)
    people = {uri.split("/")[2] for uri in network.posts}
    assert public <= gathered(network, root)
    assert len(network.asked) <= 3 * len(people)


@pytest.mark.parametrize(("people", "most"), [(1, 5), (2, 7), (5, 15), (40, 120), (90, 270)])
def test_many_participants_are_asked_about_together(people: int, most: int) -> None:
    network = Network()
    root = network.post("hettie", "Which stile is yours?")
    answers = {network.post(f"walker{chr(97 + n // 26)}{chr(97 + n % 26)}", "Mine is of slate.", root) for n in range(people - 1)}
    assert answers | {root} <= gathered(network, root, did("ours"))
    asked = Counter(network.asked)
    assert asked["directory"] == asked["listRecords"] == people
    assert asked.total() <= most


def test_same_question_is_asked_once_in_one_completion() -> None:
    network = Network()
    root = network.post("hettie", "Which stile is yours?")
    gathered(network, root)
    assert network.asked.count("getPostThread") == 1
    network.client().find(root)
    assert network.asked.count("getPostThread") == 2
