"""Texts are counted as the software of the server counts them."""

import pytest

from homespun.conversations.models import Connection
from homespun.conversations.writing.pens import Pen
from homespun.networks.errors import NetworkError
from homespun.networks.live import Asking
from homespun.networks.mastodon import SignIn, Speaker
from homespun.networks.mastodon.counting import rule_of
from homespun.networks.mastodon.instance import Instance, rules_of, software_named
from homespun.networks.protocols import Words
from homespun.people.models import Account
from tests.networks.homes.answering import open_to_all
from tests.networks.homes.mastodon import Mastodon
from tests.networks.test_speaking_mastodon import connected, door, speaker

FAMILY = "👨‍👩‍👧‍👦"
LONG_LINK = "https://stile.example/" + "a" * 40  # 62
SHORT_LINK = "https://a.example"  # 17
NAME = "@bryony@shelves.example"  # 23, or 7


@pytest.mark.parametrize(
    ("software", "lengths"),
    [
        ("mastodon", [23, 23, 7, 1]),
        ("Hometown", [23, 23, 7, 1]),
        ("gotosocial", [62, 17, 23, 7]),
        ("pixelfed", [62, 17, 23, 7]),
        ("sharkey", [62, 17, 23, 7]),
        ("pleroma", [62, 17, 23, 1]),
        ("akkoma", [62, 17, 23, 1]),
        ("", [62, 23, 23, 7]),
        ("something-new", [62, 23, 23, 7]),
    ],
)
def test_text_is_counted_by_the_software_of_its_server(software: str, lengths: list[int]) -> None:
    assert [rule_of(software)(text, 23) for text in (LONG_LINK, SHORT_LINK, NAME, FAMILY)] == lengths


def test_unknown_software_counts_each_text_at_its_larger_count() -> None:
    text = f"{SHORT_LINK} {FAMILY}"
    assert rule_of("")(text, 23) == max(rule_of("mastodon")(text, 23), rule_of("gotosocial")(text, 23)) == 25


@pytest.mark.parametrize("software", ["mastodon", "gotosocial", "pleroma", ""])
def test_what_a_server_is_is_kept_with_its_connection_and_renewed(software: str) -> None:
    with open_to_all(Mastodon(software=software)) as home:
        made = connected(home)
        assert made.limits["software"] == software
        home.software = "akkoma"
        asking = Asking(door(), server=made.server, me=made.account.uri, secret=made.secret, limits=made.limits)
        assert SignIn(asking).check().limits["software"] == "akkoma"


@pytest.mark.parametrize(
    ("instance", "software"),
    [
        (Instance(version="2.7.2 (compatible; Pleroma 2.6.0)"), "Pleroma"),
        (Instance(version="4.5.0", source_url="https://github.com/mastodon/mastodon"), "mastodon"),
        (Instance(version="0.20.0", source_url="https://codeberg.org/superseriousbusiness/gotosocial"), "gotosocial"),
        (Instance(version="1.0"), ""),
    ],
)
def test_software_without_nodeinfo_is_known_by_its_instance(instance: Instance, software: str) -> None:
    assert software_named(instance) == software


def test_limits_of_pleroma_are_read_where_it_says_them() -> None:
    told = Instance(max_toot_chars=5000, max_media_attachments=2, description_limit=300, upload_limit=9_000_000)
    rules = rules_of(told, "Pleroma")
    assert (rules.longest, rules.pictures, rules.alt, rules.image_bytes, rules.software) == (5000, 2, 300, 9_000_000, "pleroma")


def pen(home: Mastodon) -> Pen:
    made = connected(home)
    speaks = Speaker(Asking(door(), server=made.server, me=made.account.uri, secret=made.secret, limits=made.limits))
    connection = Connection(account=Account(handle=made.account.handle), server=made.server)
    return Pen(connection, speaks)


@pytest.mark.parametrize("software", ["mastodon", "gotosocial"])
def test_each_server_takes_the_longest_text_that_we_count_and_no_longer_one(software: str) -> None:
    warning, text = f"Mud {FAMILY}", f"{NAME} {LONG_LINK} {SHORT_LINK} {FAMILY} "
    with open_to_all(Mastodon(software=software)) as home:
        made, speaks = pen(home), speaker(home)
        fill = "a" * (500 - made.length(text, warning))
        assert made.parts(f"{text}{fill}", warning) == [f"{text}{fill}"]
        assert len(made.parts(f"{text}{fill}a", warning)) == 2
        speaks.post(Words("k1", f"{text}{fill}", warning=warning))
        with pytest.raises(NetworkError, match="character limit"):
            speaks.post(Words("k2", f"{text}{fill}a", warning=warning))


def test_each_part_is_taken_by_a_server_that_counts_as_written() -> None:
    with open_to_all(Mastodon(software="gotosocial")) as home:
        made, speaks = pen(home), speaker(home)
        parts = made.parts(f"{NAME} " + f"{LONG_LINK} {FAMILY}\r\n\r\n" * 30, "Mud")
        for number, part in enumerate(parts):
            speaks.post(Words(f"k{number}", part, warning="Mud"))
        assert [each["source"] for each in home.statuses.values()] == parts
