"""The email to owners about opt-out requests that nobody has decided."""

import logging
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from homespun.conversations.actions.opt_out_upkeep import mark_reminded, overdue
from homespun.core.site import site
from homespun.users.letters import Unsent, send_to
from homespun.users.queries import owners

log = logging.getLogger("homespun.opt-outs")


def remind_owners(*, now: datetime) -> int:
    """Send each owner one email about all overdue requests. Returns how many requests; 0 where email isn't set up."""
    requests = overdue(now=now)
    if not requests or not settings.HOMESPUN_SENDS_MAIL:
        return 0
    context = {"requests": requests, "site": site(), "link": f"{settings.HOMESPUN_URL}{reverse('desk:opt-outs')}"}
    with translation.override(site().language):
        subject = render_to_string("conversations/opt_outs/overdue_subject.txt", context).strip()
        text = render_to_string("conversations/opt_outs/overdue.txt", context)
    try:
        for owner in owners():
            send_to(owner, subject, text)
    except Unsent as error:
        log.warning("the email about open opt-out requests couldn't be sent: %s", error)
        return 0
    mark_reminded(requests=requests, now=now)
    return len(requests)
