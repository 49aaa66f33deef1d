"""`homespun search WORDS`: posts that fit the words and operators."""

import argparse
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homespun.conversations.management.post_lines import marks, visibility_and_state
from homespun.conversations.queries import Hit, search
from homespun.conversations.queries.search_help import SYNTAX
from homespun.core import command
from homespun.core.terminal import one_line

MOST = 1_000
SHOWN = 200  # characters of a post in a line


class Command(command.Command):
    help = "Find posts. " + " ".join(f"{written}: {meaning}." for written, meaning in SYNTAX)
    group = "Find"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "words", nargs="+", metavar="WORDS", help="words and operators; quote them, and put -- before a search that begins with -"
        )
        parser.add_argument("--limit", type=limit, default=20, help="how many posts are printed, up to 1,000 (20)")
        parser.add_argument("--order", choices=("newest", "ranked"), default="newest", help="newest first, or those that say most about it")

    def run(self, **options: Any) -> command.Answer:
        found = search(" ".join(options["words"]), limit=options["limit"], order=options["order"], count_to=MOST)
        return {"count": found.count, "more": found.more, "hits": [_hit(hit) for hit in found.hits], "notes": list(found.notes)}

    def tell(self, answer: command.Answer) -> str:
        lines = [_line(hit) for hit in answer["hits"]]
        count = f"{answer['count']:,}"
        if answer["more"]:
            number = _("Over %(count)s posts.") % {"count": count}
        elif answer["count"]:
            number = ngettext("%(count)s post.", "%(count)s posts.", answer["count"]) % {"count": count}
        else:
            number = _("No matching posts. Try fewer words or remove a filter.")
        return "\n".join([*lines, *answer["notes"], number])


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
