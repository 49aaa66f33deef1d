"""Posts as the command line prints them: what JSON says of them, and the marks in a line for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homespun.conversations.models import Post, PostMedia, State
from homespun.core.terminal import one_line
from homespun.networks.values import Visibility

MARKS: dict[str, str | Promise] = {
    "edited": gettext_lazy("edited"),
    "deleted": gettext_lazy("deleted"),
    "withdrawn": gettext_lazy("withdrawn"),
    "followers": gettext_lazy("followers only"),
    "direct": gettext_lazy("direct message"),
    "circle": gettext_lazy("circle only"),
    "liked": gettext_lazy("seen only among likes"),
}
KINDS: dict[str, str | Promise] = {
    "image": gettext_lazy("picture"),
    "video": gettext_lazy("video"),
    "gif": gettext_lazy("animation"),
    "audio": gettext_lazy("audio"),
}


def visibility_and_state(visibility: int, state: int) -> dict[str, str]:
    return {"visibility": Visibility(visibility).name.lower(), "state": State(state).name.lower()}


def post_facts(post: Post, media: Iterable[PostMedia]) -> dict[str, Any]:
    """What JSON says of a post that is held."""
    return {
        **visibility_and_state(post.visibility, post.state),
        "edited": post.edited,
        "warning": post.warning or None,
        "text": post.text,
        "media": [{"kind": each.kind, "url": each.url, "alt": each.alt or None} for each in media],
    }


def marks(facts: Mapping[str, Any]) -> str:
    """`[deleted] [followers only] ` before the words of a post; "" for a public one as it was written."""
    state = "edited" if facts.get("edited") and facts["state"] == "live" else facts["state"]
    found = dict.fromkeys(str(MARKS[name]) for name in (state, facts["visibility"]) if name in MARKS)
    if facts.get("warning"):
        found[_("content warning: %(warning)s") % {"warning": one_line(facts["warning"])}] = None
    return "".join(f"[{mark}] " for mark in found)


def media_line(facts: Mapping[str, Any]) -> str:
    """` [picture: Two stiles in the snow]` behind the words of a post."""
    return "".join(f" [{_media(each)}]" for each in facts["media"])


def _media(each: Mapping[str, Any]) -> str:
    kind = str(KINDS.get(each["kind"], each["kind"]))
    return f"{kind}: {one_line(each['alt'])}" if each["alt"] else kind
