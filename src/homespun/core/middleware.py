"""Language and time zone of the page: the reader's language if we speak it, else the site's; always the site's time zone."""

from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation

from homespun.core.models import Site
from homespun.core.site import site

LOCALES = Path(settings.LOCALE_PATHS[0])
SPOKEN = frozenset({"en", *(folder.name.replace("_", "-").lower() for folder in LOCALES.glob("*/"))})


class SiteMiddleware(LocaleMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        try:
            house = site()
        except DatabaseError:  # whoever answers the request says so; it must not end here, where nobody can
            house = Site()
        request.house = house  # type: ignore[attr-defined]  # whoever answers need not ask for it again
        timezone.activate(ZoneInfo(house.time_zone))
        asked = translation.get_language_from_request(request)
        language = asked if is_spoken(asked) and request.headers.get("Accept-Language") else house.language
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or language


def is_spoken(language: str) -> bool:
    """Whether our words are there in it, or in what it is a kind of."""
    return language in SPOKEN or language.partition("-")[0] in SPOKEN
