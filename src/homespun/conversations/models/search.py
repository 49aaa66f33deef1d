"""The state of the full-text index, and the words that are in it. The index itself is a virtual table, made by a migration."""

from django.db import models

EVERYTHING = -(2**63)  # no key is lower


class SearchIndex(models.Model):
    """How far the index has been built, in one row.

    The index is built from the newest post down, so posts with a key of `complete_from` and above are in it. An index that holds all
    posts has `EVERYTHING` there. Without a row it does, too.
    """

    complete_from = models.BigIntegerField(default=EVERYTHING)
    unlisted_batches = models.PositiveIntegerField(default=0)  # batches of posts whose words are not in the list of words yet

    def __str__(self) -> str:
        return "complete" if self.complete_from == EVERYTHING else f"from {self.complete_from}"


class Word(models.Model):
    """A word of the index of four letters and more, so that pieces of it can be found.

    `post_count` is as of the last refresh. It serves to judge what a search would cost, and never as an answer.
    """

    word = models.TextField(unique=True)
    post_count = models.PositiveIntegerField(default=1, db_default=1)

    def __str__(self) -> str:
        return self.word
