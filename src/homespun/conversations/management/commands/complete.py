"""`homespun complete URI`: fetch the missing posts of a conversation, or with `--unreadable` posts whose stored record is damaged."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homespun.conversations.actions.aging import completed
from homespun.conversations.actions.completing import Completed, complete
from homespun.conversations.actions.finding import sentence
from homespun.conversations.actions.locking import Busy
from homespun.conversations.actions.record_repair import fetch_unreadable
from homespun.conversations.queries import conversation_at, shape
from homespun.conversations.queries.lacking import lacking
from homespun.conversations.worded import lacking_said
from homespun.core import command
from homespun.core.door import door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError


class Command(command.Command):
    help = "Ask the servers of all who take part in a conversation for what of it is not here."
    group = "Collect"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("uri", nargs="?", help="of a post or a missing post of the conversation, or its address on its network")
        parser.add_argument("--unreadable", action="store_true", help="fetch every post again whose stored record is damaged")

    def run(self, **options: Any) -> command.Answer:
        if bool(options["uri"]) == options["unreadable"]:
            raise command.Failure("Name a post of the conversation, or use --unreadable.")
        if options["unreadable"]:
            return self.fetch_unreadable()
        try:
            done = self.completed(str(options["uri"]))
        except (NetworkError, DoorError) as error:
            raise command.Failure(sentence(error)) from error
        except Busy as error:
            raise command.Failure(_("What this conversation lacks is being asked for already.")) from error
        tree = shape(done.conversation)
        lacks = lacking(done.conversation, tree)
        return {
            "uri": done.uri,
            "asked": done.asked,
            "places": sorted(done.places),
            "new": done.new,
            "updated": done.updated,
            "missing": len(tree.ghosts),
            "why": dict(lacks.why),
            "unseen": lacks.unseen,
            "troubles": done.troubles,
        }

    def completed(self, uri: str) -> Completed:
        found = conversation_at(uri)
        if found is None:
            return complete(by=None, now=timezone.now(), uri=uri, door=door())
        return completed(by=None, now=timezone.now(), conversation=found, door=door())

    def fetch_unreadable(self) -> command.Answer:
        repaired = fetch_unreadable(now=timezone.now(), door=door())
        return {"unreadable": repaired.before, "still_unreadable": len(repaired.now.unreadable), "import_again": repaired.now.to_import()}

    def tell(self, answer: command.Answer) -> str:
        if "unreadable" in answer:
            first = f"{answer['unreadable']} unreadable records, {answer['unreadable'] - answer['still_unreadable']} fetched again."
            return "\n".join([first, *(f"Import this archive again: {title}" for title in answer["import_again"])])
        places = len(answer["places"])
        first = ngettext("%(n)s place asked", "%(n)s places asked", places) % {"n": places}
        new = ngettext("%(n)s new post", "%(n)s new posts", answer["new"]) % {"n": answer["new"]}
        lacks = lacking_said(answer["why"], answer["unseen"]) or _("nothing else is known of")
        return "\n".join([f"{first}, {new}; {lacks}.", *answer["troubles"]])
