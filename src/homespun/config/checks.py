"""What an operator can get wrong, as system checks with an id and a hint."""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register

from homespun.config.environ import Environ, environ

SCHEMES = ("http", "https")
LOCAL = ("127.0.0.1", "localhost", "::1")


@register
def check_environment(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    return examined(environ)


def examined(given: Environ) -> list[CheckMessage]:
    """The same for any environment, so that it can be tested."""
    found: list[CheckMessage] = []
    url = given.split_url
    if url.scheme not in SCHEMES or not url.hostname:
        found.append(
            Error(f"HOMESPUN_URL is {given.url!r}, which is no address.", hint="Such as https://stories.example.org", id="homespun.E001")
        )
    elif url.path or url.query:
        found.append(
            Error(
                f"HOMESPUN_URL is {given.url!r}, and Homespun lives at the root of a name.",
                hint=f"Set it to {url.scheme}://{url.netloc}",
                id="homespun.E002",
            )
        )
    elif url.scheme == "http" and url.hostname not in LOCAL:
        found.append(
            Warning(
                f"{given.url} is not encrypted: passwords can be read on the way.",
                hint="Put a proxy with TLS in front, and set HOMESPUN_URL to https.",
                id="homespun.W001",
            )
        )
    if given.debug and given.is_secure:
        found.append(
            Error("HOMESPUN_DEBUG is on at a public address: errors show what is inside.", hint="Unset HOMESPUN_DEBUG.", id="homespun.E003")
        )
    return found
