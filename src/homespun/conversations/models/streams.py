"""Streams that are held open, and how that goes."""

from django.db import models

from homespun.conversations.models.live import Connection


class Stream(models.Model):
    """One stream of a network, or of a connected account. It goes on behind its cursor, which is kept with what it told."""

    name = models.CharField(max_length=40, unique=True)  # of the network; of a connected account with its key
    network = models.CharField(max_length=12)
    connection = models.ForeignKey(Connection, null=True, on_delete=models.CASCADE, related_name="streams")
    cursor = models.JSONField(default=dict)
    begun = models.DateTimeField()  # when it was last opened
    heard = models.DateTimeField(null=True)  # its last sign of life
    failures = models.PositiveSmallIntegerField(default=0)  # since then
    trouble = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name
