"""Stories, their items, and the editions that the public sees."""

from django.conf import settings
from django.db import models

from homespun.core.models import MediaFile


class Story(models.Model):
    """A narrated, numbered sequence, as its authors work on it. The public sees editions only."""

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=300, blank=True, default="")
    introduction = models.TextField(blank=True, default="")  # clean html
    cover = models.ForeignKey(MediaFile, null=True, on_delete=models.PROTECT, related_name="+")
    cover_alt = models.CharField(max_length=1000, blank=True, default="")
    cover_focus = models.CharField(max_length=20, blank=True, default="50% 50%")
    cover_caption = models.CharField(max_length=1000, blank=True, default="")
    tags = models.JSONField(default=list)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="stories")
    author_name = models.CharField(max_length=200, blank=True, default="")
    author_about = models.TextField(blank=True, default="")
    noindex = models.BooleanField(default=False)  # asks search engines to leave it alone
    created = models.DateTimeField()
    changed = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # goes up with every change of the story or an item
    head_version = models.PositiveIntegerField(default=1)  # of the fields above alone; a stale write is refused and shows both
    edition = models.ForeignKey("Edition", null=True, on_delete=models.SET_NULL, related_name="+")  # what the public sees now
    deleted = models.DateTimeField(null=True)  # can be undone until it is swept

    class Meta:
        verbose_name_plural = "stories"

    def __str__(self) -> str:
        return self.title or self.slug

    @property
    def is_published(self) -> bool:
        return self.edition_id is not None and self.deleted is None

    @property
    def changed_since_publication(self) -> bool:
        """Whether what the public sees is older than the draft."""
        return self.edition is not None and self.edition.story_version != self.version


class Item(models.Model):
    """One entry of a story. `position` is a text that sorts, so that moving one item writes one row."""

    class Kind(models.TextChoices):
        NARRATION = "narration"
        HEADING = "heading"
        POST = "post"
        IMAGE = "image"
        VIDEO = "video"
        LINK = "link"
        QUOTE = "quote"

    class Basis(models.TextChoices):
        """Why the words of somebody may stand here, as the author recorded it."""

        NONE = ""
        OWN = "own"
        ORGANISATION = "organisation"
        AGREED = "agreed"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="items")
    position = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    html = models.TextField(blank=True, default="")  # narration, heading, quote: clean html
    post_uri = models.CharField(max_length=500, blank=True, default="")  # stories point at posts by uri, never at conversations
    url = models.CharField(max_length=1000, blank=True, default="")  # video, link
    media = models.ForeignKey(MediaFile, null=True, on_delete=models.PROTECT, related_name="+")  # image, or the still of a video or link
    alt = models.CharField(max_length=1000, blank=True, default="")
    title = models.CharField(max_length=500, blank=True, default="")  # of a video or link
    caption = models.CharField(max_length=1000, blank=True, default="")
    fetch_error = models.CharField(max_length=500, blank=True, default="")  # video, link: why its title is not known, for the team
    who = models.CharField(max_length=200, blank=True, default="")  # quote: who, where (an e-mail, a call), when
    where = models.CharField(max_length=200, blank=True, default="")
    when = models.CharField(max_length=100, blank=True, default="")
    basis = models.CharField(max_length=12, choices=Basis.choices, blank=True, default=Basis.NONE)
    basis_how = models.CharField(max_length=500, blank=True, default="")
    basis_when = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)  # a stale write is refused and shows both
    deleted = models.DateTimeField(null=True)  # can be undone

    class Meta:
        indexes = [models.Index(fields=["story", "position"]), models.Index(fields=["post_uri"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Edition(models.Model):
    """A story frozen at publication: words, media and the basis of each quotation as they were."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    published = models.DateTimeField()  # of this edition
    first_published = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    story_version = models.PositiveIntegerField()
    head = models.JSONField()  # its shape, and that of `items`, is `stories.edition`; lists read this alone
    items = models.JSONField()
    struck = models.DateTimeField(null=True)  # withdrawn as a whole

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "number"], name="one_edition_per_number")]

    def __str__(self) -> str:
        return f"{self.story_id} edition {self.number}"
