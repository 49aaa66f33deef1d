"""`homespun opt-out list|confirm|dismiss|undo`: opt-out requests from the command line."""

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from homespun.conversations.actions import opt_out_requests
from homespun.conversations.actions.opt_out_addresses import parse_address
from homespun.conversations.actions.opt_outs import digest
from homespun.conversations.models import OptOutRequest
from homespun.conversations.worded import worded
from homespun.core import command
from homespun.core.door import door
from homespun.desk.opt_outs import queries
from homespun.networks import NetworkError

WHICH = "the address in the request, or its id as `opt-out list` prints it"


class Command(command.Command):
    help = "List opt-out requests, confirm or dismiss one, undo a confirmation."
    group = "Collect"

    def arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="list|confirm|dismiss|undo", required=True)
        verbs.add_parser("list", help="open requests, then decisions, the latest first")
        verbs.add_parser("confirm", help="stop collecting the account and quoting its posts").add_argument("request", help=WHICH)
        verbs.add_parser("dismiss", help="collect the account again, from the date of the request").add_argument("request", help=WHICH)
        verbs.add_parser("undo", help="undo a confirmation").add_argument("address", help="of the account, as names aren't kept")
        for verb in verbs.choices.values():
            verb.add_argument("--json", action="store_true", default=SUPPRESS, help="print one JSON object on standard output")

    def run(self, **options: Any) -> command.Answer:
        try:
            return VERBS[options.pop("verb")](**options)
        except NetworkError as error:
            raise command.Failure(worded(error.said)) from error

    def tell(self, answer: command.Answer) -> str:
        if "requests" in answer:
            lines = [open_line(each) if each["state"] == "open" else decided_line(each) for each in answer["requests"]]
            return "\n".join(lines) or _("No opt-out requests.")
        return str(answer["sentence"])


def listed(**options: Any) -> command.Answer:
    rows = [about_open(each) for each in queries.open_opt_outs()] + [about(row) for row in queries.decided()]
    return {"requests": rows, "above_limit": queries.above_limit()}


def confirm(*, request: str, **options: Any) -> command.Answer:
    row = open_request(request)
    posts = opt_out_requests.confirm(by=None, now=timezone.now(), request=row)
    sentence = ngettext(
        "Opt-out confirmed. %(n)s stored post can’t be quoted any more.",
        "Opt-out confirmed. %(n)s stored posts can’t be quoted any more.",
        posts,
    )
    return {"id": row.key, "state": "confirmed", "posts": posts, "sentence": sentence % {"n": posts}}


def dismiss(*, request: str, **options: Any) -> command.Answer:
    row = open_request(request)
    opt_out_requests.dismiss(by=None, now=timezone.now(), request=row)
    sentence = _("Request dismissed. Homespun collects the account again, from the date of the request.")
    return {"id": row.key, "state": "dismissed", "sentence": sentence}


def undo(*, address: str, **options: Any) -> command.Answer:
    opt_out_requests.undo(by=None, now=timezone.now(), typed=address, door=door())
    return {"state": "undone", "sentence": _("Opt-out undone. Homespun can collect and quote this account again.")}


VERBS: dict[str, Callable[..., command.Answer]] = {"list": listed, "confirm": confirm, "dismiss": dismiss, "undo": undo}


def open_request(which: str) -> OptOutRequest:
    """By its id or the address it is about. Raises `Failure`."""
    rows = OptOutRequest.objects.filter(purpose=OptOutRequest.Purpose.OPT_OUT, state=OptOutRequest.State.OPEN)
    found = rows.filter(key=which).first()
    with suppress(NetworkError):  # it is no address
        found = found or rows.filter(digests__digest=digest(parse_address(which))).order_by("pk").first()
    if found is None:
        raise command.Failure(_("There’s no open request for %(which)s. `homespun opt-out list` names them.") % {"which": which})
    return found


def about_open(each: queries.OpenOptOut) -> dict[str, Any]:
    return about(each.request) | {
        "address": each.address or None,
        "count": each.count,
        "stops_collection": each.dismissed_at is None,
        "posts": each.posts,
        "stories": [story.slug for story in each.stories],
    }


def about(row: OptOutRequest) -> dict[str, Any]:
    return {
        "id": row.key,
        "state": row.state,
        "requested_at": row.requested_at,
        "decided_at": row.decided_at,
        "decided_by": row.decided_by.name if row.decided_by else None,
        "proof": row.proof or None,
    }


def open_line(each: dict[str, Any]) -> str:
    quoted = _("quoted in %(stories)s") % {"stories": ", ".join(each["stories"])} if each["stories"] else _("not quoted in any story")
    words = {"who": each["address"] or _("name lost"), "day": f"{each['requested_at']:%Y-%m-%d}", "quoted": quoted, "id": each["id"]}
    return _("%(id)s: %(who)s, not verified, received %(day)s, %(quoted)s") % words


def decided_line(each: dict[str, Any]) -> str:
    return f"{each['id']}: {STATES[each['state']]}, {each['decided_at']:%Y-%m-%d}"


STATES = {
    "verified": gettext_lazy("verified by the account’s owner"),
    "confirmed": gettext_lazy("confirmed by a member"),
    "dismissed": gettext_lazy("dismissed"),
    "undone": gettext_lazy("undone"),
    "earlier": gettext_lazy("made before verification existed"),
}
