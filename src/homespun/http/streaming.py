"""Answers that do not end: lines as they come, for as long as somebody wants them and the other side says something now and then."""

import time
from collections.abc import Callable, Iterator

import httpx
from django.utils.translation import gettext_lazy as _

from homespun.http.answers import NetworkError, in_words
from homespun.http.transport import timed, watched


def lines(response: httpx.Response, *, stopped: Callable[[], bool], silence: float, line_bytes: int) -> Iterator[str]:
    """Each line without its end. Over when the other side ends it, or `stopped` says so; raises `NetworkError` where nothing has come for
    `silence` seconds, or a line is longer than its cap."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise NetworkError(_("The answer is packed in a way that was not asked for."), permanent=True)
    pieces, rest = response.iter_raw(), b""
    while not stopped():
        piece = b""
        with in_words(), timed(time.monotonic() + silence), watched(stopped) as is_over:
            piece = next(pieces, b"")
        if is_over() or not piece:
            return
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > line_bytes or any(len(line) > line_bytes for line in whole):
            raise NetworkError(_("The other side says more at once than is listened to here."), permanent=True)
        for line in whole:
            yield line.rstrip(b"\r").decode(errors="replace")
