"""A story as JSON: `title` and `items`, each with at least `number, kind, text, author, url, published`.

The `number` of a heading is null.
"""

from typing import Any

import msgspec

from homespun.stories.edition import Author, Entry
from homespun.stories.export.subject import Subject


def written(subject: Subject) -> bytes:
    return msgspec.json.format(msgspec.json.encode(as_data(subject)), indent=2)


def as_data(subject: Subject) -> dict[str, Any]:
    head, entries = subject.content.head, subject.content.items
    about = {"title": head.title, "slug": subject.slug, "published": subject.published, "changed": subject.changed}
    whole: dict[str, Any] = msgspec.to_builtins(head)
    return about | whole | {"items": [_item(entry) for entry in entries]}


def _item(entry: Entry) -> dict[str, Any]:
    always = {
        "number": entry.number or None,
        "kind": entry.kind,
        "text": entry.text or entry.title,
        "author": _said_by(entry.author),
        "url": entry.url,
        "published": entry.published,
    }
    whole: dict[str, Any] = msgspec.to_builtins(entry)
    whole["quoted"] = whole.pop("author", None)
    return whole | always


def _said_by(author: Author | None) -> str | None:
    """As `homespun conversation` names somebody."""
    if author is None:
        return None
    return f"@{author.handle}" if author.handle else author.name
