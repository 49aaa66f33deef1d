"""`homespun search WORDS`: posts that have all the words."""

import argparse
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homespun.conversations.management.post_lines import marks, visibility_and_state
from homespun.conversations.queries import Hit, search
from homespun.core import command
from homespun.core.terminal import one_line

MOST = 1_000
SHOWN = 200  # characters of a post in a line


class Command(command.Command):
    help = 'Find posts: words, beginnings of words, "words together", from:@handle, after:2019-01-01, before:2020-01-01.'
    group = "Find"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs="+", metavar="WORDS", help="all of them are looked for")
        parser.add_argument("--limit", type=limit, default=20, help="how many posts are printed, up to 1,000 (20)")
        parser.add_argument("--order", choices=("newest", "ranked"), default="newest", help="newest first, or those that say most about it")

    def run(self, **options: Any) -> command.Answer:
        found = search(" ".join(options["words"]), limit=options["limit"], order=options["order"])
        return {"count": found.count, "more": found.more, "hits": [_hit(hit) for hit in found.hits]}

    def tell(self, answer: command.Answer) -> str:
        if not answer["hits"]:
            return _("No post has these words, nor words that begin so or hold them.")
        lines = [_line(hit) for hit in answer["hits"]]
        number = ngettext("%(count)s post.", "%(count)s posts.", answer["count"]) % {"count": answer["count"]}
        return "\n".join([*lines, _("Over 1,000 posts.") if answer["more"] else number])


def limit(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST:,} is needed, not {text}")
    return number


def _hit(hit: Hit) -> dict[str, Any]:
    card = hit.card
    return {
        "uri": card.uri,
        "url": card.url,
        "author": str(card.author) if card.author else None,
        "published": card.published,
        "text": card.text,
        **visibility_and_state(card.visibility, card.state),
    }


def _line(hit: dict[str, Any]) -> str:
    words = f"{marks(hit)}{one_line(hit['text'])[:SHOWN]}"
    return f"{timezone.localtime(hit['published']):%Y-%m-%d %H:%M}  {one_line(hit['author'] or '?')}  {words}\n  {one_line(hit['uri'])}"
