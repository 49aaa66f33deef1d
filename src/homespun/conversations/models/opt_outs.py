"""Requests not to be collected any more, and the hashes of what they are about."""

from django.conf import settings
from django.db import models


class OptOutRequest(models.Model):
    """A request to stop collecting an account, or to undo that.

    `address` and `account_uri` are readable only while the request is open. A decision deletes them; the digests stay.
    """

    class Purpose(models.TextChoices):
        OPT_OUT = "opt-out"
        UNDO = "undo"  # asks to end an opt-out that the person verified

    class State(models.TextChoices):
        OPEN = "open"  # not verified
        VERIFIED = "verified"  # by the person, by one of the proofs
        CONFIRMED = "confirmed"  # by a member
        DISMISSED = "dismissed"  # by a member
        UNDONE = "undone"
        EARLIER = "earlier"  # made before verification existed

    class Proof(models.TextChoices):
        NONE = ""
        SIGN_IN = "sign-in"
        MESSAGE = "message"
        DOMAIN = "domain"

    class Ignored(models.TextChoices):
        """Why an open request has no effect unless it is verified."""

        NO = ""
        LIMIT = "limit"  # too many requests that day
        DISMISSED = "dismissed"  # an earlier one for the same account was dismissed
        COVERED = "covered"  # the account is opted out already

    key = models.CharField(max_length=32, unique=True)  # names the request in the audit log, the file and the command line
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.OPT_OUT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, db_index=True)
    address = models.CharField(max_length=500, blank=True, default="")  # as it was typed
    account_uri = models.CharField(max_length=500, blank=True, default="")  # permanent id, once its network has said it
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # of the private link to its page
    code_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    code_expires_at = models.DateTimeField(null=True)
    claimed_uri = models.CharField(max_length=500, blank=True, default="")  # who sent the code before `account_uri` was known
    sign_in = models.TextField(blank=True, default="")  # sealed: a sign-in that somebody has begun to verify the request
    ignored_because = models.CharField(max_length=10, choices=Ignored.choices, blank=True, default=Ignored.NO)
    proof = models.CharField(max_length=8, choices=Proof.choices, blank=True, default=Proof.NONE)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reminded_at = models.DateTimeField(null=True)  # when the owners were emailed about it
    cursors = models.JSONField(default=dict)  # of the mentions of each connection, by the key of their Listening, when it was made

    class Meta:
        indexes = [models.Index(fields=["purpose", "requested_at"], name="opt_out_requests_by_time")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key} ({self.state})"


EFFECTIVE = (OptOutRequest.State.VERIFIED, OptOutRequest.State.CONFIRMED, OptOutRequest.State.EARLIER)


class OptOut(models.Model):
    """The salted hash of an address, or of the permanent uri of an account or post, that a request is about."""

    digest = models.CharField(max_length=64, db_index=True)
    request = models.ForeignKey(OptOutRequest, on_delete=models.CASCADE, related_name="digests")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "digest"], name="one_digest_per_request")]

    def __str__(self) -> str:
        return self.digest[:12]
