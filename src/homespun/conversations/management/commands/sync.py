"""`homespun sync`: ask what is listened to and due for what is new."""

import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homespun.conversations.actions.syncing import Synced, sync_due
from homespun.conversations.models import Listening
from homespun.core import command
from homespun.core.door import door

ALL = "begin with all that are listened to, due or not, and look for edits and deletions of the last 30 days"
PAUSE = 2.0  # seconds between two looks at what is due


class Command(command.Command):
    help = "Ask what is listened to and due for what is new; until Ctrl-C, or once."
    group = "Collect"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when all that are due have been asked")
        parser.add_argument("--all", action="store_true", help=ALL)

    def run(self, **options: Any) -> command.Answer:
        if options["all"]:
            Listening.objects.filter(due__isnull=False).update(due=timezone.now())
        found = self.asked(recheck_all=options["all"])
        while not options["once"]:
            time.sleep(PAUSE)
            self.asked()
        troubles = [{"address": each.address, "trouble": each.trouble} for each in found if each.trouble]
        return {
            "asked": [asdict(each) for each in found],
            "new": sum(each.new for each in found),
            "updated": sum(each.updated for each in found),
            "mentions": sum(each.mentions for each in found),
            "troubles": troubles,
        }

    def asked(self, *, recheck_all: bool = False) -> list[Synced]:
        found = sync_due(now=timezone.now(), door=door(), recheck_all=recheck_all)
        for each in found:
            self.progress(told(each))
        return found

    def tell(self, answer: command.Answer) -> str:
        number = len(answer["asked"])
        asked = ngettext("%(n)s source asked", "%(n)s sources asked", number) % {"n": number}
        new = ngettext("%(n)s new post", "%(n)s new posts", answer["new"]) % {"n": answer["new"]}
        return _("%(asked)s, %(new)s.") % {"asked": asked, "new": new}


def told(each: Synced) -> str:
    new = ngettext("%(n)s new post", "%(n)s new posts", each.new) % {"n": each.new}
    return f"{each.address}: {each.trouble or new}"
