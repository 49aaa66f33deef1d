"""What a Mastodon-compatible server has already counts as done, however the server answers."""

import pytest

from homespun.networks.errors import NetworkError
from homespun.networks.protocols import Words
from tests.networks.homes import answering
from tests.networks.homes.answering import open_to_all
from tests.networks.homes.mastodon import Mastodon
from tests.networks.test_speaking_mastodon import ELSEWHERE, home, speaker

__all__ = ["home"]  # a fixture


@pytest.mark.parametrize(
    "refusal",
    [
        answering.Said(422, {"error": "Unprocessable Entity: status was not changed"}),
        answering.Said(422, {"error": "Validation failed: Text hasn't been changed"}),
        answering.Said(400, {"error": "Could not update"}),
        answering.Said(422, {}),
    ],
    ids=["as GoToSocial says it", "in other words", "in words that say nothing", "in no words"],
)
def test_edit_that_the_server_has_already_counts_as_done(home: Mastodon, refusal: answering.Said) -> None:
    speaks = speaker(home)
    first = speaks.post(Words("k", "Thsi.", warning="Mud"))
    speaks.edit(first.uri, Words("e1", "This.", warning="Mud"))
    home.refuses_same = refusal
    again = speaks.edit(first.uri, Words("e2", "This.", warning="Mud"))
    assert (again.uri, again.text, again.warning) == (first.uri, "This.", "Mud")


@pytest.mark.parametrize(
    "refusal",
    [
        answering.Said(422, {"error": "Visibility cannot be changed"}),
        answering.Said(403, {"error": "Not changed"}),
        answering.Said(422, {"error": "Too long"}),
    ],
)
def test_edit_that_is_refused_for_another_reason_is_refused(refusal: answering.Said) -> None:
    class Strict(Mastodon):
        def act(self, asked: answering.Asked, number: str, deed: str) -> answering.Said:
            return refusal if asked.method == "PUT" else super().act(asked, number, deed)

    with open_to_all(Strict()) as strict:
        speaks = speaker(strict)
        first = speaks.post(Words("k", "Thsi."))
        with pytest.raises(NetworkError, match="refuses it"):
            speaks.edit(first.uri, Words("e", "This."))


def test_edit_is_known_by_its_words_where_the_server_does_not_tell_what_was_typed(home: Mastodon) -> None:
    speaks = speaker(home)
    home.tells_sources = False
    first = speaks.post(Words("k", "This."))
    home.refuses_same = answering.Said(422, {"error": "?"})
    assert speaks.edit(first.uri, Words("e", "This.")).uri == first.uri


@pytest.mark.parametrize("deed", ["like", "repost", "unlike", "unrepost"])
def test_what_stands_as_it_is_to_be_counts_as_done(home: Mastodon, deed: str) -> None:
    speaks = speaker(home)
    if not deed.startswith("un"):
        getattr(speaks, deed)(ELSEWHERE)
    home.refuses_same = answering.Said(400, {"error": "Already so"})
    getattr(speaks, deed)(ELSEWHERE)
    assert home.marks == ({("55", {"like": "favourite", "repost": "reblog"}[deed])} if not deed.startswith("un") else set())


@pytest.mark.parametrize("deed", ["like", "repost", "unlike", "unrepost"])
def test_mark_that_is_refused_for_another_reason_is_refused(deed: str) -> None:
    class Strict(Mastodon):
        def mark(self, number: str, deed: str) -> answering.Said:
            return answering.Said(403, {"error": "This action is not allowed"})

    with open_to_all(Strict()) as strict:
        strict.elsewhere[ELSEWHERE] = "55"
        if deed.startswith("un"):
            strict.marks = {("55", "favourite"), ("55", "reblog")}
        with pytest.raises(NetworkError, match="This action is not allowed"):
            getattr(speaker(strict), deed)(ELSEWHERE)


@pytest.mark.parametrize("deed", ["delete", "unlike", "unrepost"])
@pytest.mark.parametrize("gone", [404, 410])
def test_what_is_gone_already_counts_as_deleted_and_unmarked(deed: str, gone: int) -> None:
    class Emptied(Mastodon):
        def act(self, asked: answering.Asked, number: str, deed: str) -> answering.Said:
            return super().act(asked, number, deed) if asked.method == "GET" else answering.Said(gone, {"error": "Record not found"})

    with open_to_all(Emptied()) as emptied:
        speaks = speaker(emptied)
        first = speaks.post(Words("k", "This."))
        getattr(speaks, deed)(first.uri)
        emptied.statuses.clear()
        getattr(speaks, deed)(first.uri)
        assert ("DELETE" if deed == "delete" else "POST") in {each.method for each in emptied.asked_for("/api/v1/statuses/")}
