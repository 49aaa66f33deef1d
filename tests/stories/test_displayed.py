"""Replies and reposts in stories: preview, publication and every export have the same words."""

import json
import zipfile
from io import BytesIO

import pytest

from homespun.conversations.models import Post, Reference, State
from homespun.stories import actions, edition
from homespun.stories.export import export
from homespun.stories.models import Story
from homespun.stories.page import preview
from tests.stories.factories import NOW, account, post, vita

pytestmark = pytest.mark.django_db
WHOLE = "Words that go on past where they were cut, to zebrafish"


def story_of(*posts: Post) -> Story:
    story = actions.create_story(title="Whole", by=vita(), now=NOW)
    actions.add_posts(story=story, uris=[each.uri for each in posts], by=vita(), now=NOW)
    return story


def repost(of: Post) -> Post:
    ours = post("RT @sam: Words that go…", account("loaf", own=True))
    Post.objects.filter(pk=ours.pk).update(is_cut=True)
    Reference.objects.create(post=ours, kind="repost", uri=of.uri)
    return ours


def exports(story: Story) -> list[str]:
    files = [export(story, kind, draft=True).body for kind in ("markdown", "json", "html")]
    with zipfile.ZipFile(BytesIO(files[2])) as folder:
        page = folder.read(next(name for name in folder.namelist() if name.endswith("index.html")))
    return [files[0].decode(), files[1].decode(), page.decode()]


def test_repost_shows_the_whole_original_on_every_page_and_in_every_export() -> None:
    story = story_of(repost(post(WHOLE, account("sam"))))
    assert all(f"RT @sam: {WHOLE}" in words for words in (preview(story), *exports(story)))
    assert not any("cut off" in words for words in exports(story))


def test_repost_of_what_may_not_be_quoted_stays_as_it_was_posted() -> None:
    story = story_of(repost(post(WHOLE, account("sam"), state=State.DELETED)))
    assert all("RT @sam: Words that go…" in words and "zebrafish" not in words for words in exports(story))
    assert all("This post was cut off at its source." in words for words in (exports(story)[0], exports(story)[2]))


def test_repost_of_withdrawn_words_goes_from_what_was_published() -> None:
    original = post(WHOLE, account("sam"))
    story = story_of(repost(original))
    published = actions.publish(story=story, by=vita(), now=NOW)
    assert edition.content(published).items[0].text == f"RT @sam: {WHOLE}"
    Post.objects.filter(pk=original.pk).update(state=State.WITHDRAWN)
    assert edition.content(published).items[0].withdrawn
    assert edition.build(story).items[0].withdrawn


def test_reply_goes_without_names_and_says_whom_it_answers_where_the_item_before_does_not() -> None:
    ours = account("loaf", own=True)
    first = post("Is this on?", ours)
    second, third = post("@loaf Yes!", ours, parent=first), post("@loaf Really?", ours, parent=first)
    items = edition.build(story_of(first, second, third)).items
    assert [item.text for item in items] == ["Is this on?", "Yes!", "Really?"]
    assert [item.answered for item in items] == [(), (), ("@loaf",)]
    words = exports(story_of(first, second, third))
    assert "> *Replying to @loaf*\n>\n> Really?" in words[0]
    assert json.loads(words[1])["items"][2]["answered"] == ["@loaf"]
    assert words[2].count("Replying to @loaf") == 1
