"""The sample: made up, the same every time, and holding what it is there to show."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from homespun.conversations import sample
from homespun.conversations.sample.cast import CAST
from homespun.conversations.sample.talks import TALKS
from homespun.conversations.sample.tweets import FOUND, told
from homespun.networks import x
from homespun.networks.values import Place


def test_archives_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in sample.write(tmp_path / "one")]
    again = [path.read_bytes() for path in sample.write(tmp_path / "two")]
    assert first == again


def opened(folder: Path) -> Iterator[x.Archive]:
    for path in sample.write(folder):
        archive = x.open_archive(path)
        yield archive
        archive.close()


def test_archives_are_recognised_as_of_three_people_and_eras(tmp_path: Path) -> None:
    found = [(archive.owner.handle, archive.found.era) for archive in opened(tmp_path)]
    assert found == [("stilewise", "2022"), ("bryonyshelves", "2012"), ("moraglintel", "2020")]


def test_every_line_of_an_archive_is_read(tmp_path: Path) -> None:
    pages = [page for archive in opened(tmp_path) for page in archive.pages({})]
    read = {post.uri for page in pages for post in page.posts}
    written = {line.uri for line in sample.LINES.values() if line.by in ("us", "bryony", "morag") and not line.lost and not line.edits}
    assert ([each for page in pages for each in page.unread], written - read) == ([], set())


def test_own_reply_is_found_only_inside_a_repost(tmp_path: Path) -> None:
    lost = sample.LINES["r7"]
    places = [
        (archive.owner.handle, post.place)
        for archive in opened(tmp_path)
        for page in archive.pages({})
        for post in page.posts
        if post.uri == lost.uri
    ]
    assert places == [("bryonyshelves", Place.REPOST)]


def test_month_is_listed_and_not_there(tmp_path: Path) -> None:
    [_ours, bryonys, _morags] = [set(archive.found.months) - {file.month for file in archive.files()} for archive in opened(tmp_path)]
    assert bryonys == {"2018-02"}


def test_long_post_is_joined_to_its_beginning(tmp_path: Path) -> None:
    joined = [sum(page.counts.get("notes", 0) for page in archive.pages({})) for archive in opened(tmp_path)]
    assert joined == [1, 0, 0]


def test_answers_come_after_what_they_answer() -> None:
    early = [line.key for line in sample.LINES.values() if line.answers and sample.LINES[line.answers].id >= line.id]
    assert (early, len({line.id for line in sample.LINES.values()})) == ([], len(sample.LINES))


def test_indices_are_code_points_of_the_text() -> None:
    for line in sample.LINES.values():
        text, entities = told(line)
        for each in entities["user_mentions"]:
            assert text[int(each["indices"][0]) : int(each["indices"][1])] == f"@{each['screen_name']}"


def test_nobody_outside_the_cast_is_named() -> None:
    named = {match["handle"] for line in sample.LINES.values() for match in FOUND.finditer(line.text) if match["handle"]}
    assert named - {speaker.handle for speaker in CAST.values()} == set()


def test_links_lead_nowhere_real() -> None:
    links = [match["url"] for line in sample.LINES.values() for match in FOUND.finditer(line.text) if match["url"]]
    assert [link for link in links if ".example/" not in link] == []


def test_sample_is_of_the_size_that_it_should_be() -> None:
    assert (len(TALKS), len(TALKS[0]), 100 <= len(sample.LINES) <= 140) == (8, 16, True)


def test_pictures_lie_in_the_media_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(sample.write(tmp_path)[0]) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("data/tweets_media/")]
    assert len(pictures) == 3
