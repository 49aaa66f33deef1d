"""What a search found, as the page says it: posts under their conversations, and a sentence that counts them."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homespun.conversations.models import Conversation
from homespun.conversations.queries import Found, Hit, Talk, talks
from homespun.conversations.queries.twins import bare_words, twins
from homespun.conversations.views.asked import Asked

ROOM = 3  # posts that are shown of one conversation


@dataclass(slots=True)
class Group:
    """The posts that were found in one conversation."""

    talk: Talk
    hits: list[Hit] = field(default_factory=list)
    rest: int = 0


def grouped(hits: list[Hit]) -> list[Group]:
    """In the order of the first post of each."""
    keys = list(dict.fromkeys(hit.card.conversation for hit in hits))
    rows = Conversation.objects.in_bulk(keys)
    there = [rows[key] for key in keys if key in rows]
    groups = {talk.conversation.pk: Group(talk) for talk in talks(there)}
    for key, others in twins(there).items():  # what is one conversation on several networks is one group, the first of them
        for other in others:
            if key in groups and other in groups and keys.index(key) < keys.index(other):
                groups[other] = groups[key]
    seen: set[tuple[int, str]] = set()
    for hit in hits:
        group = groups.get(hit.card.conversation)
        same = (group.talk.conversation.pk if group else 0, bare_words(hit.card.text))
        if group is None or (hit.card.own and same in seen):
            continue
        seen.add(same)
        if len(group.hits) < ROOM:
            group.hits.append(hit)
        else:
            group.rest += 1
    return list({id(group): group for group in groups.values()}.values())


def sentence(found: Found, asked: Asked) -> str:
    """How many posts were found, and in which order they are."""
    if not found.count:
        return _("No matching posts.")
    count = f"{found.count:,}"
    if found.more:
        number = _("Over %(count)s posts") % {"count": count}
    else:
        number = ngettext("%(count)s post", "%(count)s posts", found.count) % {"count": count}
    order = _("%(number)s, best match first.") if asked.order == "ranked" else _("%(number)s, newest first.")
    return order % {"number": number}
