"""What we post is what others read: on a real Bluesky network and on mastodon-mock, with `atproto` and `Mastodon.py` as the others."""

import io
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import atproto
import httpx
import msgspec
import pytest
from atproto_client.request import Request
from PIL import Image
from playwright.sync_api import Browser

from homespun.networks import bluesky as ours
from homespun.networks import mastodon as theirs
from homespun.networks.connecting import Connected, Ourselves
from homespun.networks.errors import SignedOut
from homespun.networks.live import Asking
from homespun.networks.protocols import Picture, Speaks, Words
from homespun.networks.values import Visibility
from tests.http import servers
from tests.http.servers import serving
from tests.peers.bluesky import Network, Person
from tests.peers.test_mastodon_api import Site, site

__all__ = ["site"]  # a fixture
US = Ourselves("https://loaf.example", "The Quarter Loaf", "https://loaf.example/back")
FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture
def hettie(bluesky: Network) -> Person:
    return bluesky.person("hettie")


@pytest.fixture
def reader(bluesky: Network) -> Iterator[atproto.Client]:
    asking = Request(trust_env=False)
    yield atproto.Client(base_url=f"{bluesky.settings['BSKY_PDS_URL']}/xrpc", request=asking)
    asking.close()


def asking(bluesky: Network, made: Connected | None = None) -> Asking:
    bare = Asking(bluesky.door, settings=bluesky.told)
    return msgspec.structs.replace(bare, server=made.server, me=made.account.uri, secret=made.secret) if made else bare


def by_password(bluesky: Network, person: Person) -> ours.Speaker:
    made = ours.SignIn(asking(bluesky)).by_password(f"@{person.name}.test", f"{person.name}-password")
    return ours.Speaker(asking(bluesky, made))


def record(reader: atproto.Client, uri: str) -> Any:
    did, collection, key = uri.removeprefix("at://").split("/")
    return reader.com.atproto.repo.get_record({"repo": did, "collection": collection, "rkey": key}).value


def test_post_on_bluesky_is_what_others_read(bluesky: Network, hettie: Person, reader: atproto.Client) -> None:
    bryony = bluesky.person("bryony")
    asked = bryony.post("Which stile held you up?")
    bluesky.settle()
    text = f"Grüße {FAMILY} @bryony.test, see https://stilewise.example/a_(b). #Stile"
    words = Words("k1", text, lang="en", parent=asked.uri, quoted=asked.uri, pictures=(picture(),), begun=now())
    made = by_password(bluesky, hettie).post(words)
    held = record(reader, made.uri)
    assert (held.text, held.langs, held.reply.parent.uri, held.reply.root.cid) == (text, ["en"], asked.uri, asked.cid)
    spans = [text.encode()[each.index.byte_start : each.index.byte_end].decode() for each in held.facets]
    assert spans == ["@bryony.test", "https://stilewise.example/a_(b)", "#Stile"]
    assert (held.facets[0].features[0].did, held.embed.record.record.uri) == (bryony.did, asked.uri)
    (image,) = held.embed.media.images
    assert (image.alt, image.aspect_ratio.width, image.image.mime_type) == ("A stile", 40, "image/png")
    bluesky.settle()
    seen = bluesky.client().find(made.uri).posts[0]
    assert (seen.text, seen.parent, [each.uri for each in seen.references]) == (made.text, made.parent, [asked.uri])


def test_post_on_bluesky_that_is_tried_again_is_there_once(bluesky: Network, hettie: Person) -> None:
    speaks, words = by_password(bluesky, hettie), Words("k2", "Once.", begun=now())
    first = speaks.post(words)
    assert speaks.post(msgspec.structs.replace(words, again=True)).uri == first.uri
    for _ in range(2):
        speaks.like(first.uri)
        speaks.repost(first.uri)
    bluesky.settle()
    assert [(each["likeCount"], each["repostCount"]) for each in shown(bluesky, first.uri)] == [(1, 1)]
    speaks.delete(first.uri)
    speaks.delete(first.uri)
    bluesky.settle()
    assert shown(bluesky, first.uri) == []


def shown(bluesky: Network, uri: str) -> list[Any]:
    """By the app view."""
    address = f"{bluesky.settings['BSKY_APPVIEW_URL']}/xrpc/app.bsky.feed.getPosts"
    return list(httpx.get(address, params={"uris": uri}, trust_env=False).json()["posts"])


def test_longest_post_on_bluesky_is_as_long_as_we_count(bluesky: Network, hettie: Person) -> None:
    speaks = by_password(bluesky, hettie)
    assert speaks.post(Words("k3", "e\u0301" * 300, begun=now())).text == "e\u0301" * 300


def test_account_on_bluesky_is_connected_by_its_own_sign_in(bluesky: Network, hettie: Person, browser: Browser) -> None:
    sign_in = ours.SignIn(asking(bluesky))
    with serving(servers.page) as site:
        begun = sign_in.begin(f"@{hettie.name}.test", Ourselves(site.url, "The Quarter Loaf", f"{site.url}/back"))
        made = sign_in.finish(begun.kept, said_yes(browser, begun.url, f"{hettie.name}-password"))
    assert (made.account.uri, made.secret["kind"], made.scopes.split()[0]) == (hettie.did, "oauth", "atproto")
    speaks = ours.Speaker(asking(bluesky, made))
    first = speaks.post(Words("k4", "By OAuth.", begun=now()))
    speaks.session.secret = {**made.secret, "token": made.secret["token"][:-8] + "AAAAAAAA"}
    second = speaks.post(Words("k5", "With another token.", parent=first.uri, begun=now()))
    assert second.parent == first.uri
    assert speaks.session.secret["refresh"] != made.secret["refresh"]
    assert ours.SignIn(msgspec.structs.replace(asking(bluesky, made), secret=speaks.session.secret)).check().account.uri == hettie.did
    sign_in.forget(made.server, speaks.session.secret)
    with pytest.raises(SignedOut):
        for _ in range(2):  # a token that has been given lives on for a moment; what renews it does not
            speaks.session.secret = {**speaks.session.secret, "token": "over"}
            speaks.post(Words("k6", "After that.", begun=now()))


def said_yes(browser: Browser, url: str, password: str, back: str = "**/back?**") -> dict[str, str]:
    """The person signs in at the network and says yes; with what they come back."""
    page = browser.new_page()
    page.goto(url)
    page.fill("input[type=password]", password)
    page.get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    page.get_by_role("button", name=re.compile("^authorize$", re.IGNORECASE)).click()
    page.wait_for_url(back)
    answer = dict(parse_qsl(urlsplit(page.url).query))
    page.close()
    return answer


def mastodon(site: Site) -> tuple[Connected, Speaks]:
    """Through its own page, on which one clicks on an account."""
    sign_in = theirs.SignIn(Asking(site.door))
    begun = sign_in.begin(f"@bryony@{site.url.partition('://')[2]}", US)
    asked = dict(parse_qsl(urlsplit(begun.url).query))
    told = {"username": "bryony", "redirect_uri": asked["redirect_uri"], "client_id": asked["client_id"], "state": asked["state"]}
    answer = httpx.post(f"{site.url}/oauth/authorize", data=told, trust_env=False)
    made = sign_in.finish(begun.kept, dict(parse_qsl(urlsplit(answer.headers["location"]).query)))
    told_to = Asking(site.door, server=made.server, me=made.account.uri, secret=made.secret, limits=made.limits)
    return made, theirs.Speaker(told_to)


def test_post_on_mastodon_is_what_others_read(site: Site) -> None:
    made, speaks = mastodon(site)
    asked = site.of("colm").status_post("Which stile held you up?")
    words = Words(
        "k1", "The ladder.", asked["uri"], warning="Mud", lang="en", visibility=Visibility.UNLISTED, pictures=(picture(),), begun=now()
    )
    post = speaks.post(words)
    seen = site.of("colm").status(post.uri.rpartition("/")[2])
    assert (seen["spoiler_text"], seen["language"], seen["visibility"]) == ("Mud", "en", "unlisted")
    assert ([each["description"] for each in seen["media_attachments"]], "The ladder." in seen["content"]) == (["A stile"], True)
    assert (str(seen["in_reply_to_id"]), post.parent, made.account.name) == (str(asked["id"]), asked["uri"], "Bryony")


def test_post_on_mastodon_that_is_tried_again_is_there_once(site: Site) -> None:
    _made, speaks = mastodon(site)
    words = Words("k2", "Once, by the mill.", begun=now())
    posts = {speaks.post(each).uri for each in (words, words, msgspec.structs.replace(words, key="k-forgotten", again=True))}
    assert len(posts) == 1


def test_post_on_mastodon_is_edited_quoted_boosted_and_deleted(site: Site) -> None:
    _made, speaks = mastodon(site)
    asked = site.of("colm").status_post("Stiles, all of them.")
    post = speaks.post(Words("k3", "Thsi.", quoted=asked["uri"], begun=now()))
    edited = speaks.edit(post.uri, Words("k3-edit", "This."))
    speaks.repost(asked["uri"])
    speaks.like(asked["uri"])
    seen = site.of("colm").status(asked["id"])
    assert (edited.text, seen["reblogs_count"], seen["favourites_count"]) == ("This.", 1, 1)
    assert [each.uri for each in post.references] == [asked["uri"]]
    speaks.delete(post.uri)
    assert post.uri not in [each["uri"] for each in site.of("colm").account_statuses(asked["account"]["id"])]


def test_token_that_was_taken_back_on_mastodon_signs_us_out(site: Site) -> None:
    made, speaks = mastodon(site)
    theirs.SignIn(Asking(site.door)).forget(made.server, made.secret)
    with pytest.raises(SignedOut):
        speaks.post(Words("k4", "After that.", begun=now()))


def picture() -> Picture:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "PNG")
    return Picture(made.getvalue(), "image/png", "A stile")


def now() -> int:
    return int(time.time() * 1000)
