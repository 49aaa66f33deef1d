"""Saved pages of X, captures of its answers, and posts that other pages embed: the half of a conversation that no archive of ours has."""

from homespun.networks.x.saved.pages import WANTED, Pages, begins, fingerprint, holds, opened
from homespun.networks.x.saved.reading import posts_in

__all__ = ["WANTED", "Pages", "begins", "fingerprint", "holds", "opened", "posts_in"]
