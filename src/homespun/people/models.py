"""Accounts: somebody's presence on one network, and the names it has gone by."""

from django.db import models


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

    `source` is the key of a row in the room above, so that what only a source told can go with it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_names", db_index=False)
    handle = models.CharField(max_length=255)
    name = models.CharField(max_length=500, blank=True, default="")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    source = models.BigIntegerField(default=0, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "handle", "name", "source"], name="one_row_per_name")]

    def __str__(self) -> str:
        return f"@{self.handle}"
