"""The organisation whose house this is."""

from django.utils.translation import pgettext

from homespun.core.models import Site


def site() -> Site:
    """Its row; before the site is claimed one that is not saved, under the product's name."""
    return Site.objects.first() or Site(name=pgettext("product", "Homespun"))
