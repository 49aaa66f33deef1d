"""The story that the sample ends in, and taking the whole sample out again."""

from homespun.desk.sample.telling import is_untold, remove, stories, tell

__all__ = ["is_untold", "remove", "stories", "tell"]
