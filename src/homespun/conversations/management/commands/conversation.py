"""`homespun conversation URI`: a conversation as a tree, found by any address of a post in it."""

from argparse import ArgumentParser
from collections import defaultdict
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from homespun.conversations.management.post_lines import marks, media_line, post_facts
from homespun.conversations.models import PostMedia
from homespun.conversations.queries import Node, conversation
from homespun.core import command
from homespun.core.terminal import one_line

WHYS: dict[str, str | Promise] = {
    "missing": gettext_lazy("in no archive yet"),
    "gone": gettext_lazy("deleted where it was posted"),
    "blocked": gettext_lazy("its author has blocked you"),
    "hidden": gettext_lazy("shown to some people only"),
    "left out": gettext_lazy("not collected, because of an opt-out or robots.txt"),
    "unreachable": gettext_lazy("not reachable right now"),
}
DEEPEST = 12  # steps that a line is indented by at most


class Command(command.Command):
    help = "Print the conversation of a post in reading order, with what is missing."
    group = "Find"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("uri", help="of a post or a missing post: its uri, another name of it, or its address on its network")

    def run(self, **options: Any) -> command.Answer:
        tree = conversation(str(options["uri"]))
        if tree is None:
            raise command.Failure(_("No post with the address %(uri)s is held, nor known to be missing.") % {"uri": options["uri"]})
        media = defaultdict(list)
        for each in PostMedia.objects.filter(post__conversation=tree.conversation).order_by("post_id", "position"):
            media[each.post_id].append(each)
        posts = [_entry(node, media[node.post.pk] if node.post else []) for node in tree.nodes]
        return {"uri": posts[0]["uri"], "missing": tree.missing, "posts": posts}

    def tell(self, answer: command.Answer) -> str:
        depths: dict[str, int] = {}
        lines = []
        for post in answer["posts"]:
            depth = depths[post["uri"]] = depths[post["parent"]] + 1 if post["parent"] in depths else 0
            lines.append(_line(post, depth))
        held = len(answer["posts"]) - answer["missing"]
        said = ngettext("%(n)s post", "%(n)s posts", held) % {"n": held}
        missing = ngettext("%(n)s still missing", "%(n)s still missing", answer["missing"]) % {"n": answer["missing"]}
        return "\n".join([*lines, f"{said}, {missing}."])


def _entry(node: Node, media: list[PostMedia]) -> dict[str, Any]:
    entry = {
        "uri": node.uri,
        "parent": node.parent or None,
        "author": str(node.author) if node.author else None,
        "own": node.own,
        "published": node.published,
        "state": node.state,
    }
    return entry | post_facts(node.post, media) if node.post else entry


def _line(post: dict[str, Any], depth: int) -> str:
    indent = "  " * min(depth, DEEPEST)
    who = one_line(post["author"] or _("somebody"))
    if "text" not in post:
        return f"{indent}◌ {who}: " + f"{WHYS.get(post['state'], WHYS['missing'])} ({one_line(post['uri'])})"
    when = f"{timezone.localtime(post['published']):%Y-%m-%d %H:%M}"
    return f"{indent}{'●' if post['own'] else '○'} {who}, {when}: {marks(post)}{one_line(post['text'])}{media_line(post)}"
