"""The site itself, its media files, its audit trail, its cache, and how often it has changed."""

from django.conf import settings
from django.db import models

from homespun.core.jobs.models import Due, Lease, WorkerBeat  # noqa: F401  (Django looks for them here)


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


class PublicMedia(models.Model):
    """That something which is published shows a file. `holder` names it by kind and key, such as `story:12`; rooms above write it."""

    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="public")
    holder = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "public media"
        constraints = [models.UniqueConstraint(fields=["holder", "file"], name="one_row_per_holder")]

    def __str__(self) -> str:
        return f"{self.file_id} in {self.holder}"


class CacheEntry(models.Model):
    """The table of Django's database cache, so that limits on tries hold across processes. Its columns are Django's."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "core_cache"
        verbose_name_plural = "cache entries"

    def __str__(self) -> str:
        return self.cache_key


class Change(models.Model):
    """How often something has changed that the team sees. One row, written with each change."""

    version = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="one_change", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(self.version)


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
