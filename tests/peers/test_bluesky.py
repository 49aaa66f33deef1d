"""Against a real Bluesky network: a conversation is made whole, blocks are minded, the stream is heard, a repository is read."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import atproto
import pytest
from atproto_client.request import Request
from django.conf import LazySettings
from django.core.management import call_command

from homespun.conversations.actions.completing import complete
from homespun.conversations.actions.finding import find
from homespun.conversations.models import Post as Row
from homespun.networks import values
from homespun.networks.bluesky import export
from homespun.networks.exports import Told
from homespun.networks.protocols import Absent, Around, Heard
from homespun.people.models import Account
from tests.peers.bluesky import Network, Person, Post, mention

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
DEEP = 14


@dataclass
class Talk:
    """Of six people: who is answered how, what was deleted, and all that is public."""

    root: Post
    deleted: Post
    blocker: Post
    public: dict[str, str]  # words by uri
    people: list[Person]


@pytest.fixture(scope="session")
def talk(bluesky: Network) -> Talk:
    hettie, bryony, carys, dafydd, emrys, ffion = people = [
        bluesky.person(name) for name in ("hettie", "bryony", "carys", "dafydd", "emrys", "ffion")
    ]
    made: dict[str, str] = {}

    def say(who: Person, text: str, parent: Post | None = None, *named: Person) -> Post:
        post = who.post(text, parent, **(mention(text, *named) if named else {}))
        made[post.uri] = text
        return post

    asked = "Which stile is yours? I ask @bryony.test @carys.test @dafydd.test @emrys.test"
    root = say(hettie, asked, None, bryony, carys, dafydd, emrys)
    bluesky.settle()
    hettie.gate(root, "mentionRule")
    last = say(bryony, "The one by the shelves.", root)
    for step in range(DEEP):
        last = say((hettie, bryony, carys)[step % 3], f"And behind it? Step {step} 🪜", last)
    slate = say(dafydd, "Mine is of slate.", root)
    for number in range(5):
        say(carys, f"Slate is slippery, {number}.", slate)
    shut_out = say(ffion, "Nobody asked me, I answer anyway.", slate)
    say(dafydd, "You are welcome here.", say(ffion, "Am I?", say(bryony, "Let her in!", shut_out)))
    wrong = say(carys, "Sorry, wrong field.", root)
    happens = say(dafydd, "It happens.", wrong)
    say(emrys, "Not to me.", say(hettie, "To all of us.", happens))
    blocker = say(emrys, "I jump over all of them.", root)
    say(emrys, "Whoever disagrees is blocked.", say(bryony, "And the hedges?", blocker))
    for number in range(5):
        say(bryony, f"Goodnight, {number}.", say(hettie, f"Anybody else? {number}", root) if number % 2 else root)
    bluesky.settle()
    carys.delete(wrong)
    del made[wrong.uri]
    emrys.block(hettie)
    bluesky.settle()
    return Talk(root, wrong, blocker, made, people)


def posts_of(answers: Iterable[Around]) -> dict[str, values.Post]:
    return {post.uri: post for answer in answers for post in answer.posts}


def test_the_app_view_alone_shows_less(bluesky: Network, talk: Talk) -> None:
    assert len(talk.public) == 39
    shown = bluesky.client().find(talk.root.uri).posts
    assert len(shown) < 30


def test_all_that_is_public_is_found_with_few_questions(bluesky: Network, talk: Talk) -> None:
    client = bluesky.client()
    answers = list(client.around(client.find(talk.root.uri).posts))
    found = posts_of(answers)
    assert {uri: post.text for uri, post in found.items()} == talk.public
    assert {post.root for uri, post in found.items() if uri != talk.root.uri} == {talk.root.uri}
    assert [each for answer in answers for each in answer.absent] == [Absent(talk.deleted.uri, "gone")]
    assert sum(answer.asked for answer in answers) <= 3 * len(talk.people)


def test_what_is_found_is_what_another_client_reads(bluesky: Network, talk: Talk) -> None:
    asking = Request()
    other = atproto.Client(base_url=f"{bluesky.settings['BSKY_PDS_URL']}/xrpc", request=asking)
    client = bluesky.client()
    for uri, post in posts_of(client.around(client.find(talk.root.uri).posts)).items():
        _, _, who, collection, key = uri.split("/")
        theirs = other.com.atproto.repo.get_record({"repo": who, "collection": collection, "rkey": key}).value
        assert (post.text, post.parent) == (theirs.text, theirs.reply.parent.uri if theirs.reply else "")
        assert list(post.mentions) == [each.did for facet in theirs.facets or [] for each in facet.features]
        assert post.lang == theirs.langs[0]
    asking.close()


@pytest.mark.django_db
def test_the_product_keeps_it_whole_and_names_what_is_missing(
    bluesky: Network, talk: Talk, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    bluesky.tell(settings)
    began = time.monotonic()
    came = find(
        by=None, now=NOW, address=f"https://bsky.app/profile/hettie.test/post/{talk.root.uri.rpartition('/')[2]}", door=bluesky.door
    )
    done = complete(by=None, now=NOW, door=bluesky.door, conversation=came.conversation)
    assert time.monotonic() - began < 10
    assert done.troubles == []
    call_command("conversation", talk.root.uri, "--json")
    told = json.loads(capsys.readouterr().out)
    assert {post["uri"]: post["text"] for post in told["posts"] if post.get("text")} == talk.public
    assert told["missing"] == 1
    again = complete(by=None, now=NOW, door=bluesky.door, conversation=done.conversation)
    assert again.new == 0


@pytest.mark.django_db
def test_whoever_has_blocked_us_stays_a_ghost(bluesky: Network, talk: Talk, settings: LazySettings) -> None:
    bluesky.tell(settings)
    hettie, emrys = talk.people[0].did, talk.people[4].did
    Account.objects.create(uri=hettie, network="bluesky", handle="hettie.test", is_own=True)
    came = find(by=None, now=NOW, address=talk.root.uri, door=bluesky.door)
    done = complete(by=None, now=NOW, door=bluesky.door, conversation=came.conversation)
    held = set(Row.objects.filter(conversation=done.conversation).values_list("uri", flat=True))
    theirs = {uri for uri in talk.public if uri.startswith(f"at://{emrys}/")}
    assert held == {*talk.public} - theirs
    assert len(theirs) == 3


def listen(
    bluesky: Network, addresses: list[str], own: tuple[str, ...], act: Callable[[], None], until: Callable[[list[Heard]], bool]
) -> list[Heard]:
    """What the stream tells while something is done."""
    told: list[Heard] = []
    end = time.monotonic() + 20
    doing = threading.Timer(0.5, act)
    doing.start()
    for heard in bluesky.client(*own).stream(addresses, {}, lambda: until(told) or time.monotonic() > end):
        told.append(heard)
    doing.join()
    return told


def test_the_stream_tells_of_posts_deletions_names_and_goes_on_when_it_breaks(bluesky: Network) -> None:
    gwen, huw = bluesky.person("gwen"), bluesky.person("huw")
    said: list[str] = []

    def act() -> None:
        first = gwen.post("Is anybody out there?")
        text = "@gwen.test I am!"
        said.extend([first.uri, huw.post(text, first, **mention(text, gwen)).uri])
        bluesky.settle()
        bluesky.drop_streams()
        said.append(gwen.post("Still?").uri)
        gwen.delete(first)
        gwen.rename("gwenllian.test")

    def is_all(told: list[Heard]) -> bool:
        return any(each.gone for each in told) and any(each.handle == "gwenllian.test" for heard in told for each in heard.renamed)

    told = listen(bluesky, [gwen.did], (gwen.did,), act, is_all)
    assert list(dict.fromkeys(post.uri for heard in told for post in heard.posts)) == said
    assert {uri for heard in told for uri in heard.gone} == {said[0]}
    assert [post.author.handle for heard in told for post in heard.posts if post.author and post.uri == said[1]][:1] == ["huw.test"]


def test_a_repository_is_read_as_another_client_reads_it(talk: Talk, tmp_path: Path) -> None:
    bryony = talk.people[1]
    content = bryony.repository()
    (tmp_path / "repo.car").write_bytes(content)
    opened = export.opened(tmp_path / "repo.car", Told())
    posts = {post.uri: post.text for page in opened.pages({}) for post in page.posts}
    opened.close()
    theirs = [block for block in atproto.CAR.from_bytes(content).blocks.values() if block.get("$type") == "app.bsky.feed.post"]
    assert sorted(posts.values()) == sorted(block["text"] for block in theirs)
    here = {uri: text for uri, text in talk.public.items() if uri.startswith(f"at://{bryony.did}/")}
    assert {uri: text for uri, text in posts.items() if uri in here} == here
    assert opened.owner.uri == bryony.did
