"""What pages show of a post's words: no names before a reply, the whole original of a repost, a note where the source cut it."""

from typing import Any

import pytest

from homespun.conversations.models import Post, PostName
from homespun.conversations.queries import Original, displayed, posts_by_uri, search
from homespun.conversations.templatetags.conversations import answered, notes
from homespun.networks.values import Place
from tests.conversations.written import source, store, tweet, uri, user

WHOLE = "Words that go on well past the place where the repost was cut, ending with zebrafish"


@pytest.mark.parametrize(
    ("network", "text", "is_reply", "shown", "names"),
    [
        ("x", "@a @b_2 hello @c", True, "hello @c", ("@a", "@b_2")),
        ("x", "@a\nhello", True, "hello", ("@a",)),
        ("x", "@a hello", False, "@a hello", ()),
        ("x", "@a", True, "@a", ()),
        ("x", "hello @a", True, "hello @a", ()),
        ("x", "@a's hello", True, "@a's hello", ()),
        ("mastodon", "@a hello", True, "@a hello", ()),
    ],
)
def test_reply_goes_without_the_names_that_x_hides(network: str, text: str, is_reply: bool, shown: str, names: tuple[str, ...]) -> None:
    words = displayed(network, text, is_reply=is_reply)
    assert (words.text, words.answered) == (shown, names)


@pytest.mark.parametrize(
    ("text", "original", "shown"),
    [
        ("RT @a: Words that…", Original("Words that go on"), "RT @a: Words that go on"),
        ("RT @a: Words that…", Original("Words t…", is_cut=True), "RT @a: Words that…"),
        ("RT @a: Words that…", None, "RT @a: Words that…"),
        ("", Original("Words", handle="a@far.example"), "RT @a@far.example: Words"),
    ],
)
def test_repost_has_the_words_of_its_original(text: str, original: Original | None, shown: str) -> None:
    assert displayed("x", text, is_cut="…" in text, original=original).text == shown


def test_repost_on_another_network_keeps_the_markup_of_its_original() -> None:
    words = displayed("mastodon", "", original=Original("Bold", "<p><b>Bold</b></p>", "<a>"))
    assert words.html == "<p>RT @&lt;a&gt;:</p><p><b>Bold</b></p>"


@pytest.mark.django_db
def test_cards_know_replies_to_held_and_to_missing_posts() -> None:
    store(source(1), [(Place.OWN, tweet(1, "Is this on?")), (Place.OWN, tweet(2, "@ours @stranger Yes", answers=1))])
    store(source(1), [(Place.OWN, tweet(3, "@stranger Where?", answers=99, of=3)), (Place.OWN, tweet(4, "@stranger hello"))])
    cards = posts_by_uri([uri(2), uri(3), uri(4)])
    assert [card.shown.text for card in cards.values()] == ["Yes", "Where?", "@stranger hello"]
    assert [answered(card) for card in cards.values()] == ["Replying to @ours and @stranger", "", ""]
    assert cards[uri(3)].text == "@stranger Where?"


@pytest.mark.django_db
def test_search_finds_names_that_are_not_shown() -> None:
    store(source(1), [(Place.OWN, tweet(3, "@stranger Where are you?", answers=99, of=3))])
    assert [hit.excerpt for hit in search("where").hits] == ["<mark>Where</mark> are you?"]
    assert [hit.excerpt for hit in search("stranger").hits] == ["@<mark>stranger</mark> Where are you?"]


@pytest.mark.django_db
@pytest.mark.parametrize("by_edit", [False, True])
def test_card_of_a_repost_shows_the_original_from_any_source(by_edit: bool) -> None:
    picture = {"media": [{"source_status_id_str": uri(9 if by_edit else 1).rpartition("/")[2], "type": "photo", "media_url_https": "a"}]}
    store(source(1), [(Place.OWN, tweet(5, "RT @customer: Words that go on…", entities=picture))])
    assert notes(posts_by_uri([uri(5)])[uri(5)]) == ["cut off at the source"]
    store(source(2), [(Place.OWN, tweet(1, WHOLE))])
    if by_edit:
        PostName.objects.create(name=uri(9), post=Post.objects.get(uri=uri(1)))
    card = posts_by_uri([uri(5)])[uri(5)]
    assert (card.shown.text, notes(card)) == (f"RT @customer: {WHOLE}", [])


@pytest.mark.django_db
def test_old_repost_shows_the_original_inside_it() -> None:
    inner: dict[str, Any] = tweet(1, WHOLE, user=user(2))
    store(source(1), [(Place.OWN, tweet(5, "RT @customer: Words that ...", retweeted_status=inner))])
    assert posts_by_uri([uri(5)])[uri(5)].shown.text == f"RT @customer: {WHOLE}"
