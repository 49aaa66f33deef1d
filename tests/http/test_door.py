"""The one door: what it lets through, what it refuses, and when it gives up."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from homespun import http
from homespun.http import Answer, Door, NetworkError, addresses, pauses, retry_after
from tests.http import servers
from tests.http.servers import Asked, Pages, serving

CAP = 100_000


@pytest.fixture
def door() -> Iterator[Door]:
    opened = Door(site="https://stories.example", version="1", allow=addresses("127.0.0.1"))
    yield opened
    opened.client.close()


def fetch(door: Door, url: str, **options: Any) -> Answer:
    return door.fetch(url, **({"cap_bytes": CAP, "deadline": 3.0} | options))


def refusal(door: Door, url: str, **options: object) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        fetch(door, url, **options)
    return caught.value


def test_page_comes_with_its_type_words_and_tag(door: Door) -> None:
    with serving(Pages({"/": servers.page})) as server:
        answer = fetch(door, f"{server.url}/", accept=["text/html"])
    assert (answer.status, answer.content_type, answer.text, answer.etag) == (200, "text/html", "<p>Grüße</p>", '"one"')
    assert server.seen[0][1]["user-agent"] == "Homespun/1 (+https://stories.example)"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2/", "http://2130706434/", "http://[::ffff:127.0.0.2]/", "http://169.254.169.254/", "http://192.168.0.1:8080/"]
)
def test_address_of_the_inside_is_refused(door: Door, url: str) -> None:
    error = refusal(door, url)
    assert (error.permanent, error.sentence) == (True, "That address is not one of the open web, so it is not asked.")


def test_address_of_the_inside_is_refused_without_the_setting() -> None:
    shut = Door(site="https://stories.example")
    with serving(Pages({"/": servers.page})) as server:
        assert refusal(shut, f"{server.url}/").permanent is True
    shut.client.close()
    assert server.seen == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "http://", "nonsense", "http://user:word@127.0.0.1/", "http://127.0.0.1:25/"]
)
def test_what_is_no_web_address_is_refused(door: Door, url: str) -> None:
    assert refusal(door, url).permanent is True


def test_redirect_to_the_inside_is_refused(door: Door) -> None:
    with serving(Pages({"/secret": servers.page}), "127.0.0.2") as inside, serving(servers.sent_on(f"{inside.url}/secret")) as server:
        assert refusal(door, f"{server.url}/").permanent is True
    assert inside.seen == []


def test_redirects_are_followed_to_the_end(door: Door) -> None:
    pages = Pages({"/1": servers.sent_on("/2"), "/2": servers.sent_on("/3"), "/3": servers.page})
    with serving(pages) as server:
        assert fetch(door, f"{server.url}/1").url == f"{server.url}/3"


def test_redirects_without_end_are_given_up(door: Door) -> None:
    with serving(servers.sent_on("/again")) as server:
        error = refusal(door, f"{server.url}/")
    assert (error.permanent, len(server.seen)) == (True, 6)


def test_authorization_stays_with_the_host_that_it_was_meant_for(door: Door) -> None:
    with serving(servers.page) as other, serving(servers.sent_on(f"{other.url}/")) as server:
        fetch(door, f"{server.url}/", headers={"Authorization": "Bearer of-one-host"})
    assert server.seen[0][1]["authorization"] == "Bearer of-one-host"
    assert [name for name in other.seen[0][1] if name.lower() == "authorization"] == []


def test_endless_answer_is_cut_at_the_cap(door: Door) -> None:
    with serving(servers.endless) as server:
        error = refusal(door, f"{server.url}/")
    assert (error.permanent, error.sentence) == (True, "The answer is larger than the 97 kB that are read here.")


def test_answer_that_unpacks_beyond_the_cap_is_cut(door: Door) -> None:
    with serving(servers.bomb) as server:
        assert refusal(door, f"{server.url}/").permanent is True


@pytest.mark.parametrize("slow", [servers.dripping_body, servers.dripping_headers])
def test_server_that_drips_is_left_at_the_deadline(door: Door, slow: Callable[[servers.Asked], None]) -> None:
    with serving(slow) as server:
        begun = time.monotonic()
        error = refusal(door, f"{server.url}/", deadline=0.4)
        assert (error.permanent, error.sentence) == (False, "The other side took too long to answer.")
        assert time.monotonic() - begun < 1


def test_other_type_is_refused_before_it_is_read(door: Door) -> None:
    with serving(servers.page) as server:
        assert refusal(door, f"{server.url}/", accept=["image/*"]).permanent is True
        assert fetch(door, f"{server.url}/", accept=["image/*", "text/*"]).status == 200


def test_unchanged_page_is_not_sent_again(door: Door) -> None:
    def answer(asked: Asked) -> None:
        if asked.headers["if-none-match"] == '"one"':
            asked.say(304, etag='"one"')
        else:
            servers.page(asked)

    with serving(answer) as server:
        first = fetch(door, f"{server.url}/", accept=["text/html"])
        again = fetch(door, f"{server.url}/", accept=["text/html"], etag=first.etag)
    assert (first.unchanged, again.unchanged, again.body) == (False, True, b"")


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (410, True), (403, True), (429, False), (503, False)])
def test_refusal_says_whether_to_come_again(door: Door, status: int, permanent: bool) -> None:
    with serving(servers.failing(status, retry_after="120")) as server:
        error = refusal(door, f"{server.url}/")
    assert (error.status, error.permanent, error.retry_after) == (status, permanent, 120.0)


def test_nobody_there_may_be_asked_again(door: Door) -> None:
    with serving(servers.page) as server:
        pass
    assert refusal(door, f"{server.url}/").permanent is False


@pytest.mark.parametrize(("words", "seconds"), [("7", 7.0), ("", None), ("soon", None), ("-3", None)])
def test_retry_after_is_read(words: str, seconds: float | None) -> None:
    assert retry_after(words, now=datetime(2026, 1, 1, tzinfo=UTC)) == seconds


def test_retry_after_is_read_as_a_date() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert retry_after(format_datetime(now + timedelta(minutes=2), usegmt=True), now=now) == 120.0
    assert retry_after(format_datetime(now - timedelta(minutes=2), usegmt=True), now=now) == 0.0


def test_host_is_asked_by_two_at_once() -> None:
    door = Door(site="https://stories.example", allow=addresses("127.0.0.1"))

    lock, running, most = threading.Lock(), [0], [0]

    def slowly(asked: Asked) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.05)
        with lock:  # before the answer: once it is there, the next one may come
            running[0] -= 1
        servers.page(asked)

    with serving(slowly) as server:
        askers = [threading.Thread(target=fetch, args=(door, f"{server.url}/")) for _ in range(6)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert (len(server.seen), most[0]) == (6, 2)
    door.client.close()


def test_host_with_a_spent_budget_is_left_alone() -> None:
    door = Door(site="https://stories.example", allow=addresses("127.0.0.1"), budget=2)
    with serving(servers.page) as server:
        fetch(door, f"{server.url}/")
        fetch(door, f"{server.url}/")
        error = refusal(door, f"{server.url}/")
    door.client.close()
    assert (error.permanent, len(server.seen), 0 < (error.retry_after or 0) <= 300) == (False, 2, True)


def test_what_may_go_nowhere_else_follows_no_redirect(door: Door) -> None:
    with serving(servers.page) as other, serving(servers.sent_on(f"{other.url}/")) as server:
        assert refusal(door, f"{server.url}/", onward=False).permanent is True
    assert other.seen == []


def test_reason_that_a_host_gives_comes_with_its_refusal(door: Door) -> None:
    refuses = servers.failing(400, content_type="application/json")
    with serving(lambda asked: asked.say(400, b'{"error": "use_dpop_nonce"}', content_type="application/json", dpop_nonce="7")) as server:
        error = refusal(door, f"{server.url}/")
    assert error.answer is not None
    assert (error.answer.body, error.answer.headers["dpop-nonce"], str(error)) == (
        b'{"error": "use_dpop_nonce"}',
        "7",
        "The other side answered 400.",
    )
    with serving(refuses) as server:
        empty = refusal(door, f"{server.url}/").answer
    assert empty is not None and empty.body == b""


def test_cookies_are_not_kept(door: Door) -> None:
    with serving(lambda asked: asked.say(200, set_cookie="who=us")) as server:
        fetch(door, f"{server.url}/")
        fetch(door, f"{server.url}/")
    assert [name for name in server.seen[1][1] if name.lower() == "cookie"] == []


def test_robots_are_asked_once_and_obeyed(door: Door) -> None:
    pages = Pages({"/robots.txt": lambda asked: asked.say(200, b"User-agent: Homespun\nDisallow: /private\n")})
    with serving(pages) as server:
        assert (door.may_visit(f"{server.url}/open"), door.may_visit(f"{server.url}/private/1")) == (True, False)
    assert [path for path, _headers in server.seen] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("rules", "may"),
    [
        (b"User-agent: *\nDisallow: /users/\n", True),
        (b"User-agent: *\nDisallow: /\n", False),
        (b"User-agent: *\nDisallow:\n\nUser-agent: Homespun\nDisallow: /users/\n", False),
    ],
)
def test_servers_of_a_protocol_mind_what_shuts_a_host_or_names_them(door: Door, rules: bytes, may: bool) -> None:
    with serving(lambda asked: asked.say(200, rules)) as server:
        assert door.may_visit(f"{server.url}/users/bryony", crawling=False) == may


@pytest.mark.parametrize("odd", ["Disallow: //[", "Crawl-delay: ²", "Request-rate: ²/³", "Allow: http://[::"])
def test_rule_that_cannot_be_read_is_passed_over(door: Door, odd: str) -> None:
    with serving(lambda asked: asked.say(200, f"User-agent: *\n{odd}\nDisallow: /private\n".encode())) as server:
        assert (door.may_visit(f"{server.url}/open"), door.may_visit(f"{server.url}/private")) == (True, False)


@pytest.mark.parametrize("address", ["https://[foo]/1", "https://host:abc/1", "https://ａ.example/1", "https://ex\u202eample/1"])
def test_what_is_no_address_may_not_be_visited_and_is_said(door: Door, address: str) -> None:
    with pytest.raises(NetworkError, match="not an address that can be opened"):
        door.may_visit(address)


@pytest.mark.parametrize("wish", ["9" * 400, "31536000000", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_can_ask_for_more_than_a_day(door: Door, wish: str) -> None:
    with serving(servers.failing(503, retry_after=wish)) as server:
        assert refusal(door, f"{server.url}/").retry_after == 86_400.0


def test_rules_of_many_hosts_fill_no_memory(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ROBOTS_LINES", 2)
    rules = lambda asked: asked.say(200, b"User-agent: *\nDisallow: /private\n")  # noqa: E731
    with serving(rules) as one, serving(rules) as two, serving(rules) as three:
        for server in (one, two, three, two, one):
            assert door.may_visit(f"{server.url}/open")
        assert sum(bool(host.robots) for host in door.hosts.values()) == 2
        assert [len(server.seen) for server in (one, two, three)] == [1, 1, 1]


def test_robots_that_are_not_there_forbid_nothing(door: Door) -> None:
    with serving(servers.failing(404)) as server:
        assert door.may_visit(f"{server.url}/open")


def test_robots_of_a_broken_server_let_nobody_in_and_are_asked_again(door: Door) -> None:
    with serving(servers.failing(500)) as server:
        for _again in range(2):
            with pytest.raises(NetworkError, match="answered 500"):
                door.may_visit(f"{server.url}/open")


def test_robots_of_a_host_that_does_not_answer_say_nothing(door: Door) -> None:
    with serving(servers.page) as server:
        url = server.url
    for _again in range(2):
        with pytest.raises(NetworkError, match="could not be reached"):
            door.may_visit(f"{url}/open")


def test_setting_of_addresses_is_read() -> None:
    assert [str(network) for network in addresses("127.0.0.1, 10.1.2.3/16")] == ["127.0.0.1/32", "10.1.0.0/16"]


def test_host_that_asks_for_rest_is_left_alone_until_then(door: Door) -> None:
    with serving(servers.failing(429, retry_after="120")) as server:
        refusal(door, f"{server.url}/")
        again = refusal(door, f"{server.url}/other")
        assert (again.permanent, again.status, 100 < (again.retry_after or 0) <= 120) == (False, 429, True)
        assert len(server.seen) == 1


def test_host_that_says_it_was_the_last_question_is_left_alone(door: Door) -> None:
    until = (datetime.now(UTC) + timedelta(minutes=2)).isoformat()
    with serving(lambda asked: asked.say(200, X_RateLimit_Remaining="0", X_RateLimit_Reset=until)) as server:
        assert fetch(door, f"{server.url}/").status == 200
        again = refusal(door, f"{server.url}/")
        assert (len(server.seen), 100 < (again.retry_after or 0) <= 120) == (1, True)


def test_rest_from_writing_is_none_from_reading(door: Door) -> None:
    door.memory.leave_alone("writing.example", is_read=False, seconds=100)
    door.spend(httpx.Request("GET", "https://writing.example/"))
    with pytest.raises(NetworkError):
        door.spend(httpx.Request("POST", "https://writing.example/"))


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7", "x-ratelimit-reset": "2026-01-01T00:05:00.000000Z"}, 7.0),
        ({"x-ratelimit-reset": "2026-01-01T00:05:00.000000Z"}, 300.0),
        ({"ratelimit-reset": str(int(NEW_YEAR.timestamp()) + 60)}, 60.0),
        ({"ratelimit-reset": "30"}, 30.0),
        ({"x-ratelimit-reset": "2025-12-31T23:00:00Z"}, 0.0),
        ({"x-ratelimit-reset": "soon"}, None),
        ({}, None),
    ],
)
def test_wait_is_read_from_whatever_says_it(headers: dict[str, str], seconds: float | None) -> None:
    assert pauses.wait_of(headers, now=NEW_YEAR) == seconds


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_what_is_sent_goes_to_no_other_host(door: Door, status: int) -> None:
    with serving(servers.page) as other, serving(lambda asked: asked.say(status, location=f"{other.url}/")) as server:
        error = refusal(door, f"{server.url}/", method="POST", content=b"token=t")
    assert (error.permanent, other.seen, [path for path, _headers in server.seen]) == (True, [], ["/"])


def test_what_is_sent_is_followed_within_its_host(door: Door) -> None:
    pages = Pages({"/old": lambda asked: asked.say(308, location="/new"), "/new": servers.page})
    with serving(pages) as server:
        assert fetch(door, f"{server.url}/old", method="POST", content=b"{}").url == f"{server.url}/new"
