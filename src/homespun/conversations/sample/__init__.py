"""A made-up pair of archives and one more: two sides of several conversations, to try Homespun with. No real person is in it."""

from homespun.conversations.sample.archives import LINES, SampleArchive, archives, write

__all__ = ["LINES", "SampleArchive", "archives", "write"]
