"""Signing in to a server that speaks as Mastodon does, and posting there."""

import io
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from PIL import Image

from homespun.http import Door, addresses
from homespun.networks.connecting import Connected, Denied, Ourselves
from homespun.networks.errors import NetworkError, SignedOut
from homespun.networks.live import Asking
from homespun.networks.mastodon import SignIn, Speaker
from homespun.networks.mastodon.counting import length
from homespun.networks.mastodon.server import address_of
from homespun.networks.protocols import Picture, Words
from homespun.networks.said import Said
from homespun.networks.values import Visibility
from tests.networks.homes.answering import open_to_all
from tests.networks.homes.mastodon import Mastodon

US = Ourselves("https://loaf.example", "The Quarter Loaf", "https://loaf.example/back")
ELSEWHERE = "https://far.example/users/bryony/statuses/1"


@pytest.fixture
def home() -> Iterator[Mastodon]:
    with open_to_all(Mastodon()) as made:
        made.elsewhere[ELSEWHERE] = "55"
        yield made


def door() -> Door:
    return Door(site="https://loaf.example", allow=addresses("127.0.0.1"))


def sign_in() -> SignIn:
    return SignIn(Asking(door=door()))


def typed(home: Mastodon) -> str:
    return f"@hettie@{home.url.partition('://')[2]}"


def connected(home: Mastodon) -> Connected:
    begun = sign_in().begin(typed(home), US)
    return sign_in().finish(begun.kept, home.yes(begun.url))


def speaker(home: Mastodon, lost: list[Said] | None = None) -> Speaker:
    made = connected(home)
    told = [] if lost is None else lost
    return Speaker(Asking(door(), server=made.server, me=made.account.uri, secret=made.secret, limits=made.limits, lost=told.append))


def refusal(home: Mastodon, what: str = "@hettie@nowhere") -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        sign_in().begin(what, US)
    return caught.value


def test_account_is_connected_with_the_least_that_is_needed(home: Mastodon) -> None:
    begun = sign_in().begin(typed(home), US)
    asked = parse_qs(urlsplit(begun.url).query)
    assert asked["scope"] == [
        "read:accounts read:statuses read:notifications read:search read:follows write:statuses write:media write:favourites"
    ]
    assert (asked["code_challenge_method"], asked["redirect_uri"], begun.server) == (["S256"], [US.back], home.url)
    made = sign_in().finish(begun.kept, home.yes(begun.url))
    assert (made.account.uri, made.account.name) == (f"{home.url}/users/hettie", "Hettie Moule")
    assert made.account.handle == f"hettie@{home.url.partition('://')[2]}"
    assert (made.secret["token"] in home.tokens, made.scopes) == (True, asked["scope"][0])
    assert (made.limits["longest"], made.limits["quotes"], made.limits["title"]) == (500, "quoted_status_id", "Stiles")


def test_server_that_knows_no_small_permissions_is_asked_for_the_two_large_ones() -> None:
    with open_to_all(Mastodon(scopes=["read", "write", "follow"])) as home:
        assert sign_in().begin(typed(home), US).scopes == ("read", "write")


def test_server_that_is_known_to_know_no_small_permissions_is_asked_so() -> None:
    with open_to_all(Mastodon(scopes=[], version="3.5.3 (compatible; Pixelfed 0.12.5)")) as home:
        assert sign_in().begin(typed(home), US).scopes == ("read", "write")


def test_name_leads_to_the_server_that_it_names_as_its_home(home: Mastodon) -> None:
    with open_to_all(Mastodon()) as front:
        front.actor = f"{home.url}/users/hettie"
        begun = sign_in().begin(typed(front), US)
    made = sign_in().finish(begun.kept, home.yes(begun.url))
    assert (begun.server, made.account.uri, front.asked_for("/api")) == (home.url, f"{home.url}/users/hettie", [])


def test_server_that_says_nothing_of_its_sign_in_is_asked_without_pkce() -> None:
    with open_to_all(Mastodon(scopes=[])) as home:
        begun = sign_in().begin(typed(home), US)
        assert "code_challenge" not in begun.url
        assert sign_in().finish(begun.kept, home.yes(begun.url)).server == home.url


def test_person_who_says_no_is_told_that_nothing_was_connected(home: Mastodon) -> None:
    begun = sign_in().begin(typed(home), US)
    with pytest.raises(Denied, match="You didn’t give permission on"):
        sign_in().finish(begun.kept, home.no(begun.url))
    assert home.tokens == set()


def test_code_that_was_used_or_is_made_up_signs_nobody_in(home: Mastodon) -> None:
    begun = sign_in().begin(typed(home), US)
    back = home.yes(begun.url)
    sign_in().finish(begun.kept, back)
    with pytest.raises(NetworkError, match="The provided authorization grant is invalid or expired"):
        sign_in().finish(begun.kept, back)


def test_code_is_worth_nothing_without_the_verifier(home: Mastodon) -> None:
    begun = sign_in().begin(typed(home), US)
    with pytest.raises(NetworkError, match="grant is invalid"):
        sign_in().finish({**begun.kept, "verifier": "another"}, home.yes(begun.url))


def test_what_names_no_server_is_said_so(home: Mastodon) -> None:
    assert str(refusal(home, "hettie")) == "“hettie” names no server. Write it as @name@server."


def test_server_that_is_not_there_is_said_so() -> None:
    with open_to_all(Mastodon()) as home:
        gone = home.url
    error = refusal(home, f"@hettie@{gone.partition('://')[2]}")
    assert error.permanent is False
    assert str(error).startswith(gone.partition("://")[2])


def test_server_of_another_kind_is_called_by_its_name(home: Mastodon) -> None:
    class Other(Mastodon):
        def answer(self, asked):  # type: ignore[no-untyped-def]
            said = {"/.well-known/nodeinfo": {"links": [{"rel": "2.1", "href": f"{self.url}/nodeinfo"}]}}
            said["/nodeinfo"] = {"software": {"name": "misskey", "version": "2025.1"}}  # type: ignore[dict-item]
            return type(super().answer(asked))(200 if asked.path in said else 404, said.get(asked.path))

    with open_to_all(Other()) as other:
        assert "runs misskey 2025.1, which cannot be spoken with here" in str(refusal(other, typed(other)))


def test_server_that_speaks_for_an_account_of_another_connects_nothing(home: Mastodon) -> None:
    home.account = lambda: {"id": "1", "username": "vita", "acct": "vita", "uri": "https://far.example/users/vita"}  # type: ignore[method-assign]
    begun = sign_in().begin(typed(home), US)
    with pytest.raises(NetworkError, match="does not say whose account that is"):
        sign_in().finish(begun.kept, home.yes(begun.url))


def test_token_is_taken_back_when_the_account_is_let_go(home: Mastodon) -> None:
    made = connected(home)
    sign_in().forget(made.server, made.secret)
    assert home.tokens == set()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("social.example", "https://social.example"),
        ("https://social.example/@hettie", "https://social.example"),
        ("http://social.example", "https://social.example"),
        ("Social.Example:8443", "https://social.example:8443"),
        ("127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("", ""),
        ("nowhere", ""),
        ("user:word@social.example", ""),
        ("social.example\\@evil.example", ""),
    ],
)
def test_server_is_read_out_of_what_was_typed(typed: str, address: str) -> None:
    assert address_of(typed) == address


def test_post_has_its_words_warning_language_audience_and_pictures(home: Mastodon) -> None:
    home.working_on_media = 2
    words = Words(
        "k", "Both stiles.", warning="Mud", lang="en", visibility=Visibility.UNLISTED, pictures=(Picture(png(), "image/png", "A stile"),)
    )
    made = speaker(home).post(words)
    (status,) = home.statuses.values()
    assert (made.uri, made.text, made.warning, made.lang, made.visibility) == (
        status["uri"],
        "Both stiles.",
        "Mud",
        "en",
        Visibility.UNLISTED,
    )
    assert [(each.kind, each.alt) for each in made.media] == [("image", "A stile")]
    assert made.author is not None and made.author.uri == f"{home.url}/users/hettie"


def test_same_key_again_gives_the_same_post(home: Mastodon) -> None:
    speaks = speaker(home)
    assert speaks.post(Words("k", "Once")).uri == speaks.post(Words("k", "Once")).uri
    assert len(home.statuses) == 1


def test_post_that_was_taken_without_our_hearing_of_it_is_found_after_the_key_is_forgotten(home: Mastodon) -> None:
    speaks, begun = speaker(home), int(time.time() * 1000)
    words = Words("k", "Both.", parent=ELSEWHERE, warning="Mud", begun=begun)
    home.fails.append(("/api/v1/statuses", "cut"))
    with pytest.raises(NetworkError) as caught:
        speaks.post(words)
    home.keys.clear()
    again = speaks.post(msgspec.structs.replace(words, again=True))
    assert (caught.value.permanent, len(home.statuses), again.parent) == (False, 1, ELSEWHERE)


def test_post_is_found_again_on_a_server_that_does_not_tell_what_was_typed(home: Mastodon) -> None:
    speaks, begun = speaker(home), int(time.time() * 1000)
    home.tells_sources = False
    words = Words("k", "Both,  by the mill.", warning="Mud", begun=begun)
    first = speaks.post(words)
    home.keys.clear()
    assert speaks.post(msgspec.structs.replace(words, again=True)).uri == first.uri
    assert speaks.post(msgspec.structs.replace(words, text="Neither.", again=True)).uri != first.uri


@pytest.mark.parametrize(
    "other",
    [
        Words("k2", "Both."),
        Words("k2", "Both", parent=ELSEWHERE),
        Words("k2", "Both.", parent=ELSEWHERE, warning="Mud"),
    ],
    ids=["under nothing", "in other words", "behind a warning"],
)
def test_another_post_is_not_taken_for_the_one_that_is_looked_for(home: Mastodon, other: Words) -> None:
    speaks, begun = speaker(home), int(time.time() * 1000)
    speaks.post(Words("k1", "Both.", parent=ELSEWHERE, begun=begun))
    speaks.post(msgspec.structs.replace(other, begun=begun, again=True))
    assert len(home.statuses) == 2


def test_older_post_of_the_same_words_is_not_taken_for_it(home: Mastodon) -> None:
    speaks = speaker(home)
    speaks.post(Words("k1", "Good morning."))
    speaks.post(Words("k2", "Good morning.", begun=int(time.time() * 1000) + 3_600_000, again=True))
    assert len(home.statuses) == 2


def test_answer_stands_under_what_it_answers_wherever_that_was_posted(home: Mastodon) -> None:
    speaks = speaker(home)
    first = speaks.post(Words("k1", "Both.", parent=ELSEWHERE))
    second = speaks.post(Words("k2", "And a third.", parent=first.uri))
    third = speaks.post(Words("k3", "And a fourth.", parent=second.names[0]))
    assert [first.parent, second.parent] == [ELSEWHERE, first.uri]
    assert [home.statuses[number]["in_reply_to_id"] for number in home.statuses] == ["55", first.uri[-3:], second.uri[-3:]]
    assert len(home.asked_for("/api/v2/search")) == 1
    assert third.uri != second.uri


def test_answer_to_what_the_server_cannot_find_is_tried_again_later(home: Mastodon) -> None:
    with pytest.raises(NetworkError) as caught:
        speaker(home).post(Words("k", "Both.", parent="https://far.example/unknown"))
    assert (caught.value.permanent, home.statuses) == (False, {})


def test_quote_is_made_where_the_server_knows_them(home: Mastodon) -> None:
    speaker(home).post(Words("k", "This.", quoted=ELSEWHERE))
    assert [each["quoted"] for each in home.statuses.values()] == ["55"]
    with open_to_all(Mastodon(api=6)) as older:
        older.elsewhere[ELSEWHERE] = "55"
        speaks = speaker(older)
        assert (speaker(home).limits.quotes, speaks.limits.quotes) == (True, False)
        with pytest.raises(NetworkError, match="cannot quote"):
            speaks.post(Words("k", "This.", quoted=ELSEWHERE))
        assert older.statuses == {}


def test_edit_keeps_the_pictures_and_takes_the_warning_away(home: Mastodon) -> None:
    speaks = speaker(home)
    made = speaks.post(Words("k", "One.", warning="Mud", pictures=(Picture(png(), "image/png", "A stile"),)))
    edited = speaks.edit(made.uri, Words("k-edit", "Two."))
    assert (edited.uri, edited.text, edited.warning, [each.alt for each in edited.media]) == (made.uri, "Two.", "", ["A stile"])
    assert edited.edited > edited.published


def test_post_is_deleted_and_may_be_deleted_again(home: Mastodon) -> None:
    speaks = speaker(home)
    made = speaks.post(Words("k", "One."))
    speaks.delete(made.uri)
    speaks.delete(made.uri)
    assert home.statuses == {}


def test_post_of_another_server_is_boosted_and_favourited(home: Mastodon) -> None:
    speaks = speaker(home)
    speaks.repost(ELSEWHERE)
    speaks.like(ELSEWHERE)
    speaks.unrepost(ELSEWHERE)
    speaks.unlike(ELSEWHERE)
    assert home.deeds == [(deed, "55") for deed in ("reblog", "favourite", "unreblog", "unfavourite")]


def test_picture_that_is_too_large_for_the_server_is_made_smaller(home: Mastodon) -> None:
    large = noise(900)
    speaker(home).post(Words("k", "", pictures=(Picture(large, "image/png", "Noise"),)))
    (medium,) = home.media.values()
    assert len(large) > 60_000
    assert medium["size"] < 61_000


def test_token_that_was_taken_back_is_told_to_the_room_above_once_and_in_words(home: Mastodon) -> None:
    lost: list[Said] = []
    speaks = speaker(home, lost)
    home.tokens.clear()
    with pytest.raises(SignedOut):
        speaks.post(Words("k", "One."))
    assert lost == [f"{speaks.server.name} no longer lets us act for this account: the permission was taken back, or has run out."]


def test_refusal_is_said_in_the_words_of_the_server(home: Mastodon) -> None:
    with pytest.raises(NetworkError) as caught:
        speaker(home).post(Words("k", "x" * 501))
    assert caught.value.permanent is True
    assert str(caught.value).endswith("refuses it: Validation failed: Text character limit of 500 exceeded")


def test_server_that_is_busy_says_when_to_come_again(home: Mastodon) -> None:
    speaks = speaker(home)
    home.fails.append(("/api/v1/statuses", 429))
    with pytest.raises(NetworkError) as caught:
        speaks.post(Words("k", "One."))
    assert caught.value.permanent is False


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Both stiles.", 12),
        ("https://stilewise.example/a/very/long/path?with=much&more=of-it", 23),
        ("See (https://x.example/a_(b)).", 5 + 23 + 2),
        ("@bryony@social.example yes", len("@bryony yes")),
        ("mail@social.example yes", len("mail@social.example yes")),
        ("👨‍👩‍👧‍👦 and 🇬🇧 and e\u0301", 1 + 5 + 1 + 5 + 1),
    ],
)
def test_text_is_counted_as_its_server_counts_it(text: str, counted: int) -> None:
    assert length(text) == counted


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "PNG")
    return made.getvalue()


def noise(side: int) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((side, side), 80).save(made, "PNG")
    return made.getvalue()
