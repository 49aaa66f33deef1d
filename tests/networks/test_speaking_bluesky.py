"""Signing in to Bluesky, by OAuth and by an app password, and posting there."""

import io
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from PIL import Image

from homespun.http import Door, addresses
from homespun.networks.bluesky import SignIn, Speaker
from homespun.networks.bluesky.facets import facets
from homespun.networks.bluesky.identity import key_ms, parts
from homespun.networks.bluesky.proofs import fresh_key
from homespun.networks.bluesky.signin import metadata
from homespun.networks.connecting import Connected, Denied, Ourselves
from homespun.networks.errors import NetworkError, SignedOut
from homespun.networks.live import Asking
from homespun.networks.protocols import Picture, Words
from homespun.networks.said import Said
from homespun.networks.values import Visibility
from tests.http.servers import Asked, Pages, failing, serving
from tests.networks.homes.answering import open_to_all
from tests.networks.homes.atproto import DID, HANDLE, OTHER, PASSWORD, POST, Atproto

HERE = Ourselves(
    "http://127.0.0.1:8000", "The Quarter Loaf", "http://127.0.0.1:8000/back", "http://127.0.0.1:8000/client.json", fresh_key()
)
SITE = Ourselves("https://loaf.example", "The Quarter Loaf", "https://loaf.example/back", "https://loaf.example/client.json", fresh_key())
ASKED = f"at://{OTHER}/{POST}/3lbjq2xg6ss2k"
NOW = 1_795_687_964_678


@pytest.fixture
def home() -> Iterator[Atproto]:
    with open_to_all(Atproto()) as made:
        made.records[ASKED] = {"$type": POST, "text": "Which stile?", "createdAt": "2026-11-24T09:00:00.000Z"}
        made.clients[SITE.metadata] = metadata(SITE)
        yield made


def asking(home: Atproto, **told: Any) -> Asking:
    door = Door(site="https://loaf.example", allow=addresses("127.0.0.1"))
    return Asking(door, settings={"bluesky_appview": home.url, "bluesky_plc": home.url}, **told)


def connected(home: Atproto, us: Ourselves = HERE) -> Connected:
    begun = SignIn(asking(home)).begin(f"@{HANDLE}", us)
    return SignIn(asking(home)).finish(begun.kept, home.yes(begun.url))


def by_password(home: Atproto) -> Connected:
    return SignIn(asking(home)).by_password(HANDLE, f" {PASSWORD} ")


def speaker(home: Atproto, way: Callable[[Atproto], Connected] = connected, lost: list[Said] | None = None) -> Speaker:
    made = way(home)
    told = [] if lost is None else lost
    return Speaker(asking(home, server=made.server, me=made.account.uri, secret=made.secret, limits=made.limits, lost=told.append))


WAYS = pytest.mark.parametrize("way", [connected, by_password])


def test_account_is_connected_where_it_lives(home: Atproto) -> None:
    begun = SignIn(asking(home)).begin(f"@{HANDLE}", HERE)
    (pushed,) = home.requests.values()
    assert (pushed["login_hint"], pushed["scope"], pushed["code_challenge_method"]) == (HANDLE, "atproto transition:generic", "S256")
    assert parse_qs(urlsplit(begun.url).query).keys() == {"client_id", "request_uri"}
    made = SignIn(asking(home)).finish(begun.kept, home.yes(begun.url))
    assert (made.account.uri, made.account.handle, made.account.name, made.server) == (DID, HANDLE, "Hettie Moule", home.url)
    assert [made.secret[name] in held for name, held in (("token", home.tokens), ("refresh", home.refreshes))] == [True, True]


def test_site_with_tls_signs_what_it_says_of_itself(home: Atproto) -> None:
    assert connected(home, SITE).secret["client"] == SITE.metadata
    asked = [each.told for each in home.seen if each.path == "/oauth/token"]
    assert {each["client_assertion_type"] for each in asked} == {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
    document = metadata(SITE)
    assert (document["redirect_uris"], document["dpop_bound_access_tokens"]) == ([SITE.back], True)
    assert "PRIVATE" not in str(document) and '"d"' not in str(document)


def test_site_that_is_not_who_it_says_it_is_comes_nowhere(home: Atproto) -> None:
    home.clients[SITE.metadata] = metadata(msgspec.structs.replace(SITE, key=fresh_key()))
    with pytest.raises(NetworkError, match="The client is not who it says it is"):
        SignIn(asking(home)).begin(HANDLE, SITE)


def test_site_without_tls_is_told_to_use_an_app_password(home: Atproto) -> None:
    with pytest.raises(NetworkError, match="only from sites with https"):
        SignIn(asking(home)).begin(HANDLE, msgspec.structs.replace(HERE, site="http://loaf.example"))


def test_person_who_says_no_is_told_that_nothing_was_connected(home: Atproto) -> None:
    begun = SignIn(asking(home)).begin(HANDLE, HERE)
    with pytest.raises(Denied, match="You didn’t give permission on"):
        SignIn(asking(home)).finish(begun.kept, home.no(begun.url))


def test_answer_of_another_server_is_not_taken(home: Atproto) -> None:
    begun = SignIn(asking(home)).begin(HANDLE, HERE)
    back = home.yes(begun.url) | {"iss": "https://evil.example"}
    with pytest.raises(NetworkError, match="did not come from the server that was asked"):
        SignIn(asking(home)).finish(begun.kept, back)
    assert home.tokens == {}


def test_server_that_signs_in_somebody_else_connects_nothing(home: Atproto) -> None:
    begun = SignIn(asking(home)).begin(HANDLE, HERE)
    home.sub = OTHER
    with pytest.raises(NetworkError, match="signed in another account"):
        SignIn(asking(home)).finish(begun.kept, home.yes(begun.url))


def test_server_whose_signer_names_another_is_not_asked(home: Atproto) -> None:
    home.issuer = f"{home.url}/"
    with pytest.raises(NetworkError, match="does not sign people in as Bluesky's servers do"):
        SignIn(asking(home)).begin(HANDLE, HERE)
    home.issuer = "http://plain.example"
    with pytest.raises(NetworkError, match="does not say where its people sign in"):
        SignIn(asking(home)).begin(HANDLE, HERE)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("hettie", "“hettie” is no name of a Bluesky account"), ("@nobody.example", "There is no Bluesky account @nobody.example")],
)
def test_name_of_nobody_is_said_so(home: Atproto, typed: str, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        SignIn(asking(home)).begin(typed, HERE)


def test_app_password_connects_and_a_wrong_one_is_said_so(home: Atproto) -> None:
    made = by_password(home)
    assert (made.account.uri, made.scopes, made.secret["password"]) == (DID, "app password", PASSWORD)
    with pytest.raises(NetworkError, match="does not know that app password for this account"):
        SignIn(asking(home)).by_password(HANDLE, "wrong")


def test_too_many_tries_are_said_so(home: Atproto) -> None:
    home.fails.append(("createSession", 429))
    with pytest.raises(NetworkError, match="takes no more tries for now") as caught:
        by_password(home)
    assert caught.value.permanent is False


@WAYS
def test_what_let_us_in_is_taken_back(home: Atproto, way: Callable[[Atproto], Connected]) -> None:
    made = way(home)
    SignIn(asking(home)).forget(made.server, made.secret)
    assert home.refreshes == {}


@WAYS
def test_post_stands_in_the_repository_under_a_key_of_its_moment(home: Atproto, way: Callable[[Atproto], Connected]) -> None:
    made = speaker(home, way).post(Words("k", "Both stiles.", lang="en", begun=NOW))
    assert parts(made.uri)[:2] == (DID, POST)
    assert key_ms(parts(made.uri)[2]) == NOW
    record = home.records[made.uri]
    assert (record["text"], record["langs"], made.text, made.lang) == ("Both stiles.", ["en"], "Both stiles.", "en")
    assert made.author is not None and (made.author.uri, made.author.handle) == (DID, HANDLE)


@WAYS
def test_token_that_has_run_out_is_renewed_and_the_post_made(home: Atproto, way: Callable[[Atproto], Connected]) -> None:
    speaks = speaker(home, way)
    home.tokens.clear()
    speaks.post(Words("k", "Both stiles.", begun=NOW))
    assert (home.renewals, len(home.records)) == (1, 2)


def test_session_that_has_ended_is_opened_again_by_the_app_password(home: Atproto) -> None:
    speaks = speaker(home, by_password)
    home.tokens.clear()
    home.refreshes.clear()
    speaks.post(Words("k", "Both stiles.", begun=NOW))
    assert (home.renewals, len(home.records)) == (0, 2)


@WAYS
def test_permission_that_was_taken_back_is_told_to_the_room_above(home: Atproto, way: Callable[[Atproto], Connected]) -> None:
    lost: list[Said] = []
    speaks = speaker(home, way, lost)
    home.tokens.clear()
    home.refreshes.clear()
    if way is by_password:
        home.fails.append(("createSession", 401))
    with pytest.raises(SignedOut):
        speaks.post(Words("k", "Both stiles.", begun=NOW))
    assert lost == [f"{home.url.partition('://')[2]} no longer lets us act for this account."]


def test_server_that_wants_another_word_in_the_proof_gets_it(home: Atproto) -> None:
    speaks = speaker(home)
    speaks.post(Words("k1", "One.", begun=NOW))
    home.nonce = "second-word"
    speaks.post(Words("k2", "Two.", begun=NOW))
    assert len(home.records) == 3


def test_same_key_again_gives_the_post_that_a_try_before_left(home: Atproto) -> None:
    speaks, words = speaker(home), Words("k", "Both stiles.", begun=NOW)
    home.fails.append(("createRecord", "cut"))
    with pytest.raises(NetworkError) as caught:
        speaks.post(words)
    again = speaks.post(msgspec.structs.replace(words, again=True))
    assert (caught.value.permanent, list(home.records)) == (False, [ASKED, again.uri])


def test_two_posts_of_one_moment_have_two_keys(home: Atproto) -> None:
    speaks = speaker(home)
    assert speaks.post(Words("k1", "One.", begun=NOW)).uri != speaks.post(Words("k2", "One.", begun=NOW)).uri


def test_somebody_known_is_mentioned_by_their_did_whoever_has_the_handle_now(home: Atproto) -> None:
    made = speaker(home).post(Words("k", f"@Old.example, and @{HANDLE}", people=(("old.example", OTHER),)))
    facets = home.records[made.uri]["facets"]
    assert [each["features"][0]["did"] for each in facets] == [OTHER, DID]


def test_answers_name_their_parent_and_the_root_of_all(home: Atproto) -> None:
    speaks = speaker(home)
    first = speaks.post(Words("k1", "Both.", parent=ASKED, begun=NOW))
    second = speaks.post(Words("k2", "And a third.", parent=first.uri, begun=NOW + 1))
    root = {"uri": ASKED, "cid": home.held(ASKED)["cid"]}
    assert home.records[first.uri]["reply"] == {"root": root, "parent": root}
    assert home.records[second.uri]["reply"] == {"root": root, "parent": {"uri": first.uri, "cid": home.held(first.uri)["cid"]}}
    assert (first.parent, second.parent) == (ASKED, first.uri)


def test_answer_to_what_is_gone_is_not_posted(home: Atproto) -> None:
    with pytest.raises(NetworkError, match="not there any more"):
        speaker(home).post(Words("k", "Both.", parent=f"at://{OTHER}/{POST}/3lbjq2xg6ss2z", begun=NOW))
    assert list(home.records) == [ASKED]


def test_quote_and_pictures_stand_in_one_post(home: Atproto) -> None:
    picture = Picture(jpeg(), "image/jpeg", "A stile")
    made = speaker(home).post(Words("k", "Look.", quoted=ASKED, pictures=(picture,), begun=NOW))
    embed = home.records[made.uri]["embed"]
    assert embed["record"]["record"]["uri"] == ASKED
    assert [(each["alt"], each["aspectRatio"]) for each in embed["media"]["images"]] == [("A stile", {"width": 30, "height": 40})]
    assert ([each.uri for each in made.references], [each.alt for each in made.media]) == ([ASKED], ["A stile"])


def test_picture_leaves_without_what_tells_where_it_was_taken(home: Atproto) -> None:
    speaker(home).post(Words("k", "", pictures=(Picture(jpeg(), "image/jpeg", "A stile"),), begun=NOW))
    assert Image.open(io.BytesIO(jpeg())).getexif()[0x010E] == "By the mill"
    assert dict(Image.open(io.BytesIO(home.blobs[0])).getexif()) == {}


def test_large_picture_is_made_small_enough(home: Atproto) -> None:
    made = io.BytesIO()
    Image.effect_noise((1500, 1200), 80).save(made, "PNG")
    speaker(home).post(Words("k", "", pictures=(Picture(made.getvalue(), "image/png", "Noise"),), begun=NOW))
    assert len(made.getvalue()) > 1_000_000 > len(home.blobs[0])


def test_first_link_becomes_a_card_as_its_page_describes_itself(home: Atproto) -> None:
    pages = Pages({"/stile": described, "/stile.jpg": pictured})
    with serving(pages) as site:
        made = speaker(home).post(Words("k", f"Look: {site.url}/stile, and {site.url}/other.", begun=NOW))
    external = home.records[made.uri]["embed"]["external"]
    assert (external["uri"], external["title"], external["description"]) == (
        f"{site.url}/stile",
        "The ladder stile",
        "Why it holds you up.",
    )
    assert (external["thumb"]["mimeType"], len(home.blobs)) == ("image/jpeg", 1)
    assert made.text == f"Look: {site.url}/stile, and {site.url}/other."


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(failing(500), id="fails"),
        pytest.param(lambda asked: asked.say(200, b"<p>Nothing of itself", content_type="text/html"), id="says nothing"),
        pytest.param(lambda asked: asked.say(200, b"%PDF", content_type="application/pdf"), id="is no page"),
    ],
)
def test_post_whose_link_has_no_card_goes_out_without(home: Atproto, page: Callable[[Asked], None]) -> None:
    with serving(Pages({"/stile": page})) as site:
        made = speaker(home).post(Words("k", f"Look: {site.url}/stile", begun=NOW))
    assert "embed" not in home.records[made.uri]


def test_page_that_forbids_programs_is_not_fetched_for_a_card(home: Atproto) -> None:
    with serving(Pages({"/robots.txt": forbidding, "/stile": described})) as site:
        made = speaker(home).post(Words("k", f"Look: {site.url}/stile", begun=NOW))
    assert ("embed" in home.records[made.uri], [path for path, _headers in site.seen]) == (False, ["/robots.txt"])


def forbidding(asked: Asked) -> None:
    asked.say(200, b"User-agent: *\nDisallow: /", content_type="text/plain")


def described(asked: Asked) -> None:
    told = b"<title>No</title><meta property=og:title content='The ladder stile'><meta name=description content='Why it holds you up.'>"
    asked.say(200, told + b"<meta property=og:image content=/stile.jpg>", content_type="text/html")


def pictured(asked: Asked) -> None:
    asked.say(200, jpeg(), content_type="image/jpeg")


def test_warning_that_the_network_knows_becomes_its_label_and_any_other_stands_before_the_words(home: Atproto) -> None:
    speaks = speaker(home)
    known = speaks.post(Words("k1", "Look.", warning="Graphic media", begun=NOW))
    other = speaks.post(Words("k2", "Look.", warning="Mud", begun=NOW))
    assert home.records[known.uri]["labels"]["values"] == [{"val": "graphic-media"}]
    assert (known.warning, home.records[other.uri]["text"]) == ("Graphic media", "Mud\n\nLook.")


def test_what_is_for_some_only_is_never_posted_where_everybody_sees_it(home: Atproto) -> None:
    for audience in (Visibility.UNLISTED, Visibility.FOLLOWERS, Visibility.DIRECT):
        with pytest.raises(NetworkError, match="shows every post to everybody"):
            speaker(home).post(Words("k", "Quietly.", visibility=audience, begun=NOW))
    assert list(home.records) == [ASKED]


def test_post_that_is_too_long_is_not_sent(home: Atproto) -> None:
    with pytest.raises(NetworkError, match="more than the 300 signs"):
        speaker(home).post(Words("k", "é" * 301, begun=NOW))
    assert speaker(home).post(Words("k", "👨‍👩‍👧‍👦" * 300, begun=NOW)).uri in home.records


def test_repost_and_like_are_made_once(home: Atproto) -> None:
    speaks = speaker(home)
    for _ in range(2):
        speaks.repost(ASKED)
        speaks.like(ASKED)
    made = [(parts(uri)[1], record["subject"]["uri"]) for uri, record in home.records.items() if uri != ASKED]
    assert made == [("app.bsky.feed.repost", ASKED), ("app.bsky.feed.like", ASKED)]
    for _ in range(2):
        speaks.unrepost(ASKED)
        speaks.unlike(ASKED)
    assert list(home.records) == [ASKED]


def test_own_post_is_deleted_and_that_of_another_is_not(home: Atproto) -> None:
    speaks = speaker(home)
    made = speaks.post(Words("k", "One.", begun=NOW))
    speaks.delete(made.uri)
    speaks.delete(made.uri)
    with pytest.raises(NetworkError, match="Only posts of the account itself"):
        speaks.delete(ASKED)
    assert list(home.records) == [ASKED]


def test_edits_are_not_offered(home: Atproto) -> None:
    speaks = speaker(home)
    assert speaks.limits.edits is False
    with pytest.raises(NetworkError, match="cannot be edited"):
        speaks.edit(ASKED, Words("k", "Two."))


def test_post_is_made_now_where_nobody_says_when_it_was_begun(home: Atproto) -> None:
    made = speaker(home).post(Words("k", "Now."))
    assert abs(key_ms(parts(made.uri)[2]) - time.time() * 1000) < 60_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("🧶 see https://x.example/a_(b).", [("https://x.example/a_(b)", "link")]),
        ("(https://x.example)", [("https://x.example", "link")]),
        ("@hettie.example and @nobody.example, mail@x.example", [("@hettie.example", "mention")]),
        ("Grüße #Stile, #2026 #a1! https://x.example/#part", [("#Stile", "tag"), ("#a1", "tag"), ("https://x.example/#part", "link")]),
        ("a#b ##c # d", []),
    ],
)
def test_links_mentions_and_tags_are_where_their_bytes_are(text: str, found: list[tuple[str, str]]) -> None:
    made = facets(text, lambda handle: DID if handle == HANDLE else "")
    raw = text.encode()
    shown = [(raw[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode(), each["features"][0]["$type"]) for each in made]
    assert [(words, kind.partition("#")[2]) for words, kind in shown] == found


def jpeg() -> bytes:
    """Lying on its side, and telling where it was taken."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "By the mill"
    Image.new("RGB", (40, 30), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()
