"""What was said to followers or to one person stays on the desk: it is in no story, no page, no feed and no file, whenever it became so."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from homespun.conversations.actions.leaving import leave_out
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import Post, State
from homespun.core.models import PublicMedia, Site
from homespun.networks.values import Place, Visibility
from homespun.public.kept import shelf
from homespun.stories import actions, page, queries
from homespun.stories.actions.closing import close
from homespun.stories.export import FORMATS, export
from homespun.stories.models import Item, Story
from homespun.stories.queries import Standing
from homespun.stories.queries.closed import quoted_uris
from tests.conversations import made_up
from tests.stories.factories import AGREED, NOW, account, picture, post, story, talk, told, vita

pytestmark = pytest.mark.django_db
SAID = "My whole carriage smelt of rye."  # by Sandor
FOR_FEW = [Visibility.FOLLOWERS, Visibility.DIRECT]


@pytest.fixture(autouse=True)
def own_media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA = tmp_path
    shelf.pages.clear()
    quoted_uris.cache_clear()
    Site.objects.create(pk=1, name="The Quarter Loaf")


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(vita())
    return client


def narrowed(visibility: Visibility) -> None:
    """Sandor's words are for a few from now on, as the desk learns from where they were said."""
    assert Post.objects.filter(text=SAID).update(visibility=visibility) == 1


def everywhere(client: Client, tale: Story) -> str:
    """All that leaves the desk of a story, joined."""
    client.logout()
    pages = [client.get(address).content.decode() for address in ("/", f"/stories/{tale.slug}/", "/stories/feed.atom")]
    return "\n".join([*pages, *(text(tale, kind) for kind in FORMATS)])


def text(tale: Story, kind: str, *, draft: bool = False) -> str:
    body = export(tale, kind, draft=draft).body
    if kind != "html":
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as folder:
        return "\n".join(folder.read(name).decode() for name in folder.namelist() if name.endswith((".html", ".json")))


@pytest.mark.parametrize("visibility", FOR_FEW)
def test_it_comes_into_no_story(visibility: Visibility) -> None:
    root = talk()
    narrowed(visibility)
    tale = story(conversation=root.conversation)
    assert [item.post_uri for item in queries.items(tale)] == [row.uri for row in Post.objects.exclude(text=SAID).order_by("pk")]
    assert actions.add_posts(story=tale, uris=[Post.objects.get(text=SAID).uri], by=vita(), now=NOW) == []


@pytest.mark.parametrize("visibility", FOR_FEW)
def test_own_words_come_into_none_either(visibility: Visibility) -> None:
    own = post("Between us.", account("quarterloaf", own=True), visibility=visibility)
    assert actions.add_posts(story=story(), uris=[own.uri], by=vita(), now=NOW) == []


@pytest.mark.parametrize("visibility", FOR_FEW)
def test_the_panel_says_that_it_stays_on_the_desk(desk: Client, visibility: Visibility) -> None:
    root, tale = talk(), story()
    narrowed(visibility)
    asked = {"conversation": root.conversation_id, "whole": "1", "after": "end"}
    answer = desk.post(f"/desk/stories/{tale.slug}/posts/", asked, headers={"HX-Request": "true"}).content.decode()
    assert "Added 3 posts. 1 was said to followers or to one person, and stays on the desk." in answer


@pytest.mark.parametrize("visibility", FOR_FEW)
def test_a_story_that_holds_it_already_cannot_be_published_whatever_was_recorded(visibility: Visibility) -> None:
    tale = told()
    narrowed(visibility)
    item = tale.items.get(post_uri=Post.objects.get(text=SAID).uri)
    actions.set_basis(item=item, by=vita(), now=NOW, **AGREED)
    assert {person.name: person.standing for person in queries.quoted(tale)}["Sandor Welk"] is Standing.FOR_FEW
    with pytest.raises(actions.NotReady, match=r"was for followers or for one person, and stays on the desk\."):
        actions.publish(story=tale, by=vita(), now=NOW)


@pytest.mark.parametrize("visibility", FOR_FEW)
def test_the_page_of_who_is_quoted_says_so_and_asks_for_no_basis(desk: Client, visibility: Visibility) -> None:
    tale = told()
    narrowed(visibility)
    answer = desk.get(f"/desk/stories/{tale.slug}/publish/").content.decode()
    assert "For a few only" in answer
    assert "was for followers or for one person, and stays on the desk. Take it out." in answer


@pytest.mark.parametrize("visibility", FOR_FEW)
def test_a_draft_that_holds_it_is_shown_and_taken_along_without_it(visibility: Visibility) -> None:
    tale = told()
    assert SAID in page.preview(tale)
    narrowed(visibility)
    assert SAID not in page.preview(tale)
    assert [kind for kind in FORMATS if SAID in text(tale, kind, draft=True)] == []


@pytest.mark.parametrize("visibility", FOR_FEW)
def test_what_is_published_shows_it_no_longer_as_soon_as_it_is_known(client: Client, visibility: Visibility) -> None:
    tale = told()
    actions.publish(story=tale, by=vita(), now=NOW)
    assert everywhere(client, tale).count(SAID) >= 5
    narrowed(visibility)
    left = everywhere(client, tale)
    assert SAID not in left
    assert "Sandor Welk" not in left
    assert Post.objects.get(text=SAID).uri not in left
    items = json.loads(text(tale, "json"))["items"]
    assert [(item["number"], item["text"] == "") for item in items if item.get("withdrawn")] == [(4, True)]
    narrowed(Visibility.PUBLIC)
    assert SAID in everywhere(client, tale)


def test_what_its_own_server_shows_to_followers_only_from_now_on_vanishes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up.put_up(monkeypatch)
    shown = made_up.post("rye", "Rye, all the way.", by="colm", visibility=Visibility.UNLISTED)
    Taking(None, NOW, ours=True).take("made-up.example", [shown])
    tale = story()
    actions.add_posts(story=tale, uris=[shown.uri], by=vita(), now=NOW)
    actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED)
    actions.publish(story=tale, by=vita(), now=NOW)
    assert "Rye, all the way." in everywhere(client, tale)
    Taking(None, NOW, ours=True).take("other.example", [made_up.post("rye", "Rye, all the way.", by="colm", place=Place.COPY)])
    assert "Rye, all the way." in everywhere(client, tale)
    fewer = made_up.post("rye", "Rye, all the way.", by="colm", visibility=Visibility.FOLLOWERS)
    Taking(None, NOW + timedelta(hours=1), ours=True).take("made-up.example", [fewer])
    assert "Rye, all the way." not in everywhere(client, tale)
    Taking(None, NOW + timedelta(hours=2), ours=True).take("other.example", [made_up.post("rye", by="colm", place=Place.COPY)])
    assert "Rye" not in everywhere(client, tale)


def test_withdrawn_words_vanish_from_what_is_published_too(client: Client) -> None:
    tale = told()
    actions.publish(story=tale, by=vita(), now=NOW)
    Post.objects.filter(text=SAID).update(state=State.WITHDRAWN)
    assert SAID not in everywhere(client, tale)


def test_nobody_empties_a_published_story_by_asking_to_leave_somebody_out(client: Client) -> None:
    tale = told()
    actions.publish(story=tale, by=vita(), now=NOW)
    said = Post.objects.select_related("author").get(text=SAID)
    assert said.author is not None
    leave_out(by=None, now=NOW, typed=said.author.uri)
    assert Post.objects.get(text=SAID).state == State.WITHDRAWN
    assert SAID in everywhere(client, tale)
    assert SAID not in text(tale, "html", draft=True)


def test_words_deleted_where_they_were_posted_stay_as_they_were_agreed(client: Client) -> None:
    tale = told()
    actions.publish(story=tale, by=vita(), now=NOW)
    Post.objects.filter(text=SAID).update(state=State.DELETED)
    assert SAID in everywhere(client, tale)


def test_its_pictures_vanish_with_it() -> None:
    root = talk()
    theirs, other = picture(Post.objects.get(text=SAID)), picture(root)
    tale = story(conversation=root.conversation)
    actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED)
    actions.publish(story=tale, by=vita(), now=NOW)
    assert set(PublicMedia.objects.values_list("file", flat=True)) == {theirs.pk, other.pk}
    narrowed(Visibility.DIRECT)
    assert [close(now=NOW), close(now=NOW)] == [1, 0]
    assert set(PublicMedia.objects.values_list("file", flat=True)) == {other.pk}


def test_a_cover_that_is_a_picture_of_it_vanishes_and_is_not_published() -> None:
    root = talk()
    theirs = picture(Post.objects.get(text=SAID))
    tale = story(conversation=root.conversation)
    actions.update_head(story=tale, cover=theirs, cover_alt="Rye", by=vita(), now=NOW)
    actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED)
    actions.publish(story=tale, by=vita(), now=NOW)
    assert theirs.sha256 in text(tale, "json")
    narrowed(Visibility.FOLLOWERS)
    assert theirs.sha256 not in text(tale, "json")
    assert close(now=NOW) == 1
    actions.remove_item(item=tale.items.get(post_uri=Post.objects.get(text=SAID).uri), by=vita(), now=NOW)
    actions.publish(story=tale, by=vita(), now=NOW)
    assert PublicMedia.objects.count() == 0


def test_an_item_of_the_studio_is_marked(desk: Client) -> None:
    tale = told()
    narrowed(Visibility.DIRECT)
    assert Item.objects.filter(story=tale, kind=Item.Kind.POST).count() == 4
    assert "Not public where it was said" in desk.get(f"/desk/stories/{tale.slug}/").content.decode()
