"""What pages about stories need beside the look: where a file of ours can be seen, and what can be done to an item."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from homespun.core.models import MediaFile
from homespun.stories.views.shown import Shown, media_address

register = template.Library()

KEY, URL, TALK, LABEL = "--key--", "--url--", "--talk--", "--label--"


@register.simple_tag(name="media_address")
def media_address_tag(file: MediaFile) -> str:
    return media_address(file)


@register.simple_tag(takes_context=True)
def doing(context: dict[str, Any], shown: Shown) -> SafeString:
    """The buttons and the menu of an item. They are the same for hundreds, so each kind is rendered once a page and filled in."""
    request = context["request"]
    kept: dict[tuple[bool, bool], str] = request.__dict__.setdefault("studio_doing", {})
    kind = (shown.can_edit and not shown.editing, shown.conversation is not None)
    if kind not in kept:
        gaps = {"key": KEY, "url": URL, "label": LABEL, "talk": TALK if kind[1] else "", "can_edit": kind[0]}
        kept[kind] = render_to_string("stories/studio/doing.html", {**gaps, "adding_url": context["adding_url"]}, request=request)
    talk = reverse("conversations:conversation", args=[shown.conversation]) if kind[1] else ""
    filled = kept[kind].replace(KEY, str(shown.item.pk)).replace(URL, shown.url).replace(TALK, talk)
    return mark_safe(filled.replace(LABEL, escape(shown.label)))  # last, so that nothing in it is taken for a gap
