"""Which addresses are of the fediverse by their form alone."""

import pytest

from homespun.networks.mastodon.addresses import read


@pytest.mark.parametrize(
    ("written", "kind", "who", "server"),
    [
        ("@bryony@fell.example", "account", "bryony", "fell.example"),
        (" @bryony@127.0.0.1:4001 ", "account", "bryony", "127.0.0.1:4001"),
        ("acct:bryony@Fell.example", "account", "bryony", "fell.example"),
        ("#stiles@fell.example", "tag", "stiles", "fell.example"),
        ("https://fell.example/tags/stiles", "tag", "stiles", "fell.example"),
    ],
)
def test_people_and_hashtags_are_named(written: str, kind: str, who: str, server: str) -> None:
    assert read(written) == (kind, who, server)


@pytest.mark.parametrize(
    "url",
    [
        "https://fell.example/@bryony/112070570803200000",
        "https://fell.example/@bryony",
        "https://stile.example/@bryony@fell.example/112070570803200000",
        "https://fell.example/users/bryony/statuses/112070570803200000",
        "https://fell.example/ap/users/1/statuses/112070570803200000",
        "https://fell.example/users/bryony",
        "https://fell.example/notice/AfT3xQ8xYrkqYzvVey",
        "https://fell.example/objects/0b0f1b6e-5c1f-4c1e-9c4a-0a1b2c3d4e5f",
        "https://fell.example/notes/9qz0x1y2z3",
        "https://fell.example/@bryony/statuses/01HRKQ5V5T3Z6V3V2M6F9N9X7A",
        "https://fell.example/display/0123456789abcdef-0123456789",
        "https://fell.example/videos/watch/0b0f1b6e-5c1f-4c1e-9c4a-0a1b2c3d4e5f",
        "https://fell.example/p/bryony/512345678901234567",
        "https://blog.example/?p=12",
        "http://127.0.0.1:4001/users/bryony/statuses/112070570803200000",
    ],
)
def test_addresses_of_posts_and_people_are_known(url: str) -> None:
    assert read(url).kind == "url"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "bryony@fell.example",
        "@bryony",
        "#stiles",
        "https://fell.example/",
        "https://blog.example/2024/03/stiles",
        "https://www.youtube.com/@stiles",
        "https://medium.com/@stiles",
        "https://x.com/users/stiles",
        "https://bsky.app/profile/stile.example/post/3k",
        "at://did:plc:abc/app.bsky.feed.post/1",
        "https://[::1",
        "ftp://fell.example/@bryony",
        "/srv/archive.zip",
    ],
)
def test_other_addresses_are_not(written: str) -> None:
    assert read(written).kind == ""
