"""Files over HTTP as RFC 9110 asks: parts of them, revalidation, HEAD. One part at a time; who asks for several gets the whole."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

from homespun.core.security.policy import FILE_POLICY

CHUNK = 1 << 16
ONE_RANGE = re.compile(r"bytes=([0-9]{0,30})-([0-9]{0,30})\s*\Z")


class _WholeFile(FileResponse):
    block_size = CHUNK


def serve(request: HttpRequest, path: Path, *, content_type: str, etag: str, cache: str, name: str) -> HttpResponseBase:
    """The file, the part that was asked for, or word that the browser has it already. `etag` is without quotes."""
    quoted = f'"{etag}"'
    if {quoted, "*"} & {tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))}:
        return _labelled(HttpResponseNotModified(), quoted, cache)
    size = path.stat().st_size
    response = _body(request, path, size, content_type, quoted)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
    response.headers["Accept-Ranges"] = "bytes"
    return _labelled(response, quoted, cache)


def _labelled(response: HttpResponseBase, etag: str, cache: str) -> HttpResponseBase:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = cache
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _body(request: HttpRequest, path: Path, size: int, content_type: str, etag: str) -> HttpResponseBase:
    wanted = _wanted(request, etag)
    if wanted is None:
        return _WholeFile(path.open("rb"), content_type=content_type)
    span = span_of(wanted, size)
    if span is None:
        response = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    first, last = span
    part = StreamingHttpResponse(_part(path, first, last - first + 1), status=HTTPStatus.PARTIAL_CONTENT, content_type=content_type)
    part.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    part.headers["Content-Length"] = str(last - first + 1)
    return part


def _wanted(request: HttpRequest, etag: str) -> re.Match[str] | None:
    """The range that is asked for, if it still is of this file and one that we give."""
    if request.headers.get("If-Range", etag) != etag or request.method not in ("GET", "HEAD"):
        return None
    return ONE_RANGE.match(request.headers.get("Range", ""))


def span_of(wanted: re.Match[str], size: int) -> tuple[int, int] | None:
    """First and last byte, both counted; None where the file holds none of them."""
    first, last = wanted.groups()
    if first:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    elif last:
        start, end = max(0, size - int(last)), size - 1
    else:
        return None
    return (start, end) if start <= end and start < size else None


def _part(path: Path, first: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
