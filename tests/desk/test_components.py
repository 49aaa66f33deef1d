"""The page for the team."""

from django.test import Client

from homespun.desk.views import SPECIMENS
from tests.desk.reading import Part


def test_every_part_is_shown_in_both_themes(desk: Client) -> None:
    page = Part.of(desk.get("/desk/components/").content)
    for theme in ("light", "dark"):
        (side,) = page.find("section", data_theme=theme)
        shown = [part.attributes["id"] for part in side.find("div", class_="specimen")]
        assert shown == [f"{theme}-{name}" for name, _ in SPECIMENS]


def test_no_id_stands_twice(desk: Client) -> None:
    page = Part.of(desk.get("/desk/components/").content)
    ids = [part.attributes["id"] for part in page if "id" in part.attributes]
    assert len(ids) == len(set(ids))


def test_a_stranger_is_sent_to_the_door(client: Client, db: None) -> None:
    assert client.get("/desk/components/").status_code == 302
