"""Stored records that were damaged: their posts stay, everything goes on, doctor says so, and they are fetched or imported again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command

from homespun.config import data, doctor
from homespun.conversations import actions
from homespun.conversations.actions import held, record_check, removing
from homespun.conversations.actions.completing import complete
from homespun.conversations.actions.record_check import check_records
from homespun.conversations.actions.record_repair import fetch_unreadable
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import Post, PostMedia, Sighting, Source
from homespun.http import Door
from homespun.networks.values import Media, Reference, Visibility
from tests.conversations import made_up, test_collect
from tests.conversations.live.fake import Network, post, uri
from tests.conversations.test_collect import archive

__all__ = ["archive"]
pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 10, 9, 0, tzinfo=UTC)
DOOR = Door(site="https://stilewise.example")
DAMAGED = b"\x28\xb5\x2f\xfd damaged"


def shown(*posts: Any, at: int = 0, by: str = "hettie.example") -> None:
    Taking(None, NOW + timedelta(minutes=at), ours=True).take(by, posts)


def damage(name: str) -> None:
    assert Sighting.objects.filter(post__uri=name).update(raw=DAMAGED)


def snapshot() -> list[Any]:
    return list(Post.objects.order_by("pk").values())


@pytest.fixture
def talk(network: Network) -> Network:
    network.add(post(1, "hettie", "Which stile held you up?"), post(2, "bryony", "The ladder.", parent=1))
    network.add(post(3, "hettie", "Why that one?", parent=2))
    complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    return network


def test_completion_goes_on_and_fetches_the_post_again(talk: Network) -> None:
    damage(uri(2))
    before = snapshot()
    talk.add(post(4, "colm", "It is wet.", parent=3))
    done = complete(by=None, now=NOW + timedelta(hours=1), uri=uri(1), door=DOOR)
    assert (done.troubles, done.new, check_records(whole=True).unreadable) == ([], 1, [])
    assert snapshot()[:3] == before


def test_edit_is_taken_although_the_record_before_is_damaged(talk: Network) -> None:
    damage(uri(3))
    shown(post(3, "hettie", "Why the ladder?", parent=2), at=5)
    row = Post.objects.get(uri=uri(3))
    assert (row.text, row.parent and row.parent.uri) == ("Why the ladder?", uri(2))


def test_post_keeps_everything_when_a_poorer_copy_comes_after_its_record_was_damaged(talk: Network) -> None:
    damage(uri(3))
    before = snapshot()
    poorer = post(3, "hettie", "Why that one?")
    Sighting.objects.filter(post__uri=uri(3)).update(seen=NOW + timedelta(days=1))
    shown(poorer, by="other.example")
    assert snapshot() == before


def test_source_with_damaged_records_can_be_removed(talk: Network) -> None:
    shown(post(3, "hettie", "Why that one?", parent=2), by="other.example")
    before = snapshot()
    Sighting.objects.filter(post__uri__in=[uri(2), uri(3)]).update(raw=DAMAGED)
    removing.remove_source(by=None, now=NOW, source=Source.objects.get(title="other.example"))
    assert snapshot() == before


def test_everything_that_is_known_of_a_post_stands_in_for_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up.put_up(monkeypatch)
    whole = made_up.post(
        "a",
        "Words",
        parent="b",
        root="c",
        parent_author=made_up.person("colm"),
        lang="cy",
        html="<p>Words</p>",
        warning="Hills",
        visibility=Visibility.UNLISTED,
        version="2",
        edited=made_up.FIRST + 500,
        names=(made_up.uri("a2"),),
        references=(Reference("quote", made_up.uri("q")),),
        media=(Media("image", made_up.uri("m.jpg"), "m.jpg", "A stile", 4, 3),),
        replies=7,
        is_cut=True,
    )
    made_up.store(whole)
    [row] = held.whole_values(Post.objects.values_list("pk", flat=True)).values()
    differ = [name for name in whole.__struct_fields__ if getattr(row, name) != getattr(whole, name)]
    assert differ == ["version", "raw"]  # which are those of the record that it stands in for


def test_every_unreadable_record_is_fetched_again_on_demand(talk: Network) -> None:
    shown(post(3, "hettie", "Why that one?", parent=2), by="a feed of hers")
    Sighting.objects.update(raw=DAMAGED)
    before = snapshot()
    repaired = fetch_unreadable(now=NOW + timedelta(hours=1), door=DOOR)
    assert (repaired.before, repaired.now.unreadable) == (4, [])
    assert snapshot() == before


def test_doctor_reports_unreadable_records_with_their_sources(talk: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "version", lambda: data.Version.CURRENT)
    assert list(doctor.stored_records()) == [doctor.Finding("records", "well", "3 can be read")]
    damage(uri(2))
    text = "1 of 3 can't be read (1 from bryony.example); their posts stay"
    found = doctor.Finding("records", "broken", text, "Run: homespun complete --unreadable")
    assert [*doctor.stored_records(), *doctor.all_stored_records()] == [found] * 2


def test_quick_check_of_a_large_site_reads_a_part_and_says_so(talk: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "version", lambda: data.Version.CURRENT)
    for name, few in {"NEWEST": 1, "SPREAD": 1, "STRETCH": 1}.items():
        monkeypatch.setattr(record_check, name, few)
    check = check_records(whole=False, random=Random(1))
    assert (check.checked, check.total) == (2, 3)
    (finding,) = doctor.stored_records()
    assert finding.text == "2 can be read of 3; homespun doctor --all-records checks all"


def test_command_says_what_was_fetched_again(talk: Network, capsys: pytest.CaptureFixture[str]) -> None:
    damage(uri(2))
    call_command("complete", unreadable=True)
    assert capsys.readouterr().out.strip() == "1 unreadable records, 1 fetched again."


def test_archive_that_is_imported_again_brings_its_damaged_records_back(archive: Path, settings: Any, tmp_path: Path) -> None:
    settings.DATA, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "media"
    test_collect.collected(archive)
    before, media = snapshot(), list(PostMedia.objects.values("url", "name", "file"))
    Sighting.objects.update(raw=DAMAGED)
    check = check_records(whole=True)
    assert (len(check.unreadable), check.to_fetch(), len(check.to_import())) == (3, [], 1)
    report = actions.report(actions.collect(by=None, now=NOW, path=archive, options=actions.Options()))
    assert (report["new"], check_records(whole=True).unreadable) == (0, [])
    assert (snapshot(), list(PostMedia.objects.values("url", "name", "file"))) == (before, media)
