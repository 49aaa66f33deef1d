"""Backups made from the browser or every night: what was chosen, and how each one went."""

from django.db import models
from django.utils import timezone

from homespun.users.models import User


class BackupPlan(models.Model):
    """Whether a backup is made every night, at which hour of the site's time zone, and how many of these are kept. One row."""

    nightly = models.BooleanField(default=False)
    hour = models.PositiveSmallIntegerField(default=3)
    keep = models.PositiveSmallIntegerField(default=7)
    changed = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="one_backup_plan", condition=models.Q(pk=1)),
            models.CheckConstraint(name="hour_of_a_day", condition=models.Q(hour__lte=23)),
            models.CheckConstraint(name="keeps_a_backup", condition=models.Q(keep__gte=1)),
        ]

    def __str__(self) -> str:
        return f"nightly at {self.hour}" if self.nightly else "by hand"


class BackupRun(models.Model):
    """One backup: waiting or being made while `ended_at` is empty, then done, or failed with an `error`."""

    name = models.CharField(max_length=100)
    nightly = models.BooleanField(default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    done_bytes = models.BigIntegerField(default=0)
    total_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=models.Q(ended_at=None), name="one_backup_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        return min(99, self.done_bytes * 100 // self.total_bytes) if self.total_bytes else 0
