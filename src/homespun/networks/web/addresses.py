"""Addresses of the web: made absolute, made alike, and compared by whose they are."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

LONGEST = 500  # of what a post can go by
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_cid|mc_eid|igshid|ref_src")
PORTS = {"http": 80, "https": 443}


def tidy(address: str | None, base: str = "") -> str:
    """The address as all who point at it would write it: whole, without a fragment and what counts visitors; "" for none of the web."""
    if not address or not address.strip():
        return ""
    try:
        parts = urlsplit(urljoin(base, address.strip()))
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in PORTS or not host or "[" in host or "]" in host:
        return ""
    netloc = host if port in (None, PORTS[parts.scheme]) else f"{host}:{port}"
    query = parts.query
    if query and TRACKING.search(query):
        query = urlencode([(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not TRACKING.fullmatch(name)])
    found = urlunsplit((parts.scheme, f"[{host}]" if ":" in host else netloc, parts.path or "/", query, "")).replace("\0", "")
    return found if len(found) <= LONGEST and not re.search(r"\s", found) else ""


def host_of(address: str) -> str:
    """Without its `www.`"""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def home_of(address: str) -> str:
    """Where the site begins: its address without a path."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def is_same_site(one: str, other: str) -> bool:
    """Whether the one may speak for the other: the same host, or a part of it (feeds.example.org for example.org)."""
    first, second = host_of(one), host_of(other)
    if not first or not second:
        return False
    return first == second or is_part(first, second) or is_part(second, first)


def is_part(host: str, of: str) -> bool:
    return "." in of and host.endswith(f".{of}") and not of.replace(".", "").isdigit()


def slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.casefold()).strip("-")[:60]
