"""What whoever reads a page may do."""

from django import template

from homespun.users.access import Right, holds

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: template.Context, right: str) -> bool:
    """`{% may "collect" as may_collect %}`"""
    return holds(context["user"], Right(right))
