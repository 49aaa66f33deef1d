"""What `HOMESPUN_EMAIL_URL` says: `smtp://user:password@host:587/?tls=1` or `smtps://user:password@host`."""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

EXAMPLE = "smtp://user:password@mail.example.org:587/?tls=1"
YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
SUBMISSION = 587


@dataclass(frozen=True)
class Mail:
    """How to send. Without a host nothing is sent, and links are shown to be copied."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False  # begins in the clear and turns to TLS (port 587)
    tls: bool = False  # TLS from the first byte (port 465)
    trouble: str = ""


def read(url: str) -> Mail:
    """Never raises: a mistake here must not keep the house from opening. `trouble` says what it is."""
    if not url.strip():
        return Mail()
    try:
        return _read(urlsplit(url.strip()))
    except ValueError as error:
        return Mail(trouble=f"HOMESPUN_EMAIL_URL cannot be read: {error}. It should look like {EXAMPLE}")


def _read(url: SplitResult) -> Mail:
    if url.scheme not in ("smtp", "smtps"):
        raise ValueError(f'it begins with "{url.scheme}:" and not with "smtp:" or "smtps:"')
    if not url.hostname:
        raise ValueError("it names no mail server")
    secure = url.scheme == "smtps"
    port = url.port or (465 if secure else 25)
    return Mail(
        host=url.hostname,
        port=port,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        starttls=not secure and _switch(parse_qs(url.query).get("tls", [""])[-1], default=port == SUBMISSION),
        tls=secure,
    )


def _switch(word: str, *, default: bool) -> bool:
    if not word:
        return default
    if word.lower() not in YES | NO:
        raise ValueError(f'tls is "{word}" and should be 1 or 0')
    return word.lower() in YES
