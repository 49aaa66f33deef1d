"""Every page here stands in a site that has been claimed."""

import pytest

from homespun.core.models import Site
from homespun.public.kept import shelf
from homespun.stories.queries.closed import quoted_uris


@pytest.fixture
def site(db: None) -> Site:
    shelf.pages.clear()
    quoted_uris.cache_clear()
    return Site.objects.create(pk=1, name="The Quarter Loaf", about="Sourdough that goes out by post.", contact="vita@loaf.example")
