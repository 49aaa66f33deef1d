"""Private links: a long random word that only its bearer knows; the database keeps its hash."""

import hashlib
import secrets

LENGTH = 24  # bytes of chance, more than anybody can try


def make() -> str:
    return secrets.token_urlsafe(LENGTH)


def digest(word: str) -> str:
    """Not salted and not slow: there is nothing to guess in a word that is all chance."""
    return hashlib.sha256(word.encode()).hexdigest()
