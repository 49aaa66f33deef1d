"""A story is taken along as a folder, as Markdown and as data."""

import json
import re
import zipfile
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from markdown_it import MarkdownIt
from PIL import Image
from pytest_django import Settings

from homespun.core import media
from homespun.stories import actions
from homespun.stories.export import NotPublished, export
from homespun.stories.models import Story
from tests.stories.factories import AGREED, NOW, account, post, talk, told, vita

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> [click](javascript:alert(1)) ![x](//evil.example/x.png) &lt;b&gt; `x`"


@pytest.fixture(autouse=True)
def own_media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def published() -> Story:
    tale = told()
    actions.publish(story=tale, by=vita(), now=NOW)
    return tale


def with_cover() -> Story:
    tale = told()
    file = BytesIO()
    Image.new("RGB", (1200, 600), "red").save(file, "JPEG")
    file.seek(0)
    actions.update_head(story=tale, cover=media.keep(file, now=NOW), cover_alt="Red", by=vita(), now=NOW)
    actions.publish(story=tale, by=vita(), now=NOW)
    return tale


def hostile() -> Story:
    tale = told(HOSTILE)
    mallory = account("mallory", HOSTILE)
    actions.add_posts(story=tale, uris=[post(HOSTILE, mallory).uri], by=vita(), now=NOW)
    actions.add_item(story=tale, kind="link", url="https://x.example/)<script>", title=HOSTILE, caption=HOSTILE, by=vita(), now=NOW)
    actions.update_head(story=tale, introduction=HOSTILE, tags=[HOSTILE], author_about=HOSTILE, by=vita(), now=NOW)
    actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED)
    actions.publish(story=tale, by=vita(), now=NOW)
    return tale


def test_data_holds_what_scripts_ask_for() -> None:
    data = json.loads(export(published(), "json").body)
    assert data["title"] == "Loaf nine on the tram"
    assert [(item["number"], item["kind"], item["author"]) for item in data["items"]] == [
        (1, "narration", None),
        (2, "post", "@elke"),
        (3, "post", "@quarterloaf"),
        (4, "post", "@sandor"),
        (5, "post", "@quarterloaf"),
    ]
    assert data["items"][1]["text"] == "Our oven gave up at five. I am taking the dough along on the tram."
    assert {"url", "published"} <= data["items"][1].keys()


def test_an_unpublished_story_is_exported_as_a_draft_only() -> None:
    tale = told()
    with pytest.raises(NotPublished):
        export(tale, "json")
    assert json.loads(export(tale, "json", draft=True).body)["published"] is None


def test_the_edition_is_exported_and_not_what_came_later() -> None:
    tale = published()
    actions.update_head(story=tale, title="Later", by=vita(), now=NOW)
    assert json.loads(export(tale, "json").body)["title"] == "Loaf nine on the tram"
    assert json.loads(export(tale, "json", draft=True).body)["title"] == "Later"


def test_the_folder_holds_page_pictures_and_data_and_asks_for_nothing_outside() -> None:
    with zipfile.ZipFile(BytesIO(export(with_cover(), "html").body)) as folder:
        names = folder.namelist()
        html = folder.read("loaf-nine-on-the-tram/index.html").decode()
        css = folder.read("loaf-nine-on-the-tram/story.css").decode()
        loaded = re.findall(r'<(?:img|script|iframe|link|source|use)[^>]*?(?:src|href)="([^"#][^"]*)"', html) + re.findall(
            r'url\("([^"]+)"\)', css
        )
    assert "loaf-nine-on-the-tram/story.json" in names
    assert len([name for name in names if name.startswith("loaf-nine-on-the-tram/media/")]) == 1
    assert [address for address in loaded if not re.match(r"(story\.css$|media/|fonts/)", address)] == []
    assert "<script" not in html


def test_markdown_says_the_story_in_order() -> None:
    text = export(published(), "markdown").body.decode()
    assert text.startswith("# Loaf nine on the tram\n\nIt began") or text.startswith(
        "# Loaf nine on the tram\n\n*Told by Vita Halloran, 10 March 2026*"
    )
    assert "**1**\n\nIt began in a *hurry*." in text
    assert "> It will rise BEFORE YOUR STOP, you know." in text


@pytest.mark.parametrize("preset", ["commonmark", "gfm-like"])
def test_hostile_words_are_inert_in_markdown(preset: str) -> None:
    html = MarkdownIt(preset, {"linkify": False}).render(export(hostile(), "markdown").body.decode())
    assert re.findall(r"<script|<img|<svg|href=\"javascript|onerror=[^&]*>\s*<", html) == []
    assert set(re.findall(r"<a href=\"([a-z]+):", html)) <= {"https"}


def test_hostile_words_are_inert_in_the_folder() -> None:
    made = export(hostile(), "html")
    with zipfile.ZipFile(BytesIO(made.body)) as folder:
        html = folder.read(next(name for name in folder.namelist() if name.endswith("index.html"))).decode()
    assert re.findall(r"<script|<img[^>]*onerror|href=[\"']?javascript", html) == []


def run(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("story", *words, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_the_command_line_goes_from_conversation_to_file(tmp_path: Path) -> None:
    root = talk()
    made = run("new", "--conversation", root.uri, "--title", "Loaf nine")
    assert (made["slug"], made["items"]) == ("loaf-nine", 4)
    with pytest.raises(CommandError, match="Elke Brandreth"):
        run("publish", "loaf-nine")
    assert run("publish", "loaf-nine", "--basis", "agreed", "--how", "by letter", "--when", "2026-03-12")["edition"] == 1
    run("export", "loaf-nine", "--format", "json", "--output", str(tmp_path / "story.json"))
    assert len(json.loads((tmp_path / "story.json").read_text())["items"]) == 4
    assert [story["slug"] for story in run("list")["stories"]] == ["loaf-nine"]


def test_a_refusal_on_the_command_line_leaves_nothing_behind() -> None:
    root = talk()
    run("new", "--conversation", root.uri, "--title", "Loaf nine")
    with pytest.raises(CommandError, match="how and when"):
        run("publish", "loaf-nine", "--basis", "agreed")
    tale = Story.objects.get()
    assert (tale.version, tale.items.exclude(basis="").count()) == (1, 0)


@pytest.mark.parametrize(
    "words",
    [("publish", "nope"), ("export", "nope", "--output", "x"), ("new", "--title", "x", "--conversation", "https://x.com/i/status/1")],
)
def test_what_is_not_there_is_said_in_a_sentence(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"\.$"):
        run(*words)


def test_published_before_the_site_has_an_owner_it_is_said_to_be_invisible(monkeypatch: pytest.MonkeyPatch) -> None:
    tale, out = told(), StringIO()
    monkeypatch.setattr("homespun.stories.management.commands.story.is_claimed", lambda: False)
    call_command("story", "publish", tale.slug, stdout=out)
    assert out.getvalue().splitlines()[-1] == (
        "Nobody can see it yet, because this site has no owner. Run homespun serve, and open the address that it prints."
    )
    monkeypatch.undo()
    assert run("publish", tale.slug)["visible"] is True
