"""What was said to followers or to one person stays on the desk: it is in no story, no page, no feed and no file, whenever it became so."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from homespun.conversations.actions.opt_out_proofs import verify
from homespun.conversations.actions.opt_out_requests import confirm, dismiss, request_opt_out, undo
from homespun.conversations.actions.opt_outs import digest
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import OptOut, OptOutRequest, Post, State
from homespun.core.models import PublicMedia, Site
from homespun.http import Door
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account
from homespun.public.kept import shelf
from homespun.stories import actions, page, queries
from homespun.stories.actions.closing import close
from homespun.stories.export import FORMATS, export
from homespun.stories.models import Item, Story
from homespun.stories.queries import Standing
from homespun.stories.queries.closed import quoted_uris
from homespun.users.models import User
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


def published() -> Story:
    tale = told()
    actions.publish(story=tale, by=vita(), now=NOW)
    return tale


def unpublished(basis: str) -> Story:
    tale = told()
    actions.set_basis_for(story=tale, by=None, now=NOW, basis=basis, how="", when=None, key=sandor_uri())
    return tale


def sandor_uri() -> str:
    author = Post.objects.select_related("author").get(text=SAID).author
    assert author is not None
    return author.uri


def requested() -> OptOutRequest:
    return request_opt_out(by=None, now=NOW, typed=sandor_uri()).request


def vita_row() -> User:
    return User.objects.first() or vita()


def standing_of_sandor(tale: Story) -> Standing:
    return {person.name: person.standing for person in queries.quoted(tale)}["Sandor Welk"]


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


def test_nobody_empties_a_published_story_by_an_opt_out_request(client: Client) -> None:
    tale = published()
    requested()
    assert Post.objects.get(text=SAID).state == State.LIVE
    assert everywhere(client, tale).count(SAID) >= 5
    assert SAID in text(tale, "html", draft=True)


def test_confirmed_opt_out_takes_words_from_everything_published_and_does_not_blame_the_author(client: Client) -> None:
    tale = published()
    confirm(by=vita_row(), now=NOW, request=requested())
    left = everywhere(client, tale)
    assert SAID not in left and "Sandor Welk" not in left
    assert "This post is no longer shown." in left and "withdrawn this post" not in left


def test_verified_opt_out_says_that_the_author_withdrew(client: Client) -> None:
    tale = published()
    request = requested()
    verify(request=request, proof="sign-in", uri=sandor_uri(), now=NOW)
    left = everywhere(client, tale)
    assert SAID not in left and "Sandor Welk" not in left
    assert "The author has withdrawn this post." in left


def test_undone_opt_out_shows_published_words_again(client: Client) -> None:
    tale = published()
    confirm(by=vita_row(), now=NOW, request=requested())
    assert SAID not in everywhere(client, tale)
    undo(by=vita_row(), now=NOW, typed=sandor_uri(), door=Door(site="https://loaf.example"))
    assert SAID in everywhere(client, tale)


def test_opt_out_from_before_verification_existed_keeps_words_out_of_later_editions_only(client: Client) -> None:
    tale = published()
    earlier = OptOutRequest.objects.create(key="earlier-1", state="earlier", requested_at=NOW, decided_at=NOW)
    OptOut.objects.create(request=earlier, digest=digest(sandor_uri()))
    Post.objects.filter(text=SAID).update(state=State.WITHDRAWN)
    assert SAID in everywhere(client, tale)
    assert standing_of_sandor(tale) is Standing.OPTED_OUT
    with pytest.raises(actions.NotReady, match="an opt-out is recorded for Sandor Welk"):
        actions.publish(story=tale, by=vita_row(), now=NOW)


def test_new_quotation_waits_for_an_open_request_where_nobody_recorded_that_they_agreed() -> None:
    tale = unpublished(basis="organisation")
    requested()
    assert standing_of_sandor(tale) is Standing.PAUSED
    with pytest.raises(actions.NotReady, match="there is an opt-out request for Sandor Welk"):
        actions.publish(story=tale, by=vita_row(), now=NOW)


def test_new_quotation_of_somebody_who_agreed_does_not_wait() -> None:
    tale = told()
    requested()
    assert standing_of_sandor(tale) is Standing.AGREED


def test_new_version_keeps_the_quotations_of_the_last_one_while_a_request_is_open() -> None:
    tale = unpublished(basis="organisation")
    actions.publish(story=tale, by=vita(), now=NOW)
    requested()
    more = post("Rye again.", Account.objects.get(uri=sandor_uri()))
    assert actions.publish(story=tale, by=vita_row(), now=NOW).number == 2
    actions.add_posts(story=tale, uris=[more.uri], by=vita_row(), now=NOW)
    actions.set_basis_for(story=tale, by=vita_row(), now=NOW, basis="organisation", how="", when=None)
    with pytest.raises(actions.NotReady, match="has to wait: there is an opt-out request"):
        actions.publish(story=tale, by=vita_row(), now=NOW)


def test_dismissed_request_holds_nothing_up() -> None:
    tale = unpublished(basis="organisation")
    dismiss(by=vita(), now=NOW, request=requested())
    assert standing_of_sandor(tale) is Standing.ORGANISATION


def test_publish_page_says_what_is_known_of_an_opt_out(desk: Client) -> None:
    tale = unpublished(basis="organisation")
    request = requested()
    shown = desk.get(f"/desk/stories/{tale.slug}/publish/").content.decode()
    assert "Opt-out request, not verified" in shown and "hasn’t verified that" in shown
    confirm(by=vita_row(), now=NOW, request=request)
    shown = desk.get(f"/desk/stories/{tale.slug}/publish/").content.decode()
    assert "Opt-out recorded" in shown and "taken" not in shown


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
