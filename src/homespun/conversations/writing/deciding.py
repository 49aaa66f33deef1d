"""From what was typed to what is sent: one decision for each account, by keys that come from the form's."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from homespun.conversations import tasks
from homespun.conversations.actions import outgoing
from homespun.conversations.actions.outgoing import Written
from homespun.conversations.models import Connection, Outgoing, Post
from homespun.conversations.writing.form import NOTHING, About
from homespun.networks.values import Visibility
from homespun.users.models import User

Verb = Outgoing.Verb
OPPOSITES = ((Verb.LIKE, Verb.UNLIKE), (Verb.REPOST, Verb.UNREPOST))


@dataclass(frozen=True)
class Typed:
    """What the form says. `parts` are by the key of a connection."""

    key: str
    text: str
    parts: dict[int, list[str]]
    about: About = NOTHING
    warning: str = ""
    lang: str = ""
    visibility: Visibility = Visibility.PUBLIC
    pictures: tuple[dict[str, str], ...] = ()
    due: datetime | None = None

    def written(self, parts: list[str]) -> Written:
        answered, quoted = self.about.answered, self.about.quoted
        return Written(
            target=answered.uri if answered else "",
            quoted=quoted.uri if quoted else "",
            warning=self.warning,
            lang=self.lang,
            visibility=self.visibility,
            media=self.pictures,
            whole=self.text if parts != [self.text] else "",
        )


def say(*, by: User, now: datetime, typed: Typed, is_draft: bool = False) -> list[Outgoing]:
    """Decide it for each account and ask for it to be sent. Gives the first part of each; the same form again gives the same."""
    firsts = []
    with transaction.atomic():
        for connection in Connection.objects.filter(pk__in=typed.parts).order_by("pk"):
            parts = typed.parts[connection.pk]
            rows = outgoing.decide(
                by=by,
                now=now,
                key=key_of(typed.key, connection),
                connection=connection,
                texts=parts,
                written=typed.written(parts),
                due=typed.due,
                is_draft=is_draft,
            )
            firsts.append(rows[0])
        if not is_draft:
            tasks.send_soon(row for row in firsts if row.made == now)
    return firsts


def key_of(key: str, connection: Connection) -> str:
    return f"{key}-{connection.pk}"


def was_said_otherwise(typed: Typed) -> bool:
    """Whether the same form has been sent before with other words."""
    before = Outgoing.objects.filter(key__in=[f"{typed.key}-{pk}" for pk in typed.parts])
    return any((row.whole or row.text) != typed.text for row in before)


def do(*, by: User, now: datetime, key: str, connection: Connection, verb: Outgoing.Verb, target: str) -> Outgoing:
    """Like it, repost it, take either back, or delete it, in the background. What stands as it is to be is left."""
    with transaction.atomic():
        if row := _on_its_way(connection, verb, target):
            return row
        rows = outgoing.decide(by=by, now=now, key=key, connection=connection, verb=verb, written=Written(target=target))
        tasks.send_soon(row for row in rows if row.made == now)
    return rows[0]


def _on_its_way(connection: Connection, verb: Outgoing.Verb, target: str) -> Outgoing | None:
    """The same, if it is the last that was decided of what undoes each other."""
    family = next((family for family in OPPOSITES if verb in family), (verb,))
    same = Outgoing.objects.filter(connection=connection, verb__in=family, target=target)
    last = same.exclude(state__in=(Outgoing.State.CANCELLED, Outgoing.State.FAILED)).order_by("pk").last()
    return last if last and last.verb == verb else None


def edit(*, by: User, now: datetime, key: str, connection: Connection, post: Post, told: dict[str, str]) -> Outgoing:
    written = Written(target=post.uri, warning=told["warning"], lang=post.lang, visibility=Visibility(post.visibility))
    with transaction.atomic():
        rows = outgoing.decide(
            by=by, now=now, key=key, connection=connection, verb=Outgoing.Verb.EDIT, texts=(told["text"],), written=written
        )
        tasks.send_soon(row for row in rows if row.made == now)
    return rows[0]


def let_go(*, by: User, now: datetime, row: Outgoing) -> bool:
    with transaction.atomic():
        ready = outgoing.let_go(by=by, now=now, outgoing=row)
        tasks.send_soon(ready)
    return bool(ready)


def put_off(*, by: User, now: datetime, row: Outgoing, due: datetime) -> bool:
    with transaction.atomic():
        moved = outgoing.put_off(by=by, now=now, outgoing=row, due=due)
        row.refresh_from_db()
        if moved and row.state == Outgoing.State.WAITING:
            tasks.send_soon([row])
    return moved


def send_again(*, by: User, now: datetime, row: Outgoing) -> bool:
    with transaction.atomic():
        again = outgoing.retry(by=by, now=now, outgoing=row)
        if again:
            row.refresh_from_db()
            tasks.send_soon([row])
    return again
