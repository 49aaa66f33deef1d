"""What stories quote is looked at again every day."""

from datetime import UTC, datetime

import pytest
from django_tasks_db.models import DBTaskResult

from homespun.core.jobs.tasks import SCHEDULE
from homespun.stories import tasks
from homespun.stories.models import Edition, Item, Story
from homespun.stories.queries.used import used_uris

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_posts_of_stories_and_of_what_the_public_sees_are_asked_for_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Story.objects.create(slug="told", created=NOW, changed=NOW)
    gone = Story.objects.create(slug="gone", created=NOW, changed=NOW, deleted=NOW)
    for n, story in enumerate((told, told, gone)):
        Item.objects.create(story=story, position=f"a{n}", kind=Item.Kind.POST, post_uri=f"fake://post/{n}")
    Item.objects.create(story=told, position="b", kind=Item.Kind.POST, post_uri="fake://post/out", deleted=NOW)
    frozen = [{"number": 1, "kind": "post", "uri": "fake://post/frozen"}, {"number": 2, "kind": "narration"}]
    told.edition = Edition.objects.create(story=told, number=1, published=NOW, first_published=NOW, story_version=1, head={}, items=frozen)
    told.save()
    assert used_uris() == ["fake://post/0", "fake://post/1", "fake://post/frozen"]
    monkeypatch.setattr(tasks, "A_SLICE", 2)
    tasks.recheck_used.call()
    assert sorted(len(row.args_kwargs["kwargs"]["uris"]) for row in DBTaskResult.objects.all()) == [1, 2]


def test_it_comes_round_every_day() -> None:
    assert SCHEDULE["homespun.stories.tasks.recheck_used"].every.days == 1
