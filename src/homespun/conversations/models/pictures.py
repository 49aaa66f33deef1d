"""Pictures of posts that came without their files."""

from django.db import models


class PictureAsked(models.Model):
    """A picture that its host did not give, why, and when it is asked for again. One that came has no row: its post has the file."""

    url = models.CharField(max_length=1000, unique=True)
    why = models.TextField()
    tries = models.PositiveSmallIntegerField(default=1)
    again = models.DateTimeField(null=True)  # null: never

    def __str__(self) -> str:
        return self.url
