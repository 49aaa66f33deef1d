"""Against mastodon-mock, somebody else's server with Mastodon's API: ours reads there what Mastodon.py, somebody else's client, reads."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from mastodon import Mastodon

from homespun.conversations.actions.completing import complete
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import Connection, Post
from homespun.conversations.queries import shape
from homespun.core.security import sealing
from homespun.http import Door, addresses
from homespun.networks.live import Asking
from homespun.networks.mastodon import Client
from homespun.networks.protocols import MENTIONS
from homespun.networks.values import Page, Place, Visibility
from homespun.people.models import Account

NOW = datetime(2024, 3, 10, 12, 0, tzinfo=UTC)
PEOPLE = {"stilewise": "ours", "bryony": "hers", "colm": "his", "edda": "another"}


@dataclass
class Site:
    """The server, and somebody else's client for each of its people."""

    url: str
    door: Door

    def of(self, name: str) -> Any:
        return Mastodon(api_base_url=self.url, access_token=PEOPLE[name], version_check_mode="none")

    def ours(self) -> Client:
        return Client(Asking(self.door, server=self.url, me=f"{self.url}/@stilewise", secret={"token": PEOPLE["stilewise"]}))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("mastodon")
    port = free_port()
    told = [
        f'[[seed.accounts]]\nusername = "{name}"\ndisplay_name = "{name.title()}"\naccess_token = "{token}"\n'
        for name, token in PEOPLE.items()
    ]
    (folder / "site.toml").write_text("\n".join(told))
    served = ["serve", "--config", str(folder / "site.toml"), "--host", "127.0.0.1", "--port", str(port), "--domain", f"127.0.0.1:{port}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "mastodon_mock", *served, "--in-memory"], stdout=log, stderr=log, cwd=folder)
        try:
            wait_for(f"http://127.0.0.1:{port}/api/v2/instance", folder / "log")
            door = Door(site="https://stilewise.example", allow=addresses("127.0.0.1"), budget=10_000)
            yield Site(f"http://127.0.0.1:{port}", door)
            door.client.close()
        finally:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
    return port


def wait_for(url: str, log: Path) -> None:
    for _try in range(150):
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def read(client: Client, address: str, cursor: dict[str, Any]) -> tuple[list[Page], dict[str, Any]]:
    pages = list(client.pages(address, cursor))
    return pages, pages[-1].cursor if pages else cursor


def texts(pages: list[Page]) -> list[str]:
    return [post.text for page in pages for post in page.posts]


def test_statuses_are_read_as_an_independent_client_reads_them(site: Site) -> None:
    hers = site.of("edda")
    root = hers.status_post("Which stile held you up? https://walks.example/stiles", spoiler_text="Mud", language="en")
    hers.status_post("The <ladder> & the gate.", in_reply_to_id=root.id, visibility="unlisted")
    pages, _cursor = read(site.ours(), f"@edda@{site.url[7:]}", {})
    ours = [post for page in pages for post in page.posts]
    theirs = list(reversed(hers.account_statuses(hers.me().id)))
    assert [post.uri for post in ours] == [each.uri for each in theirs]
    assert [post.published // 1000 for post in ours] == [int(each.created_at.timestamp()) for each in theirs]
    assert [post.warning for post in ours] == [each.spoiler_text for each in theirs]
    assert [Visibility(post.visibility).name.lower() for post in ours] == [each.visibility for each in theirs]
    assert [post.author.name for post in ours if post.author] == [each.account.display_name for each in theirs]
    assert [post.text for post in ours] == ["Which stile held you up? https://walks.example/stiles", "The <ladder> & the gate."]
    assert [post.parent for post in ours] == ["", ours[0].uri]
    assert {post.place for post in ours} == {Place.SERVER}


def test_pages_of_a_long_account_are_all_read_once(site: Site) -> None:
    his, client = site.of("colm"), site.ours()
    his.status_post("Walk 0")
    _pages, cursor = read(client, f"@colm@{site.url[7:]}", {})
    for n in range(1, 96):
        his.status_post(f"Walk {n}")
    pages, cursor = read(client, f"@colm@{site.url[7:]}", cursor)
    assert texts(pages) == [f"Walk {n}" for n in range(1, 96)]
    assert read(client, f"@colm@{site.url[7:]}", cursor)[0] == []
    walked = his.fetch_remaining(his.account_statuses(his.me().id, limit=40))  # by the Link header, as that client does it
    assert [each.uri for each in walked][:95] == [post.uri for page in pages for post in page.posts][::-1]


def test_what_speaks_to_us_is_told_with_what_it_answers_and_never_what_likes_us(site: Site) -> None:
    ours, hers, client = site.of("stilewise"), site.of("bryony"), site.ours()
    _pages, cursor = read(client, MENTIONS, {})
    root = ours.status_post("Which one?")
    hers.status_favourite(root.id)
    answer = hers.status_post("@stilewise The ladder.", in_reply_to_id=root.id)
    hers.status_post("@stilewise Between us.", visibility="direct")
    pages, cursor = read(client, MENTIONS, cursor)
    found = [(post.uri, post.parent, post.visibility) for page in pages for post in page.posts]
    assert found[0] == (answer.uri, root.uri, Visibility.PUBLIC)
    assert [visibility for _uri, _parent, visibility in found] == [Visibility.PUBLIC, Visibility.DIRECT]
    assert [each.type for each in ours.notifications(types=["mention"])] == ["mention"] * len(found)
    assert read(client, MENTIONS, cursor)[0] == []


def test_edit_is_read_as_one(site: Site) -> None:
    hers = site.of("bryony")
    status = hers.status_post("A stlie.")
    time.sleep(1.1)  # as times are told in seconds
    hers.status_update(status.id, "A stile.")
    (answer,) = site.ours().fetch([status.uri])
    (post,) = answer.posts
    assert (post.text, post.uri, post.edited // 1000) == ("A stile.", status.uri, int(hers.status(status.id).edited_at.timestamp()))


def test_deleted_post_is_gone(site: Site) -> None:
    hers = site.of("bryony")
    status = hers.status_post("Nothing.")
    hers.status_delete(status.id)
    (answer,) = site.ours().fetch([status.uri])
    assert ([each.why for each in answer.absent], answer.posts) == (["gone"], ())


def test_hashtag_is_read_behind_a_cursor(site: Site) -> None:
    client, address = site.ours(), f"#hedges@{site.url[7:]}"
    _pages, cursor = read(client, address, {})
    site.of("colm").status_post("Cut the #hedges")
    site.of("colm").status_post("And the grass")
    assert texts(read(client, address, cursor)[0]) == ["Cut the #hedges"]


@pytest.mark.django_db
def test_nested_conversation_is_completed_by_the_account_of_ours(site: Site, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    ours, hers, his = (site.of(name) for name in ("stilewise", "bryony", "colm"))
    said = [ours.status_post("Which stile held you up?")]
    for n in range(1, 40):
        said.append((hers, his, ours)[n % 3].status_post(f"Answer {n}", in_reply_to_id=said[(n - 1) // 2].id))
    us = Account.objects.create(uri=f"{site.url}/@stilewise", network="mastodon", handle="stilewise", name="Us", is_own=True)
    sealed = sealing.seal({"token": PEOPLE["stilewise"]})
    Connection.objects.create(network="mastodon", server=site.url, account=us, secret=sealed, connected=NOW)
    (answer,) = site.ours().fetch([said[20].uri])
    Taking(None, NOW, ours=True).take(answer.server, answer.posts)
    done = complete(by=None, now=NOW, uri=said[20].uri, door=site.door)
    assert {*Post.objects.values_list("uri", flat=True)} == {each.uri for each in said}
    context = ours.status_context(said[0].id)
    assert len(context.descendants) == len(shape(done.conversation).leaves) - 1
    by_number = {each.id: each.uri for each in said}
    expected = {each.uri: by_number[each.in_reply_to_id] for each in context.descendants}
    assert dict(Post.objects.filter(parent__isnull=False).values_list("uri", "parent__uri")) == expected


def test_stream_tells_what_happens(site: Site) -> None:
    hers, told, over = site.of("bryony"), list[str](), Event()

    def hear() -> None:
        for heard in site.ours().stream([], {}, over.is_set):
            told.extend([post.text for post in heard.posts])
            if told:
                over.set()

    thread = Thread(target=hear, daemon=True)
    thread.start()
    for n in range(50):
        if over.wait(0.2):
            break
        hers.status_post(f"@stilewise Stile {n}?")
    over.set()
    thread.join(10)
    assert told
    assert told[0].startswith("@stilewise Stile ")
