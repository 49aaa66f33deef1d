"""Posts with where each was seen, and the conversations that they make.

Rows are written in bulk by `actions`, so nothing here has a `save()` of its own.
"""

from django.db import models

from homespun.conversations.models.sources import Source
from homespun.core.models import MediaFile
from homespun.networks.values import FOR_FEW, Place, Visibility
from homespun.people.models import Account


class Conversation(models.Model):
    """All posts under one root. `id` is the key of its first-seen post; counts are kept by `actions`, for lists and their strips."""

    id = models.BigIntegerField(primary_key=True)
    latest = models.BigIntegerField()  # key of its newest post
    posts = models.PositiveIntegerField(default=1)
    own = models.PositiveIntegerField(default=0)  # posts by us
    voices = models.PositiveIntegerField(default=1)  # how many accounts speak in it; those without a name are one
    missing = models.PositiveIntegerField(default=0)  # ghosts

    class Meta:
        indexes = [
            models.Index(fields=["latest"]),
            models.Index(fields=["latest"], name="exchanges_by_latest", condition=models.Q(voices__gt=1)),
            models.Index(fields=["latest"], name="threads_by_latest", condition=models.Q(posts__gt=1, voices=1)),
            models.Index(fields=["latest"], name="incomplete_by_latest", condition=models.Q(missing__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ConversationAlias(models.Model):
    """The address of a conversation that was merged into another."""

    id = models.BigIntegerField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="aliases")

    def __str__(self) -> str:
        return f"{self.pk} is {self.conversation_id}"


class State(models.IntegerChoices):
    LIVE = 1
    EDITED = 2
    DELETED = 3  # at the source
    WITHDRAWN = 4  # its author opted out (verified, or confirmed by a member): stays on team pages, unquotable


class PostQuerySet(models.QuerySet["Post"]):
    def quotable(self) -> "PostQuerySet":
        """What can become public at all; consent and basis are asked on top of it."""
        return self.filter(visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED], state__in=[State.LIVE, State.EDITED])

    def closed(self) -> "PostQuerySet":
        """What no consent that was recorded before opens: said to a few on a network, or withdrawn."""
        return self.filter(models.Q(visibility__in=FOR_FEW) | models.Q(state=State.WITHDRAWN))


class Post(models.Model):
    """One public utterance by one account, known by its `uri`.

    `id` is milliseconds since 1970 times 2**22 plus a counter, so that order of key is order of time. It is local: minted when
    the post is first seen, never exported, never changed.
    """

    id = models.BigIntegerField(primary_key=True)
    uri = models.CharField(max_length=500, unique=True)
    url = models.CharField(max_length=1000, blank=True, default="")
    network = models.CharField(max_length=12)
    author = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="posts", db_index=False)
    published = models.DateTimeField()
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    lang = models.CharField(max_length=12, blank=True, default="")
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replies")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="post_set", db_index=False)
    place = models.PositiveSmallIntegerField(choices=[(p.value, p.name) for p in Place])  # the best place it was seen in
    visibility = models.PositiveSmallIntegerField(choices=[(v.value, v.name) for v in Visibility])
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.LIVE)
    edited = models.DateTimeField(null=True)
    warning = models.TextField(blank=True, default="")  # what its author put before the words
    replies_told = models.PositiveIntegerField(default=0)  # how many answers the network says there are
    is_cut = models.BooleanField(default=False, db_default=False)  # its source has only the beginning of its words
    # The account that this post replies to, as its own record says, whether or not we hold the post that it replies to.
    reply_to = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["conversation", "id"])]

    def __str__(self) -> str:
        return self.uri


class PostName(models.Model):
    """Another uri by which something may point at a post: an edit's own id."""

    name = models.CharField(max_length=500, unique=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="names")

    def __str__(self) -> str:
        return self.name


class MissingParent(models.Model):
    """A ghost: `child` answers `uri`, which no source has shown yet; `author` is what the reply tells of whose it is.

    `root` is the post that the conversation begins with, where the network tells it: what the ghost answers in turn nobody knows.
    """

    child = models.OneToOneField(Post, primary_key=True, on_delete=models.CASCADE, related_name="missing_parent")
    uri = models.CharField(max_length=500, db_index=True)
    author = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    root = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["root"], name="ghosts_by_root", condition=models.Q(root__gt=""))]

    def __str__(self) -> str:
        return self.uri


class Sighting(models.Model):
    """That a source showed a post, in which place, with the raw record, so that it can be normalised again by a better parser.

    `version` is the edit's own id where a source holds several versions of one post.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    place = models.PositiveSmallIntegerField(choices=[(p.value, p.name) for p in Place])
    version = models.CharField(max_length=500, blank=True, default="")
    raw = models.BinaryField()
    seen = models.DateTimeField(null=True)  # when a server showed it so; an archive says itself when it was made

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "source", "place", "version"], name="one_sighting")]
        indexes = [models.Index(fields=["source", "place", "post"])]  # counts of a source are read from it alone

    def __str__(self) -> str:
        return f"{self.post_id} in {self.source_id}"


class Aside(models.Model):
    """Words kept aside (a like, a cut repost): they become a post only when something that we hold answers them."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="asides", db_index=False)
    uri = models.CharField(max_length=500, db_index=True)
    place = models.PositiveSmallIntegerField(choices=[(p.value, p.name) for p in Place])
    raw = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "uri", "place"], name="one_aside")]

    def __str__(self) -> str:
        return self.uri


class Reference(models.Model):
    """That a post quotes or reposts another, held or not."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="references")
    kind = models.CharField(max_length=8)  # quote, repost
    uri = models.CharField(max_length=500, db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.uri}"


class PostMedia(models.Model):
    """A picture, video or sound of a post; `file` is set once its file has been found in a source."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="media", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)  # image, video, gif, audio
    url = models.CharField(max_length=1000)
    name = models.CharField(max_length=300, blank=True, default="", db_index=True)  # of its file in an archive
    alt = models.TextField(blank=True, default="")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    file = models.ForeignKey(MediaFile, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "position"], name="one_media_per_place")]
        indexes = [models.Index(fields=["file"], name="media_with_file", condition=models.Q(file__isnull=False))]

    def __str__(self) -> str:
        return self.url
