"""Saved pages of X beside our own archive: the other half of its conversations."""

import json
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from homespun.conversations import actions
from homespun.conversations.models import Conversation, MissingParent, Post, Source
from homespun.people.models import Account
from tests.conversations.test_exports import afresh, export, taken_out
from tests.conversations.written import everything, number, tweet

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"


def posting(n: int, who: int, handle: str, text: str, answers: int = 0) -> str:
    above = f'<meta itemprop="isPartOf" content="https://twitter.com/x/status/{number(answers)}">' if answers else ""
    return (
        f'<div itemtype="https://schema.org/SocialMediaPosting"><meta itemprop="identifier" content="{number(n)}">{above}'
        f'<div itemprop="author"><meta itemprop="identifier" content="{who}"><meta itemprop="additionalName" content="{handle}"></div>'
        f'<div lang="en" data-testid="tweetText">{text}</div></div>'
    )


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    answer = tweet(2, "Number seven", answers=1, of=2)
    return export(tmp_path / "ours", 1, "ours", 2024, [answer, tweet(4, "It has a twin", answers=3, of=2)])


@pytest.fixture
def page(tmp_path: Path) -> Path:
    shown = [
        posting(1, 2, "customer", "Which card?"),
        posting(2, 1, "ours", "Number sev…", 1),
        posting(3, 2, "customer", "Is there more?", 2),
    ]
    path = tmp_path / "Customer on Twitter.html"
    path.write_text(f"<!DOCTYPE html><html><body>{''.join(shown)}</body></html>")
    return path


def collected(path: Path) -> dict[str, Any]:
    return actions.report(actions.collect(by=None, now=NOW, path=path))


def test_ghosts_of_our_archive_are_adopted_and_make_one_conversation(ours: Path, page: Path) -> None:
    collected(ours)
    assert (Conversation.objects.count(), MissingParent.objects.count()) == (2, 2)
    told = collected(page)
    assert (told["kind"], told["read"], told["new"], told["replies"], told["parents_found"]) == ("x-pages", 3, 2, 2, 2)
    assert (Conversation.objects.count(), MissingParent.objects.count()) == (1, 0)
    assert list(Post.objects.order_by("id").values_list("text", flat=True)) == [
        "Which card?",
        "Number seven",
        "Is there more?",
        "It has a twin",
    ]


def test_order_of_archive_and_page_does_not_matter(ours: Path, page: Path) -> None:
    ends = []
    for order in permutations([ours, page]):
        for path in [*order, *order]:
            collected(path)
        ends.append(everything())
        afresh()
    assert ends[0] == ends[1]


def test_page_is_nobodys_and_makes_no_account_ours(page: Path) -> None:
    collected(page)
    source = Source.objects.get()
    assert (source.kind, source.title, source.account, source.is_ours) == ("x-pages", page.name, None, False)
    assert sorted(Account.objects.values_list("handle", "is_own")) == [("customer", False), ("ours", False)]


def test_page_is_taken_out_like_an_archive(ours: Path, page: Path) -> None:
    collected(ours)
    before = everything()
    collected(page)
    taken_out(page)
    assert everything()["posts"] == before["posts"]
    assert Source.objects.count() == 1


def test_saved_pages_come_by_the_command(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("collect", str(page), json=True)
    assert json.loads(capsys.readouterr().out)["new"] == 3
