"""The team of a small company that makes a box of cards."""

from datetime import UTC, datetime

from homespun.core.models import Site
from homespun.users.models import User

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
PASSWORD = "seven wet ferries"
UNA = "una@pairs.example"


def una(password: str | None = PASSWORD) -> User:
    """Owns the house, which is called The Other Pair."""
    Site.objects.get_or_create(pk=1, defaults={"name": "The Other Pair"})
    return User.objects.create_user(UNA, password, name="Una Garvie", joined=NOW)


def rab(password: str | None = PASSWORD, **fields: object) -> User:
    return User.objects.create_user("rab@pairs.example", password, name="Rab Tennick", joined=NOW, **fields)
