"""The author's pages as forms: what they read, what they answer, and how many questions they ask the database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from homespun.conversations.models import Post
from homespun.core.models import Site
from homespun.stories import actions
from homespun.stories.models import Item, Story
from homespun.stories.views.shown import PART
from homespun.users.models import Role, User
from tests.stories.factories import AGREED, account, post, talk, vita

pytestmark = pytest.mark.django_db
MOVE, EDIT, LIST, STUDIO = 15, 13, 7, 18  # questions to the database
JSON = {"Accept": "application/json"}


@pytest.fixture
def desk() -> Client:
    Site.objects.create(pk=1, name="The Quarter Loaf")
    client = Client()
    client.force_login(vita(), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def story() -> Story:
    return actions.create_story(title="On the tram", conversation=talk().conversation, by=vita(), now=timezone.now())


def order(story: Story) -> list[int]:
    return list(Item.objects.filter(story=story, deleted=None).order_by("position").values_list("pk", flat=True))


def url(story: Story, rest: str = "") -> str:
    return f"/desk/stories/{story.slug}/{rest}"


def narration(story: Story, html: str = "<p>first</p>") -> Item:
    return actions.add_item(story=story, kind="narration", by=vita(), now=timezone.now(), html=html)


def picture_file(tmp_path: Any) -> SimpleUploadedFile:
    path = tmp_path / "tram.png"
    Image.new("RGB", (40, 20), "teal").save(path)
    return SimpleUploadedFile("tram.png", path.read_bytes(), "image/png")


def test_a_story_is_made_of_a_conversation(desk: Client) -> None:
    root = talk()
    answer = desk.post("/desk/stories/", {"conversation": root.conversation_id})
    story = Story.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, url(story))
    assert story.items.count() == 4


def test_a_title_that_is_too_long_is_refused_in_words(desk: Client) -> None:
    answer = desk.post("/desk/stories/", {"title": "x" * 5000}, follow=True)
    assert answer.status_code == 200
    assert Story.objects.count() == 0


def test_who_may_not_publish_finds_no_publication(story: Story) -> None:
    helper = User.objects.create(email="bo@loaf.example", role=Role.CONTRIBUTOR)
    client = Client()
    client.force_login(helper)
    assert client.post(url(story, "publication/")).status_code == 404
    assert client.post(url(story, "publication/"), {"undo": "1"}).status_code == 404


def test_who_may_not_publish_is_shown_no_way_to(story: Story) -> None:
    Site.objects.create(pk=1, name="The Quarter Loaf")
    actions.set_basis_for(story=story, by=vita(), now=timezone.now(), **AGREED)
    actions.publish(story=story, by=vita(), now=timezone.now())
    client = Client()
    client.force_login(User.objects.create(email="bo@loaf.example", role=Role.CONTRIBUTOR), backend=settings.AUTHENTICATION_BACKENDS[0])
    studio, people = client.get(url(story)).text, client.get(url(story, "publish/")).text
    assert ["Publish again…" in studio, "Publish…" in studio, "Who is quoted" in studio] == [False, False, True]
    assert [f'action="{url(story, "publication/")}"' in people, "An owner or an editor can publish" in people] == [False, True]
    assert "Delete On the tram" not in client.get("/desk/stories/").text
    assert client.post(url(story, "deletion/")).status_code == 404


def test_a_story_without_a_title_is_offered_its_first_words(desk: Client) -> None:
    root = post("@quarterloaf The oven gave up at five\n\nI am taking the dough along.", account("elke"))
    untitled = actions.create_story(conversation=root.conversation, by=vita(), now=timezone.now())
    assert "Call it “The oven gave up at five”" in desk.get(url(untitled)).text
    people = desk.get(url(untitled, "publish/")).text
    assert ["It has no title yet" in people, "story-" in people.split("Where it goes")[1].split("</section>")[0]] == [True, False]
    desk.post(url(untitled, "head/"), {"title": "On the tram", "version": 1}, headers=JSON)
    assert "Call it" not in desk.get(url(untitled)).text
    assert "/stories/on-the-tram/, and the feed" in desk.get(url(untitled, "publish/")).text


def test_the_panel_shows_the_conversation_with_most_posts_in_the_story(desk: Client, story: Story) -> None:
    later = post("Tea for me.", account("sandor"))
    actions.add_posts(story=story, uris=[later.uri], by=vita(), now=timezone.now())
    assert "All 4 posts are in the story" in desk.get(url(story)).text


def test_a_conversation_that_is_all_in_the_story_is_not_listed_again(desk: Client, story: Story) -> None:
    assert '<li class="bring' not in desk.get(url(story)).text
    post("Is there any left?", account("sandor"), parent=Post.objects.get(uri=story.items.earliest("position").post_uri))
    assert desk.get(url(story)).text.count('<li class="bring') == 5


def test_a_story_begins_empty(desk: Client) -> None:
    desk.post("/desk/stories/")
    assert desk.get(url(Story.objects.get())).status_code == 200


def test_pages_of_no_story_are_not_found(desk: Client, story: Story) -> None:
    other = actions.create_story(title="Another", by=vita(), now=timezone.now())
    foreign = narration(other)
    for path in (
        "/desk/stories/none/",
        "/desk/stories/none/publish/",
        url(story, f"items/{foreign.pk}/"),
        url(story, "items/99999/editor/"),
    ):
        assert desk.get(path).status_code == 404


@pytest.mark.parametrize("to, expected", [("up", [0, 2, 1, 3]), ("down", [0, 1, 3, 2]), ("top", [2, 0, 1, 3]), ("end", [0, 1, 3, 2])])
def test_an_item_moves_by_a_button(desk: Client, story: Story, to: str, expected: list[int]) -> None:
    before = order(story)
    answer = desk.post(url(story, f"items/{before[2]}/position/"), {"to": to})
    assert answer.headers["Location"] == url(story, f"#item-{before[2]}")
    assert order(story) == [before[place] for place in expected]


def test_an_item_moves_behind_the_one_that_is_named(desk: Client, story: Story) -> None:
    one, two, three, four = order(story)
    desk.post(url(story, f"items/{four}/position/"), {"after": one}, headers=JSON)
    assert order(story) == [one, four, two, three]
    desk.post(url(story, f"items/{three}/position/"), {"after": ""}, headers=JSON)
    assert order(story) == [three, one, four, two]


def test_a_move_is_saved_with_few_questions(desk: Client, story: Story, django_assert_num_queries: Any) -> None:
    one, _, three, _ = order(story)
    with django_assert_num_queries(MOVE):
        desk.post(url(story, f"items/{one}/position/"), {"after": three}, headers=JSON)


def test_an_edit_is_saved_with_few_questions(desk: Client, story: Story, django_assert_num_queries: Any) -> None:
    item = narration(story)
    with django_assert_num_queries(EDIT):
        answer = desk.post(url(story, f"items/{item.pk}/"), {"html": "<p>second</p>", "version": 1}, headers=JSON)
    assert answer.json() == {"version": 2}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_for_one_story_and_for_three(desk: Client, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        actions.create_story(title=f"Story {number}", by=vita(), now=timezone.now())
    with django_assert_num_queries(LIST):
        desk.get("/desk/stories/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_studio_asks_the_same_for_one_post_and_for_three(desk: Client, count: int, django_assert_num_queries: Any) -> None:
    posts = [post(f"Line {number}", account("elke")) for number in range(count)]
    story = actions.create_story(title="Lines", by=vita(), now=timezone.now())
    actions.add_posts(story=story, uris=[row.uri for row in posts], by=vita(), now=timezone.now())
    post("Another line", account("elke"), parent=posts[-1])
    with django_assert_num_queries(STUDIO):
        desk.get(url(story))


def test_a_window_that_is_up_to_date_is_told_nothing(desk: Client, story: Story) -> None:
    assert desk.get(url(story, f"version/?since={story.version}")).status_code == 204
    changed = desk.get(url(story, "version/?since=0")).json()
    assert changed["entries"] == [[key, 1] for key in order(story)]


def test_a_stale_write_answers_with_both_versions(desk: Client, story: Story) -> None:
    item = narration(story)
    actions.update_item(item=item, version=1, by=vita(), now=timezone.now(), html="<p>theirs</p>")
    answer = desk.post(url(story, f"items/{item.pk}/"), {"html": "<p>mine</p>", "version": 1}, headers=JSON)
    assert (answer.status_code, answer.json()["version"], "<p>theirs</p>" in answer.json()["html"]) == (409, 2, True)
    page = desk.post(url(story, f"items/{item.pk}/"), {"html": "<p>mine</p>", "version": 1})
    assert (page.status_code, "theirs" in page.text, "mine" in page.text) == (409, True, True)


def test_a_write_that_is_sent_twice_is_no_conflict(desk: Client, story: Story) -> None:
    item = narration(story)
    sent = {"html": "<p>mine</p>", "version": 1}
    answers = [desk.post(url(story, f"items/{item.pk}/"), sent, headers=JSON) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"version": 2})] * 2


def test_plain_words_become_paragraphs_and_scripts_stay_out(desk: Client, story: Story) -> None:
    item = narration(story)
    desk.post(url(story, f"items/{item.pk}/"), {"html": "one\r\n\r\ntwo", "version": 1})
    item.refresh_from_db()
    assert item.html == "<p>one</p><p>two</p>"
    desk.post(url(story, f"items/{item.pk}/"), {"html": "<p onclick=x>a<script>b</script></p>", "version": 2})
    item.refresh_from_db()
    assert item.html == "<p>a</p>"


def test_an_item_is_taken_out_and_put_back_without_a_script(desk: Client, story: Story) -> None:
    before = order(story)
    answer = desk.post(url(story, f"items/{before[1]}/deletion/"), follow=True)
    assert "Undo" in answer.text
    assert order(story) == [before[0], *before[2:]]
    desk.post(url(story, f"items/{before[1]}/deletion/"), {"undo": "1"})
    assert order(story) == before


def test_a_picture_needs_words_for_those_who_do_not_see_it(desk: Client, story: Story, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    sent = {"kind": "image", "after": "end", "file": picture_file(tmp_path)}
    assert desk.post(url(story, "items/"), sent).status_code == 422
    desk.post(url(story, "items/"), {**sent, "file": picture_file(tmp_path), "alt": "A tram"})
    row = Item.objects.get(kind="image")
    assert (row.alt, row.media and row.media.width) == ("A tram", 40)


def test_what_is_no_picture_is_refused_in_words(desk: Client, story: Story, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    file = SimpleUploadedFile("page.png", b"<html><script>alert(1)</script>", "image/png")
    answer = desk.post(url(story, "items/"), {"kind": "image", "after": "end", "file": file, "alt": "x"})
    assert (answer.status_code, Item.objects.filter(kind="image").count()) == (422, 0)


def test_a_basis_for_all_makes_the_story_ready_and_it_is_published(desk: Client, story: Story) -> None:
    refused = desk.post(url(story, "publication/"))
    assert (refused.status_code, "is quoted without a basis" in refused.text) == (409, True)
    assert desk.post(url(story, "bases/"), {"basis": "agreed", "form": "all"}).status_code == 422
    desk.post(url(story, "bases/"), {"basis": "agreed", "how": "by telephone", "when": "2026-03-12", "form": "all"})
    assert desk.post(url(story, "publication/")).headers["Location"] == url(story, "publish/?published#published")
    desk.post(url(story, "publication/"), {"undo": "1"})
    story.refresh_from_db()
    assert (story.is_published, story.editions.count()) == (False, 1)


def published(desk: Client, story: Story) -> str:
    desk.post(url(story, "bases/"), {"basis": "agreed", "how": "by telephone", "when": "2026-03-12", "form": "all"})
    return desk.post(url(story, "publication/"), follow=True).text


def test_after_publishing_the_page_says_so_and_leads_to_the_story(desk: Client, story: Story) -> None:
    page = published(desk, story)
    assert "“On the tram” is published" in page
    assert f'value="http://testserver/stories/{story.slug}/"' in page
    assert [f'href="{address}"' in page for address in (f"/stories/{story.slug}/", url(story))] == [True, True]
    assert "Publish the same" not in page


def test_members_see_a_way_to_edit_a_published_story_and_visitors_do_not(desk: Client, story: Story) -> None:
    published(desk, story)
    for_visitors, for_members = Client().get(f"/stories/{story.slug}/"), desk.get(f"/stories/{story.slug}/")
    assert ["Edit story" in answer.text for answer in (for_visitors, for_members)] == [False, True]
    assert [answer.headers["Cache-Control"] for answer in (for_visitors, for_members)] == ["public, no-cache", "private, no-store"]
    assert "Edit story" not in Client().get(f"/stories/{story.slug}/").text  # what members see is kept for nobody


def test_preview_leads_back_and_says_whether_a_published_version_exists(desk: Client, story: Story) -> None:
    assert "This story isn’t published yet." in desk.get(url(story, "preview/")).text
    published(desk, story)
    assert "It is the same as the published version." in desk.get(url(story, "preview/")).text
    story.refresh_from_db()
    actions.add_item(story=story, kind="narration", html="<p>More.</p>", by=vita(), now=timezone.now())
    page = desk.get(url(story, "preview/")).text
    assert "Visitors see the published version until you publish again." in page
    links = {url(story): "Back to the studio", f"/stories/{story.slug}/": "View published version", url(story, "publish/"): "Publish…"}
    assert [f'href="{address}">{label}</a>' in page for address, label in links.items()] == [True, True, True]


@pytest.mark.parametrize("kind", ["html", "markdown", "json"])
def test_a_draft_is_taken_along(desk: Client, story: Story, kind: str) -> None:
    answer = desk.get(url(story, f"export/{kind}/"))
    assert (answer.status_code, answer.headers["Content-Disposition"].startswith("attachment")) == (200, True)


def test_a_story_is_deleted_and_brought_back(desk: Client, story: Story) -> None:
    assert "Bring it back" in desk.post(url(story, "deletion/"), follow=True).text
    desk.post(url(story, "deletion/"), {"undo": "1"})
    assert desk.get(url(story)).status_code == 200


def test_a_long_story_is_sent_in_parts(desk: Client, post_many: Callable[[int], Story]) -> None:
    story = post_many(2 * PART + 5)
    first = desk.get(url(story)).text
    keys = order(story)
    second = desk.get(url(story, f"items/?after={keys[PART - 1]}"), headers={"HX-Request": "true"}).text
    assert [text.count('data-sort="') for text in (first, second)] == [PART, PART]
    assert [f'id="item-{keys[PART]}"' in text for text in (first, second)] == [False, True]
    assert [f'data-rest="{rest}"' in text for text, rest in ((first, PART + 5), (second, 5))] == [True, True]


@pytest.fixture
def post_many() -> Callable[[int], Story]:
    def made(count: int) -> Story:
        root = post("Line 0", account("elke"))
        for number in range(1, count):
            post(f"Line {number}", account("elke"), parent=root)
        return actions.create_story(title="Many", conversation=root.conversation, by=vita(), now=timezone.now())

    return made
