"""The site itself, its media files and its audit trail."""

from django.conf import settings
from django.db import models


class Site(models.Model):
    """The one organisation that this installation serves. Exactly one row, made when the site is claimed."""

    name = models.CharField(max_length=200)
    about = models.TextField(blank=True, default="")
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    contact = models.EmailField(blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(name="one_site", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return self.name


class MediaFile(models.Model):
    """A file kept by content: `media/ab/abcdef…` in the data folder; never served as it came to anybody outside."""

    sha256 = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    created = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class AuditEntry(models.Model):
    """Who did what to which thing and when; written in the transaction of the deed."""

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
