"""What a robots.txt allows, by RFC 9309; and files that are made to be slow."""

import time

import pytest

from homespun.http import Door, robots
from homespun.http.robots import LARGEST
from tests.http.servers import Pages, serving
from tests.http.test_door import door

__all__ = ["door"]
SITE = "https://a.example"


def allowed(rules: str, *paths: str) -> list[str]:
    found = robots.read(rules.encode(), "Homespun")
    return [path for path in paths if found.may_fetch(SITE + path)]


@pytest.mark.parametrize("order", [1, -1])
def test_longest_rule_wins_whatever_the_order(order: int) -> None:
    rules = ["Allow: /", "Disallow: /private", "Allow: /private/open"][::order]
    paths = ["/", "/private/x", "/private/open/x"]
    assert allowed("\n".join(["User-agent: *", *rules]), *paths) == ["/", "/private/open/x"]


def test_allow_wins_over_a_disallow_of_the_same_length() -> None:
    assert allowed("User-agent: *\nDisallow: /page\nAllow: /page", "/page") == ["/page"]


def test_stars_and_a_dollar_sign_are_wildcards() -> None:
    rules = "User-agent: *\nDisallow: /*/hidden/\nDisallow: /*.pdf$\nDisallow: /exact$"
    paths = ["/a/hidden/x", "/hidden/x", "/paper.pdf", "/paper.pdf?page=2", "/exact", "/exactly"]
    assert allowed(rules, *paths) == ["/hidden/x", "/paper.pdf?page=2", "/exactly"]


def test_groups_for_the_same_agent_are_combined() -> None:
    rules = "User-agent: homespun\nDisallow: /first\n\nUser-agent: *\nDisallow: /\n\nUser-Agent: HOMESPUN/1.0\nDisallow: /second\n"
    assert allowed(rules, "/", "/first", "/second") == ["/"]


def test_agents_share_a_group_across_empty_lines_comments_and_sitemaps() -> None:
    rules = "User-agent: other\n# and\n\nSitemap: https://a.example/map.xml\nUser-agent: Homespun\nDisallow: /shared\n"
    assert allowed(rules, "/", "/shared") == ["/"]


def test_rules_for_everybody_do_not_count_where_we_are_named() -> None:
    assert allowed("User-agent: *\nDisallow: /\n\nUser-agent: Homespun\nDisallow:\n", "/x") == ["/x"]


@pytest.mark.parametrize("agent", ["home", "spun", "Homespunner", "h", "homespun-images"])
def test_rules_for_an_agent_of_a_similar_name_are_not_ours(agent: str) -> None:
    assert allowed(f"User-agent: {agent}\nDisallow: /\n", "/x") == ["/x"]


def test_rules_compare_addresses_however_they_are_escaped() -> None:
    rules = "User-agent: *\nDisallow: /caf%C3%A9\nDisallow: /größe\n"
    assert allowed(rules, "/café", "/gr%C3%B6%C3%9Fe", "/tea") == ["/tea"]


@pytest.mark.parametrize("junk", ["", "<!DOCTYPE html><title>Not found</title>", "\ufeff", "Disallow: /", "Sitemap: x", "\0\0"])
def test_file_without_rules_forbids_nothing(junk: str) -> None:
    assert allowed(junk, "/x") == ["/x"]


def test_byte_order_mark_before_the_first_rule_is_ignored() -> None:
    assert allowed("\ufeffUser-agent: *\nDisallow: /x\n", "/x") == []


EVERYBODY = "User-agent: *\n"
HOSTILE = {
    "many rules": EVERYBODY + "".join(f"Disallow:/{n}\n" for n in range(40_000)),
    "many wildcards": EVERYBODY + "".join(f"Disallow:/*a{n}\n" for n in range(30_000)),
    "one rule of stars": EVERYBODY + "Disallow: /" + "*a" * 250_000 + "b$",
    "a rule of stars only": EVERYBODY + "Disallow: /b" + "*" * 500_000,
    "many agents": "".join(f"User-agent:a{n}\n" for n in range(15_000)) + "Disallow:/b\n" * 20_000,
    "the same agent": EVERYBODY * 15_000 + "Disallow:/b\n" * 20_000,
    "spaces": "User-agent:" + " " * 500_000,
    "escapes": EVERYBODY + "Disallow: /" + "%" * 500_000,
    "dollars": EVERYBODY + "Disallow: /" + "$" * 500_000,
    "empty lines": "\n" * 500_000,
    "words": EVERYBODY + "a " * 250_000,
    "delays": EVERYBODY + "Crawl-delay: " + "9" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_read_in_little_time(name: str) -> None:
    began, path = time.process_time(), "/" + "a" * 7_000
    assert allowed(HOSTILE[name], path) == [path]
    assert time.process_time() - began < 10


def test_first_500_kib_of_a_longer_file_are_read(door: Door) -> None:
    rules = b"User-agent: *\nDisallow: /first\n"
    body = rules + b"#" * (LARGEST - len(rules) - 1) + b"\nDisallow: /last\n" + b"#" * 100_000
    with serving(Pages({"/robots.txt": lambda asked: asked.say(200, body)})) as server:
        assert [door.may_visit(f"{server.url}{path}") for path in ("/first", "/last", "/")] == [False, True, True]
