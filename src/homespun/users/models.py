"""The team: who may sign in, in which role, and who has been invited."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from homespun.users.roles import RIGHTS, Role

__all__ = ["ClaimCode", "Invitation", "Role", "Theme", "User", "UserManager"]


class Theme(models.TextChoices):
    DEVICE = "", _("As the device says")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new member; without a password nobody can sign in as them until they choose one."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of the team. Signs in by e-mail address; `name` is what others see and what stands under a story.

    Who leaves stays as a row that cannot sign in, so that what they did keeps their name.
    """

    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    about = models.TextField(blank=True, default="")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OWNER)
    theme = models.CharField(max_length=5, choices=Theme.choices, blank=True, default=Theme.DEVICE)
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    last_visit = models.DateTimeField(null=True)  # when the visit before this one ended

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_member_per_address")]

    def __str__(self) -> str:
        return self.name or self.email

    def has_right(self, right: str) -> bool:
        return self.is_active and right in RIGHTS.get(self.role, frozenset())

    def get_full_name(self) -> str:
        return self.name


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


class ClaimCode(models.Model):
    """The one code, kept by its hash, with which the first owner claims the site. Gone once that has happened."""

    code_hash = models.CharField(max_length=64)
    created = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="one_claim_code", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return self.code_hash[:12]
