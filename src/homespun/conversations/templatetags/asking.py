"""The addresses of a search with something changed."""

import re
from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext

from homespun.conversations.queries.search_help import SYNTAX
from homespun.conversations.views.asked import Asked
from homespun.core.places import Counted

register = template.Library()
ADDRESS = re.compile(r"[a-z]+://\S+|@?[\w.-]+@[\w.-]+\.\w+|did:\S+", re.IGNORECASE)


@register.simple_tag
def narrowed(asked: Asked, *, year: int | None = None, clear: bool = False, **changes: Any) -> str:
    """The list's address as it is asked for, with `changes`; `year` keeps to one, `clear` leaves all filters out."""
    if year is not None:
        changes |= {"since": date(year, 1, 1), "until": date(year, 12, 31)}
    if clear:
        changes |= {"author": "", "since": None, "until": None, "picture": False}
    return reverse("conversations:list") + asked.address(**changes)


@register.simple_tag
def search_syntax() -> list[tuple[str, str]]:
    """What can be typed into the search, with what it finds."""
    return [(written, gettext(meaning)) for written, meaning in SYNTAX]


@register.filter
def is_address(asked: str) -> bool:
    """Whether what was looked for can be fetched: the address of a post, a page or somebody, and not words."""
    return ADDRESS.fullmatch(asked.strip()) is not None


@register.simple_tag(takes_context=True)
def waiting_count(context: template.Context) -> str:
    """How many wait for an answer, in brackets; nothing where nobody does."""
    counted = who_waits(context)
    return f" ({counted.number})" if counted and counted.number else ""


@register.simple_tag(takes_context=True)
def who_waits(context: template.Context) -> Counted | None:
    """How many wait for an answer, as the navigation has it."""
    counts: dict[str, Counted] = context["counts"]() if "counts" in context else {}
    return counts.get("conversations:list")
