"""Who asked, when a proxy stands in front, and the headers that Django does not set."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from homespun.core.security.policy import PERMISSIONS

Answer = Callable[[HttpRequest], HttpResponseBase]
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED")


class ProxyMiddleware:
    """Believes what a proxy says of the visitor only where one is expected: `HOMESPUN_URL` is https and the caller is this machine.

    Everybody else could write these headers as they like, and so choose their own address for the limits on tries.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        caller = request.META.get("REMOTE_ADDR", "")
        if settings.HOMESPUN_URL.startswith("https:") and is_this_machine(caller):
            request.META["REMOTE_ADDR"] = visitor(request.META.get("HTTP_X_FORWARDED_FOR", "")) or caller
        else:
            for name in FORWARDED:
                request.META.pop(name, None)
        return self.get_response(request)


def is_this_machine(address: str) -> bool:
    """True for the loopback, and for the socket file of a proxy, which has no address."""
    try:
        return not address or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def visitor(forwarded: str) -> str:
    """The last address of the list, the only one that the proxy itself wrote."""
    last = forwarded.rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(last))
    except ValueError:
        return ""


class HeadersMiddleware:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
