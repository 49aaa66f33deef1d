"""Sources, the imports that read them, and uploads on their way in."""

from django.conf import settings
from django.db import models

from homespun.people.models import Account


class Source(models.Model):
    """Something that Homespun collects from. An archive is known by its fingerprint, so that it is one source however often it comes."""

    kind = models.CharField(max_length=40)  # x-archive
    fingerprint = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=300)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="sources")
    is_ours = models.BooleanField(default=True)
    added = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made = models.DateTimeField(null=True)  # when the archive itself says that it was made
    declared = models.JSONField(default=dict)  # what the archive says it holds

    def __str__(self) -> str:
        return self.title


class Run(models.Model):
    """One reading of a source. `cursor` and `counts` are saved with every batch, so that it goes on where it was killed."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    source = models.ForeignKey(Source, null=True, on_delete=models.CASCADE, related_name="runs")
    path = models.CharField(max_length=1000)  # what is read, inside or outside the data folder
    name = models.CharField(max_length=300)  # what it was called where it came from
    options = models.JSONField(default=dict)  # ours or theirs, account, what was opted into
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    started = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended = models.DateTimeField(null=True)
    beat = models.DateTimeField(null=True)  # last sign of life of whoever is reading
    cursor = models.JSONField(default=dict)
    progress = models.FloatField(default=0)  # 0 to 1
    counts = models.JSONField(default=dict)
    unreadable = models.JSONField(default=list)
    gaps = models.JSONField(default=list)
    error = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class Upload(models.Model):
    """A file on its way in, in pieces. It lies away from the web and is gone as soon as it has been read."""

    token = models.CharField(max_length=43, unique=True)  # of its address; the name of its file, too
    name = models.CharField(max_length=300)  # what it was called where it came from
    size = models.PositiveBigIntegerField()
    fingerprint = models.CharField(max_length=64, db_index=True)  # what the browser can tell of it, so that the same file goes on
    started = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    touched = models.DateTimeField()  # when a piece of it last came
    complete = models.BooleanField(default=False)
    found = models.JSONField(default=dict)  # what was recognised in it, once it is complete
    refusal = models.TextField(blank=True, default="")  # why it cannot be brought in, in a sentence

    def __str__(self) -> str:
        return self.name
