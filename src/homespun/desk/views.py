"""Today, and the page on which the team sees every part."""

from functools import cache
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from homespun.conversations.queries import news_for
from homespun.conversations.queries.connections import broken
from homespun.conversations.uploads import recognition
from homespun.conversations.views.hand import writable
from homespun.core.site import site
from homespun.desk import queries
from homespun.desk.opt_outs.queries import above_limit, open_opt_outs
from homespun.desk.sample import is_untold
from homespun.users.access import Right, holds, needs
from homespun.users.models import User
from homespun.users.queries import members

SPECIMENS = (
    ("colour", _("Colour")),
    ("type", _("Type")),
    ("signs", _("The thread")),
    ("posts", _("Posts: theirs, missing, ours, new, a branch in a branch")),
    ("standing", _("Standing")),
    ("buttons", _("Buttons")),
    ("fields", _("Fields")),
    ("find", _("Find, filter, tabs")),
    ("people", _("People and places")),
    ("progress", _("Progress, steps, path")),
    ("items", _("Items of a story, as its author sees them")),
    ("told", _("Items of a story, as visitors see them")),
    ("notices", _("Notice, undo")),
    ("facts", _("Facts, table")),
    ("bring", _("Bring, and nothing here yet")),
    ("shoes", _("Shoes: colour, mark and word")),
)

SIGNS = {
    "half": ["them", "missing", "them", "missing", "them", "them", "missing", "them"],
    "whole": ["them", "us", "them", "us", "them", "them", "us", "them"],
    "both": ["them", "us", "them", "us", "them", "missing", "them", "us", "them"],
    "long": ["them", "us"] * 15,
}
START = {"signs": SIGNS, "allow": recognition.ALLOWED.pattern}


@needs(Right.READ)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    may_settle, opt_outs = holds(request.user, Right.SETTLE), opt_outs_for(request)
    lacks_contact = may_settle and not site().contact
    if queries.is_empty():
        return render(request, "desk/start.html", START | opt_outs | {"may_settle": may_settle, "lacks_contact": lacks_contact})
    by = cast(User, request.user)
    newest = queries.newest_conversations(news=news_for(by))
    return render(
        request,
        "desk/today.html",
        {
            "waiting": queries.waiting_posts,  # asked only where the navigation counts some
            "writable": cache(lambda: writable(by)),
            "members": members() if holds(by, Right.WRITE) else None,
            "at": "today",
            "listed": {talk.conversation.pk for talk in newest},
            "broken": list(broken()),
            **opt_outs,
            "runs": queries.last_runs(),
            "talks": newest,
            "drafts": queries.drafts(),
            "changed": queries.changed_stories(),
            "sample_is_untold": is_untold(),
            "may_settle": may_settle,
            "failed_backup": queries.failed_backup() if may_settle else None,
            "lacks_contact": lacks_contact,
        },
    )


def opt_outs_for(request: HttpRequest) -> dict[str, Any]:
    """Open opt-out requests, and whether this member may decide on them."""
    found = open_opt_outs()  # the oldest first; Settings > Opt-outs has all
    more = above_limit() if found else 0
    return {
        "opt_outs": found[: queries.A_FEW],
        "opt_outs_count": len(found),
        "opt_outs_above_limit": more,
        "may_decide": holds(request.user, Right.COLLECT),
    }


@needs(Right.READ)
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    specimens = [{"name": name, "label": label, "template": f"desk/specimens/{name}.html"} for name, label in SPECIMENS]
    themes = [{"name": "light", "label": _("Light")}, {"name": "dark", "label": _("Dark")}]
    return render(request, "desk/components.html", {"specimens": specimens, "themes": themes, "signs": SIGNS})
