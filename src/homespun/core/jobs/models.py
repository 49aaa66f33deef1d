"""Who is working on what, until when; and what comes round when."""

from typing import Any

from django.db import models
from django_tasks_db.models import DBTaskResult

Row = DBTaskResult[Any, Any]  # a task as it lies in the database


class Lease(models.Model):
    """That a worker is at work on a task. Whoever finds one that has run out may hand the task to another."""

    task = models.OneToOneField(DBTaskResult, primary_key=True, on_delete=models.CASCADE, related_name="lease")
    worker = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return f"{self.task_id} by {self.worker}"


class WorkerBeat(models.Model):
    """A worker's last sign of life; `homespun doctor` and `/healthz` read it."""

    worker = models.CharField(max_length=64, primary_key=True)
    queues = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return self.worker


class Due(models.Model):
    """When a periodic task comes round next."""

    name = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return self.name
