"""What every verb of this room does when it writes: it locks the story, counts its version up, and leaves an audit row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import CharField, F, Model
from django.utils.translation import gettext

from homespun.core import audit, media
from homespun.core.html import clean
from homespun.stories.models import Item, Story
from homespun.users.models import User

HTML_FIELDS = ("html", "introduction")
ADDRESS_FIELDS = ("url",)


class Stale(Exception):
    """A write that was made on an older version, or on what has been removed. Nothing was changed; `current` stands there now."""

    def __init__(self, current: Story | Item) -> None:
        super().__init__(gettext("Somebody has changed this since you opened it."))
        self.current = current


def touch(story: Story, *, by: User | None, now: datetime, verb: str, **details: Any) -> None:
    """Count the story's version up, which locks its row until the transaction ends, and write the audit row. No words go into it."""
    Story.objects.filter(pk=story.pk).update(version=F("version") + 1, changed=now)
    story.refresh_from_db(fields=["version", "changed"])
    audit.record(by=by, now=now, verb=verb, subject=f"story:{story.pk}", **details)


def withdraw(story: Story) -> None:
    """Take what is published of a story, and the pictures that only it showed, from the public; for a verb that touches the story too."""
    Story.objects.filter(pk=story.pk).update(edition=None)
    story.edition = None
    media.share(holder=holder(story), sha256s=())


def holder(story: Story) -> str:
    """The name under which a story's pictures are shared."""
    return f"story:{story.pk}"


def checked(model: type[Model], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they may be stored: html cleaned, texts without control characters and within their length, addresses of the web only.

    Raises ValidationError, by field.
    """
    stored = {name: _stored(name, value) for name, value in fields.items()}
    errors = {name: problem for name, value in stored.items() if (problem := _problem(model, name, value))}
    if errors:
        raise ValidationError(errors)
    return stored


def _stored(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in HTML_FIELDS:
        return clean(value)
    return "".join(c for c in value if c >= " " or c in "\n\t").strip()


def _problem(model: type[Model], name: str, value: Any) -> list[str]:
    field = model._meta.get_field(name)
    if name in ADDRESS_FIELDS and value and not is_web_address(value):
        return [gettext("This is not an address on the web.")]
    if isinstance(field, CharField) and value:
        try:
            field.run_validators(value)
        except ValidationError as error:
            return error.messages
    return []


def is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
