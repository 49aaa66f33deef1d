"""The team: who may sign in, in which role, and who has been invited."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    OWNER = "owner"
    EDITOR = "editor"
    CONTRIBUTOR = "contributor"


class User(AbstractUser):
    """A member of the team. Signs in by e-mail address; `name` is what others see and what stands under a story."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    about = models.TextField(blank=True, default="")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OWNER)
    theme = models.CharField(max_length=5, blank=True, default="")
    last_visit = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name or self.email


class Invitation(models.Model):
    """A private link by which somebody joins the team; kept by its hash, used once, until it expires."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OWNER)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField()
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.email
