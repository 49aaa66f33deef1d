"""The main navigation: which section a page belongs to."""

import pytest

from homespun.core.places import PLACES, Place

SETTINGS = "/desk/settings/"
TODAY, CONVERSATIONS, STORIES = PLACES


@pytest.mark.parametrize(
    ("place", "path", "app", "current"),
    [
        (CONVERSATIONS, "/desk/conversations/", "conversations", "page"),
        (CONVERSATIONS, "/desk/conversations/7/", "conversations", "true"),
        (CONVERSATIONS, "/desk/archives/", "conversations", "true"),
        (CONVERSATIONS, "/desk/archives/3/removal/", "conversations", "true"),
        (CONVERSATIONS, "/desk/outgoing/", "conversations", "true"),
        (CONVERSATIONS, "/desk/settings/connections/", "conversations", ""),
        (CONVERSATIONS, "/desk/stories/", "stories", ""),
        (STORIES, "/desk/stories/the-stile/", "stories", "true"),
        (TODAY, "/desk/components/", "desk", ""),
        (TODAY, "/desk/archives/", "conversations", ""),
    ],
)
def test_page_is_in_its_section(place: Place, path: str, app: str, current: str) -> None:
    addresses = {TODAY: "/desk/", CONVERSATIONS: "/desk/conversations/", STORIES: "/desk/stories/"}
    assert place.current(path, addresses[place], app, SETTINGS) == current
