"""What goes on: own accounts that are connected, what is listened to, what is missing and why, what waits for an answer, what we send."""

from django.conf import settings
from django.db import models

from homespun.conversations.models.posts import Post
from homespun.conversations.models.sources import Source
from homespun.networks.values import Visibility
from homespun.people.models import Account


class Connection(models.Model):
    """An own account that Homespun may read and act for. Its tokens are sealed, and opened only to be used."""

    class State(models.TextChoices):
        WORKING = "working"
        BROKEN = "broken"  # has to be connected again; `trouble` says why
        ENDED = "ended"  # by us; the secret is forgotten, what was sent stays known

    network = models.CharField(max_length=12)
    server = models.CharField(max_length=300)  # https://example.social, without a slash
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="connection")
    secret = models.TextField()  # sealed JSON: what its network needs to act for it; "" once it has ended
    scopes = models.CharField(max_length=500, blank=True, default="")  # what it may do, as the network says it
    limits = models.JSONField(default=dict)  # longest post, most pictures, as its server says
    state = models.CharField(max_length=12, choices=State.choices, default=State.WORKING)
    trouble = models.TextField(blank=True, default="")  # a sentence
    connected = models.DateTimeField()
    connected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    worked = models.DateTimeField(null=True)  # when it last did
    renewing = models.DateTimeField(null=True)  # until when one worker may exchange the secret, and no other

    def __str__(self) -> str:
        return f"{self.account} on {self.network}"


class Listening(models.Model):
    """A source that is asked again and again, and how that goes."""

    source = models.OneToOneField(Source, primary_key=True, on_delete=models.CASCADE, related_name="listening")
    network = models.CharField(max_length=12)
    address = models.CharField(max_length=1000)  # what was typed: @name@server, #tag, the address of a feed or page
    connection = models.ForeignKey(Connection, null=True, on_delete=models.CASCADE, related_name="listening")
    cursor = models.JSONField(default=dict)  # where its network goes on
    rewind = models.JSONField(default=dict)  # an earlier cursor to read from once more; {} for none
    every = models.PositiveIntegerField(default=300)  # seconds
    due = models.DateTimeField(null=True, db_index=True)  # null: paused
    failures = models.PositiveSmallIntegerField(default=0)  # since it last worked
    trouble = models.TextField(blank=True, default="")
    heard = models.DateTimeField(null=True)  # when it was last asked and answered

    def __str__(self) -> str:
        return self.address


class Absence(models.Model):
    """Why a post that is known to exist is not here, and when it was asked for. A ghost without a row was never asked for."""

    class Why(models.TextChoices):
        GONE = "gone"  # deleted at the source
        BLOCKED = "blocked"  # its author has blocked an account of ours
        HIDDEN = "hidden"  # its author or their server shows it to some only
        LEFT_OUT = "left out"  # opted out, #nobot, or robots.txt
        PAUSED = "paused"  # an opt-out request for its author is open
        UNREACHABLE = "unreachable"  # for now
        UNASKED = "unasked"  # named, and left for the next completion

    uri = models.CharField(max_length=500, unique=True)
    why = models.CharField(max_length=12, choices=Why.choices)
    asked = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=1)
    again = models.DateTimeField(null=True, db_index=True)  # when to ask again; null: never
    conversation = models.BigIntegerField(null=True, db_index=True)  # in which it was named, which may have been merged since
    paused_by = models.CharField(max_length=64, blank=True, default="", db_index=True)  # digest of the opt-out request's account

    def __str__(self) -> str:
        return f"{self.uri}: {self.why}"


class Completion(models.Model):
    """Asking for what a conversation lacks: how far it is, what came of it last, and when it is asked again by itself."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"  # `trouble` says why; what had come is kept

    conversation = models.BigIntegerField(primary_key=True)  # no foreign key, as conversations are merged by set
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    begun = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended = models.DateTimeField(null=True)
    asked = models.PositiveIntegerField(default=0)  # requests
    places = models.PositiveIntegerField(default=0)  # hosts
    new = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True, default="")
    again = models.DateTimeField(null=True, db_index=True)  # null: only when somebody asks

    def __str__(self) -> str:
        return f"{self.conversation}: {self.state}"


class Arrival(models.Model):
    """That a post came while we listened, and when: what is new since the last visit. Archives are the past and make none."""

    post = models.OneToOneField(Post, primary_key=True, on_delete=models.CASCADE, related_name="arrival")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.post_id)


class Visit(models.Model):
    """Up to when a member has seen what arrived: all of it, and in single conversations that they have opened since."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(null=True)
    looks = models.JSONField(default=dict)  # by conversation, in milliseconds since 1970

    def __str__(self) -> str:
        return str(self.user_id)


class Mention(models.Model):
    """A post that speaks to us, and whether it still waits for an answer."""

    post = models.OneToOneField(Post, primary_key=True, on_delete=models.CASCADE, related_name="mention")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mentions")  # which of ours it speaks to
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    done = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["post"], name="waiting_mentions", condition=models.Q(done__isnull=True))]

    def __str__(self) -> str:
        return str(self.post_id)


class Outgoing(models.Model):
    """Something that we do on a network, from the moment it was decided until the network has taken it.

    `key` names it to the network, so that trying again makes it once. The parts of a long answer follow each other by `after`.
    """

    class Verb(models.TextChoices):
        POST = "post"
        EDIT = "edit"
        DELETE = "delete"
        REPOST = "repost"
        LIKE = "like"
        UNREPOST = "unrepost"
        UNLIKE = "unlike"

    class State(models.TextChoices):
        DRAFT = "draft"  # until somebody who may post lets it go
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"  # for good; `trouble` says why
        CANCELLED = "cancelled"

    key = models.CharField(max_length=64, unique=True)
    verb = models.CharField(max_length=8, choices=Verb.choices, default=Verb.POST)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="outgoing")
    target = models.CharField(max_length=500, blank=True, default="", db_index=True)  # uri of what it is about
    quoted = models.CharField(max_length=500, blank=True, default="")  # uri
    after = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="following")
    text = models.TextField(blank=True, default="")
    whole = models.TextField(blank=True, default="", db_default="")  # of the first part: the words before they were cut
    warning = models.CharField(max_length=500, blank=True, default="")
    lang = models.CharField(max_length=12, blank=True, default="")
    visibility = models.PositiveSmallIntegerField(choices=[(v.value, v.name) for v in Visibility], default=Visibility.PUBLIC)
    media = models.JSONField(default=list)  # of {"file": key of a MediaFile, "alt": words}
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    due = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True, default="")
    made = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    begun = models.DateTimeField(null=True)  # when it was first tried
    sent = models.DateTimeField(null=True)
    uri = models.CharField(max_length=500, blank=True, default="")  # what it became

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"
