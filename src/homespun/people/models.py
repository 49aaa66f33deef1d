"""Accounts: somebody's presence on one network, and the names it has gone by."""

from enum import IntEnum

from django.db import models


class Rank(IntEnum):
    """Who says what an account is called and looks like. The smaller the number, the more it is to be believed, whenever it was said."""

    SELF = 1  # its own archive of a network that nobody asks, its own server
    OTHERS = 2  # whoever answers it, reposts it, or holds a copy


class Account(models.Model):
    """Belongs to no one, to us (`is_own`), later to a person or an organisation. Identity is the permanent `uri`."""

    uri = models.CharField(max_length=500, unique=True)
    network = models.CharField(max_length=12)
    handle = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=500, blank=True, default="")
    bio = models.TextField(blank=True, default="")
    avatar = models.CharField(max_length=1000, blank=True, default="")
    is_own = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["network", "handle"])]

    def __str__(self) -> str:
        return f"@{self.handle}" if self.handle else self.name


class AccountName(models.Model):
    """A handle and name that an account went by, first and last seen with a post of that time, as one source tells it.

    `source` is the key of a row in the room above, so that what only a source told can go with it. `avatar` is the one that was seen
    last with this name.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_names", db_index=False)
    handle = models.CharField(max_length=255)
    name = models.CharField(max_length=500, blank=True, default="")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    source = models.BigIntegerField(default=0, db_index=True)
    rank = models.PositiveSmallIntegerField(default=Rank.OTHERS.value, db_default=Rank.OTHERS.value)
    avatar = models.CharField(max_length=1000, blank=True, default="", db_default="")
    avatar_seen = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "handle", "name", "source", "rank"], name="one_row_per_name")]

    def __str__(self) -> str:
        return f"@{self.handle}"
