"""The story that the sample ends in, and taking the whole sample out again."""

from homespun.desk.sample.telling import remove, stories, tell

__all__ = ["remove", "stories", "tell"]
