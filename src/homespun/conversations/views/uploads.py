"""Where pieces of files arrive: POST begins, HEAD tells how much has come, PATCH brings the next piece, DELETE throws it away.

The headers are those of tus (Upload-Offset, Upload-Length); what fails is said in one sentence of plain text, which the page shows.
"""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from homespun.conversations.models import Upload
from homespun.conversations.uploads import pieces as uploads
from homespun.conversations.uploads import recognition
from homespun.users.access import Right, needs
from homespun.users.models import User


@needs(Right.COLLECT)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    by = cast(User, request.user)
    size = request.POST.get("size", "")
    try:
        upload = uploads.begin(
            by=by,
            now=timezone.now(),
            name=request.POST.get("name", ""),
            size=whole(size) or 0,
            fingerprint=request.POST.get("fingerprint", ""),
        )
    except uploads.Refused as refusal:
        return said(refusal, 413)
    answer = JsonResponse({"address": reverse("conversations:upload", args=[upload.token]), "piece": uploads.PIECE}, status=201)
    return placed(answer, uploads.offset(upload), upload)


@needs(Right.COLLECT)
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def pieces(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(uploads.waiting(cast(User, request.user)), token=token)
    if request.method == "DELETE":
        uploads.discard(upload=upload, by=cast(User, request.user), now=timezone.now())
        return HttpResponse(status=204)
    if request.method == "HEAD":
        return placed(HttpResponse(), uploads.offset(upload), upload)
    return append(request, upload)


def append(request: HttpRequest, upload: Upload) -> HttpResponse:
    at, length = whole(request.headers.get("Upload-Offset", "")), whole(request.headers.get("Content-Length", ""))
    if at is None or length is None:
        return said(_("That piece does not say where it belongs."), 400)
    try:
        offset = uploads.append(upload=upload, at=at, piece=request, length=length, now=timezone.now())
    except uploads.Elsewhere as place:
        return placed(HttpResponse(status=409), place.offset, upload)
    except uploads.Refused as refusal:
        if isinstance(refusal, uploads.NoArchive):
            uploads.discard(upload=upload, by=upload.started_by, now=timezone.now())
        return said(refusal, 422)
    if offset == upload.size and not upload.complete:
        recognition.settle(upload=upload, now=timezone.now())
        if upload.refusal:  # the page says it beside the file, so nothing is left to be listed
            uploads.discard(upload=upload, by=upload.started_by, now=timezone.now())
            return said(upload.refusal, 422)
    return placed(HttpResponse(status=204), offset, upload)


def whole(written: str) -> int | None:
    """A number of bytes; None for what is none."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else None


@needs(Right.COLLECT)
@require_POST
def discard(request: HttpRequest, token: str) -> HttpResponse:
    """The same as DELETE, for a plain form."""
    upload = get_object_or_404(uploads.waiting(cast(User, request.user)), token=token)
    uploads.discard(upload=upload, by=cast(User, request.user), now=timezone.now())
    return redirect("conversations:archives")


def placed(answer: HttpResponse, offset: int, upload: Upload) -> HttpResponse:
    answer["Upload-Offset"], answer["Upload-Length"] = str(offset), str(upload.size)
    answer["Cache-Control"] = "no-store"
    return answer


def said(sentence: object, status: int) -> HttpResponse:
    return HttpResponse(str(sentence), status=status, content_type="text/plain; charset=utf-8")
