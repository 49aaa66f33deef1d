"""What is exported: the content of an edition or of a draft, and where and when it was published."""

from dataclasses import dataclass
from datetime import datetime

from homespun.core.models import Site
from homespun.stories.edition import Content


@dataclass(frozen=True)
class Subject:
    """`published` is None for a draft; `changed` is when this edition was made."""

    content: Content
    slug: str
    site: Site
    published: datetime | None = None
    changed: datetime | None = None
