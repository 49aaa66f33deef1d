"""Pasting: an address, several, the text of posts, a saved page; and what is said where nothing comes of it."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from homespun.conversations.actions.pasting import addresses_in
from homespun.conversations.models import Conversation, Post, Source
from homespun.networks.protocols import Found
from homespun.users.models import User
from tests.conversations import quills
from tests.conversations.live.fake import Client as Fake
from tests.conversations.live.fake import Network, account, post, uri

pytestmark = pytest.mark.django_db
PAGES = Path(__file__).parents[2] / "networks" / "cases" / "x" / "pages"
ADD = "/desk/conversations/addition/"


@pytest.fixture
def signed_in(db: None) -> Client:
    return quills.signed_in()


def sentences(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", each).strip() for each in re.findall(r'<p class="error">(.*?)</p>', html, re.DOTALL)]


def test_address_of_a_post_leads_to_its_conversation(signed_in: Client, network: Network) -> None:
    network.add(post(1, "bryony", "The ladder."))
    answer = signed_in.post(ADD, {"pasted": f" {uri(1)}\n"})
    assert answer.headers["Location"] == f"/desk/posts/{Post.objects.get().pk}/"
    assert "Added 1 post." in signed_in.get(answer.headers["Location"], follow=True).content.decode()


def test_what_was_here_already_is_said_and_shown(signed_in: Client, network: Network) -> None:
    network.add(post(1, "bryony", "The ladder."))
    signed_in.post(ADD, {"pasted": uri(1)})
    assert "You have this already." in signed_in.post(ADD, {"pasted": uri(1)}, follow=True).content.decode()


def test_several_addresses_come_each_with_its_word(signed_in: Client, network: Network) -> None:
    network.add(post(1, "bryony", "The ladder."), post(2, "bryony", "The stile."))
    html = signed_in.post(ADD, {"pasted": f"Look: {uri(1)} and {uri(2)}, and {uri(3)}."}).content.decode()
    assert html.count("Added 1 post.") == 2
    assert len(sentences(html)) == 1
    assert Post.objects.count() == 2


def test_several_addresses_lead_to_one_list_of_what_came(signed_in: Client, network: Network) -> None:
    network.add(post(1, "bryony", "The ladder."), post(2, "bryony", "The stile."))
    html = signed_in.post(ADD, {"pasted": f"{uri(1)} {uri(2)}"}).content.decode()
    (button,) = BeautifulSoup(html, "html.parser").select(".pagehead a.button--ink")
    assert " ".join(button.get_text().split()) == "See 2 conversations"
    listed = BeautifulSoup(signed_in.get(str(button["href"])).content, "html.parser")
    assert sorted(each.get_text() for each in listed.select(".talk__title")) == ["The ladder", "The stile"]


def test_account_leads_to_the_list_of_what_it_said(signed_in: Client, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    said = (post(1, "bryony", "The ladder."), post(2, "bryony", "The stile."))
    network.add(*said)
    found = Found("account", account=account("bryony"), server="bryony.example", posts=said)
    monkeypatch.setattr(Fake, "find", lambda _self, _address: found)
    html = signed_in.post(ADD, {"pasted": f"{uri(1)} {uri(2)}"}).content.decode()
    assert [" ".join(each.get_text().split()) for each in BeautifulSoup(html, "html.parser").select(".pagehead a.button--ink")] == [
        "See 2 conversations"
    ]


def test_embedded_post_of_x_is_kept_with_whoever_wrote_it(signed_in: Client, network: Network) -> None:
    quote = (PAGES / "embedded.html").read_text(encoding="utf-8").split("\n")[1]
    answer = signed_in.post(ADD, {"pasted": quote})
    row = Post.objects.get()
    assert (answer.headers["Location"], str(row.author)) == (f"/desk/posts/{row.pk}/", "@bryonyshelves")
    assert (Source.objects.get().kind, Source.objects.get().is_ours) == ("x-pages", False)


def test_posts_of_several_conversations_are_shown_with_each_of_them(signed_in: Client, network: Network) -> None:
    html = signed_in.post(ADD, {"pasted": (PAGES / "embedded.html").read_text(encoding="utf-8")}).content.decode()
    assert re.findall(r'<b class="address">(.*?)</b>\s*<p class="hint">(.*?)</p>', html) == [
        ("https://x.com/stilewise/status/7500000001", "Added 1 post."),
        ("https://x.com/bryonyshelves/status/890600000000000001", "Added 1 post."),
    ]


def test_saved_page_of_x_comes_by_the_same_form(signed_in: Client, network: Network) -> None:
    page = SimpleUploadedFile("Hettie on X.html", (PAGES / "newer.html").read_bytes(), content_type="text/html")
    answer = signed_in.post(ADD, {"pasted": "", "page": page})
    assert answer.status_code == 302
    assert (Post.objects.count(), Conversation.objects.count(), Source.objects.get().title) == (2, 1, "Hettie on X.html")


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("", "Paste a link or a post first."),
        ("just some words", "Homespun found no link and no X post in this text. Paste a link to a post, a page or a feed."),
        ("https://nobody.example/", "“https://nobody.example/” is no path here, and no address that any network of ours knows."),
    ],
)
def test_what_cannot_be_fetched_is_said_beside_what_was_pasted(signed_in: Client, network: Network, pasted: str, sentence: str) -> None:
    answer = signed_in.post(ADD, {"pasted": pasted})
    assert (answer.status_code, sentences(answer.content.decode())) == (422, [sentence])
    assert pasted in answer.content.decode()


def test_file_without_posts_of_x_is_refused_in_words(signed_in: Client, network: Network) -> None:
    answer = signed_in.post(ADD, {"page": SimpleUploadedFile("blog.html", b"<html><p>Hello</p></html>")})
    assert sentences(answer.content.decode()) == ["“blog.html” contains no X posts that Homespun can read."]


def test_feed_and_account_can_be_listened_to(signed_in: Client, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    network.add(post(1, "bryony", "The ladder."))
    monkeypatch.setattr(Fake, "find", lambda _self, _address: Found("account", account=account("bryony"), server="bryony.example"))
    html = signed_in.post(ADD, {"pasted": uri(1)}).content.decode()
    assert "An account without new posts. To get its posts from now on, listen to it." in html
    assert f'<input type="hidden" name="address" value="{uri(1)}">' in html


def test_page_for_adding_shows_what_a_link_to_it_brought(signed_in: Client, network: Network) -> None:
    html = signed_in.get(ADD, {"pasted": "https://bryony.example/1"}).content.decode()
    assert ">https://bryony.example/1</textarea>" in html


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ward.example/notes", ["ward.example/notes"]),
        ("#stiles", ["#stiles"]),
        ("See https://ward.example/a). And https://ward.example/a", ["https://ward.example/a"]),
        ("by @bryony@ward.example and @bryony.bsky.example", ["@bryony@ward.example", "@bryony.bsky.example"]),
        ("mail bryony@ward.example", []),
        (
            '<blockquote data-bluesky-uri="at://did:plc:a/app.bsky.feed.post/1">x <a href="https://b.example">',
            ["at://did:plc:a/app.bsky.feed.post/1"],
        ),
        ('<blockquote data-embed-url="https://ward.example/@bryony/1/embed"> </blockquote>', ["https://ward.example/@bryony/1"]),
        ("", []),
    ],
)
def test_addresses_are_found_in_what_was_pasted(text: str, found: list[str]) -> None:
    assert addresses_in(text) == found


def test_stranger_adds_nothing(client: Client, db: None) -> None:
    assert client.post(ADD, {"pasted": "https://nobody.example/"}).status_code == 302
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("looked_for", "offered"), [("https://nobody.example/1", 1), ("@bryony@ward.example", 1), ("just words", 0), ("", 0)]
)
def test_address_that_is_not_here_can_be_fetched_from_where_it_was_looked_for(
    signed_in: Client, network: Network, looked_for: str, offered: int
) -> None:
    signed_in.post(ADD, {"pasted": (PAGES / "embedded.html").read_text(encoding="utf-8")})
    html = signed_in.get("/desk/conversations/", {"q": looked_for}).content.decode()
    assert html.count("Fetch this page") == offered
