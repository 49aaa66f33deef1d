"""A story is sent to visitors without Django while nothing has changed."""

from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections

from homespun.conversations.models import Post, State
from homespun.core.models import Site
from homespun.public.stored_answers import StoredAnswers
from homespun.stories import actions
from homespun.stories.models import Story
from tests.stories.factories import NOW, told, vita

pytestmark = pytest.mark.django_db


class Counting:
    """Django's application, and how often it was asked."""

    def __init__(self) -> None:
        self.pages, self.count = WSGIHandler(), 0

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.count += 1
        request_started.disconnect(close_old_connections)  # the test's transaction is in it
        try:
            return self.pages(environ, start)
        finally:
            request_started.connect(close_old_connections)


@pytest.fixture
def story(site: Site) -> Story:
    story = told()
    actions.publish(story=story, by=vita(), now=NOW)
    return story


@pytest.fixture
def pages() -> StoredAnswers:
    return StoredAnswers(Counting())


def get(pages: StoredAnswers, story: Story, **more: str) -> tuple[str, dict[str, str], bytes]:
    environ: dict[str, Any] = {"PATH_INFO": f"/stories/{story.slug}/", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", **more}
    setup_testing_defaults(environ)
    sent: list[Any] = []
    body = b"".join(pages(environ, lambda status, headers, *_: sent.append((status, dict(headers)))))
    return sent[0][0], sent[0][1], body


def count(pages: StoredAnswers) -> int:
    asked = pages.application
    assert isinstance(asked, Counting)
    return asked.count


def test_the_second_visitor_gets_the_same_answer_without_django(pages: StoredAnswers, story: Story) -> None:
    first = get(pages, story)
    assert first[0] == "200 OK"
    assert "Content-Security-Policy" in first[1]
    assert [get(pages, story), count(pages)] == [first, 1]


def test_an_unpublished_story_is_gone_at_once(pages: StoredAnswers, story: Story) -> None:
    get(pages, story)
    actions.unpublish(story=story, by=vita(), now=NOW)
    assert get(pages, story)[0] == "410 Gone"


def test_withdrawn_words_vanish_at_once(pages: StoredAnswers, story: Story) -> None:
    quoted = Post.objects.filter(uri__in=story.items.values("post_uri")).exclude(author__is_own=True).earliest("pk")
    assert quoted.text.split("\n")[0].encode() in get(pages, story)[2]
    Post.objects.filter(pk=quoted.pk).update(state=State.WITHDRAWN)
    assert quoted.text.split("\n")[0].encode() not in get(pages, story)[2]


def test_a_new_name_of_the_site_shows_at_once(pages: StoredAnswers, story: Story) -> None:
    get(pages, story)
    Site.objects.update(name="The Half Loaf")
    assert b"The Half Loaf" in get(pages, story)[2]


def test_another_write_keeps_the_answer(pages: StoredAnswers, story: Story) -> None:
    first = get(pages, story)
    actions.create_story(title="Another", by=vita(), now=NOW)
    assert [get(pages, story), count(pages)] == [first, 1]


@pytest.mark.parametrize(
    "more",
    [
        {"HTTP_COOKIE": "homespun_session=abc; sessionid=abc"},
        {"HTTP_IF_NONE_MATCH": '"other"'},
        {"QUERY_STRING": "a=b"},
        {"REQUEST_METHOD": "HEAD"},
        {"HTTP_X_FORWARDED_PROTO": "gopher"},
    ],
)
def test_other_requests_are_left_to_django(pages: StoredAnswers, story: Story, settings: Any, more: dict[str, str]) -> None:
    more = {name: value.replace("homespun_session", settings.SESSION_COOKIE_NAME) for name, value in more.items()}
    get(pages, story)
    get(pages, story, **more)
    assert count(pages) == 2


def test_packed_and_plain_answers_are_told_apart(pages: StoredAnswers, story: Story) -> None:
    plain, packed = get(pages, story), get(pages, story, HTTP_ACCEPT_ENCODING="gzip")
    assert ["Content-Encoding" in plain[1], packed[1]["Content-Encoding"]] == [False, "gzip"]
    assert [get(pages, story), get(pages, story, HTTP_ACCEPT_ENCODING="gzip"), count(pages)] == [plain, packed, 2]


def test_stored_answers_make_room(pages: StoredAnswers, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homespun.public.stored_answers.ROOM", 10)
    get(pages, story)
    get(pages, story, HTTP_ACCEPT_ENCODING="gzip")
    assert len(pages.answers) == 1
