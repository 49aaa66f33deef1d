"""What comes back, or why nothing did: status and type looked at before the body, and the body never longer than its cap."""

import math
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ssrfguard import SSRFGuardError

from homespun.http import charsets
from homespun.http.pauses import wait_of
from homespun.http.transport import remaining

REASON_CAP = 64 * 1024  # of what a host says when it refuses
TRY_AGAIN = {408, 425, 429}  # of the 4xx; all other 4xx stay as they are


class NetworkError(Exception):
    """Why nothing came. `permanent`: asking again will not help. `retry_after`: seconds that the other side asked for.

    `answer` is what a host that refused said to it, for protocols that put their reasons there; it is never shown.
    """

    def __init__(
        self, sentence: str | Promise, *, permanent: bool, status: int = 0, retry_after: float | None = None, answer: "Answer | None" = None
    ) -> None:
        super().__init__(sentence)
        self.permanent = permanent
        self.status = status
        self.retry_after = retry_after
        self.answer = answer

    @property
    def sentence(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Answer:
    """What came back. `url` is where it came from in the end; `body` is unpacked and empty where nothing has changed (304)."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)  # tokens come in some
    seconds_left: float = math.inf  # of the deadline when the body was here; decoding may use them up

    @property
    def unchanged(self) -> bool:
        return self.status == httpx.codes.NOT_MODIFIED

    @property
    def content_type(self) -> str:
        return media_type(self.headers)

    @property
    def etag(self) -> str:
        return str(self.headers.get("etag", ""))

    @property
    def last_modified(self) -> str:
        return str(self.headers.get("last-modified", ""))

    @property
    def text(self) -> str:
        """The body as text, as a browser would read it. Raises `NetworkError` where decoding goes past the deadline."""
        with in_words():
            return charsets.decode(self.body, self.headers.get("content-type", ""), seconds=self.seconds_left)


def read(response: httpx.Response, wanted: tuple[str, ...], cap_bytes: int, *, cut: bool = False) -> Answer:
    """The answer, its status and type looked at before its body is read."""
    if response.status_code >= httpx.codes.BAD_REQUEST:
        raise refused(response)
    found = media_type(response.headers)
    if wanted and not response.status_code == httpx.codes.NOT_MODIFIED and not any(fits(found, kind) for kind in wanted):
        raise NetworkError(_("That address holds something else than what was looked for here (%s).") % (found or "?"), permanent=True)
    if int(response.headers.get("content-length", "0") or 0) > cap_bytes and not cut:
        raise too_large(cap_bytes)
    content = body(response, cap_bytes, cut=cut)
    return Answer(str(response.url), response.status_code, response.headers, content, remaining())


def refused(response: httpx.Response) -> NetworkError:
    status = response.status_code
    sentence = _("Nothing is there any more.") if status in (404, 410) else _("The other side answered %d.") % status
    wait = wait_of(response.headers, now=datetime.now(UTC))
    said = Answer(str(response.url), status, response.headers, reason(response))
    return NetworkError(sentence, permanent=status < 500 and status not in TRY_AGAIN, status=status, retry_after=wait, answer=said)


def reason(response: httpx.Response) -> bytes:
    """What is said with a refusal; nothing where that is long, or no answer in words."""
    if media_type(response.headers) != "application/json":
        return b""
    try:
        return body(response, REASON_CAP)
    except (NetworkError, httpx.HTTPError, httpx.StreamError, zlib.error, OSError):
        return b""


def body(response: httpx.Response, cap_bytes: int, *, cut: bool = False) -> bytes:
    """The body, unpacked by pieces that never pass the cap: a small answer may unpack to a very large one."""
    unpack = unpacker(response.headers.get("content-encoding", "").strip().lower())
    got = bytearray()
    for piece in response.iter_raw():
        got += unpack(piece, cap_bytes + 1 - len(got))
        if len(got) > cap_bytes:
            if not cut:
                raise too_large(cap_bytes)
            return bytes(got[:cap_bytes])
    return bytes(got)


def unpacker(coding: str) -> Callable[[bytes, int], bytes]:
    if coding in ("", "identity"):
        return lambda piece, _left: piece
    if coding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(wbits=47).decompress
    raise NetworkError(_("The answer is packed in a way that was not asked for."), permanent=True)


def too_large(cap_bytes: int) -> NetworkError:
    return NetworkError(_("The answer is larger than the %d kB that are read here.") % (cap_bytes // 1024), permanent=True)


def media_type(headers: httpx.Headers) -> str:
    found: str = headers.get("content-type", "")
    return found.partition(";")[0].strip().lower()


def fits(found: str, kind: str) -> bool:
    return found == kind or (kind.endswith("/*") and found.startswith(kind[:-1])) or kind == "*/*"


@contextmanager
def in_words() -> Iterator[None]:
    """Everything that can go wrong, said in one sentence of ours."""
    try:
        yield
    except SSRFGuardError as error:
        raise NetworkError(_("That address is not one of the open web, so it is not asked."), permanent=True) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise NetworkError(_("The other side took too long to answer."), permanent=False) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise NetworkError(_("That is not an address that can be opened."), permanent=True) from error
    except (httpx.HTTPError, httpx.StreamError, zlib.error, OSError, ValueError) as error:
        raise NetworkError(_("The other side could not be reached, or broke off in the middle."), permanent=False) from error
