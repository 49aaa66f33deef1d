"""Websockets through the door: the address is looked at after its name was resolved, and that very address is connected to."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import httpcore
from django.utils.translation import gettext_lazy as _
from ssrfguard import Policy
from ssrfguard.httpx import SafeBackend
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from homespun.http.answers import NetworkError, in_words


def over_http(url: str) -> str:
    """The same address as a page's, to be looked at by the same rules."""
    scheme, sign, rest = url.partition("://")
    return {"ws": "http", "wss": "https"}.get(scheme.lower(), scheme) + sign + rest


def connected(url: str, policy: Policy, deadline: float) -> socket.socket:
    """To the host of a url, whose scheme is not looked at any more."""
    target = policy.check_url(over_http(url))
    stream = SafeBackend(policy=policy).connect_tcp(target.host, target.port, deadline / policy.max_connection_attempts)
    return cast(socket.socket, stream.get_extra_info("socket"))


def opened(url: str, to: socket.socket, user_agent: str, headers: Mapping[str, str], cap_bytes: int, deadline: float) -> ClientConnection:
    return connect(
        url,
        sock=to,
        user_agent_header=user_agent,
        additional_headers=dict(headers),
        max_size=cap_bytes,
        open_timeout=deadline,
        proxy=None,
    )


@contextmanager
def in_words_too() -> Iterator[None]:
    try:
        with in_words():
            yield
    except InvalidStatus as error:
        status = error.response.status_code
        raise NetworkError(_("The other side answered %d.") % status, permanent=400 <= status < 500, status=status) from error
    except ConnectionClosed as error:
        raise NetworkError(_("The other side has closed the stream."), permanent=False) from error
    except httpcore.TimeoutException as error:
        raise NetworkError(_("The other side took too long to answer."), permanent=False) from error
    except httpcore.NetworkError as error:
        raise NetworkError(_("The other side could not be reached, or broke off in the middle."), permanent=False) from error
    except (InvalidHandshake, WebSocketException) as error:
        raise NetworkError(_("That address holds no stream."), permanent=False) from error
