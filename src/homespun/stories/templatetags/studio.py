"""What pages about stories need beside the look: where a file of ours can be seen by the team."""

from django import template

from homespun.core.models import MediaFile
from homespun.stories.views.shown import media_address

register = template.Library()


@register.simple_tag(name="media_address")
def media_address_tag(file: MediaFile) -> str:
    return media_address(file)
