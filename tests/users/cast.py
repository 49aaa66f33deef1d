"""The team of a small bakery that sends sourdough by post."""

from datetime import UTC, datetime

from homespun.core.models import Site
from homespun.users.models import User

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
PASSWORD = "seven wet trams"
VITA = "vita@loaf.example"


def vita(password: str | None = PASSWORD) -> User:
    """Owns the house, which is called The Quarter Loaf."""
    Site.objects.get_or_create(pk=1, defaults={"name": "The Quarter Loaf"})
    return User.objects.create_user(VITA, password, name="Vita Halloran", joined=NOW)


def sandor(password: str | None = PASSWORD, **fields: object) -> User:
    return User.objects.create_user("sandor@loaf.example", password, name="Sandor Welk", joined=NOW, **fields)
