"""Files, and whether the house stands."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from homespun import __version__
from homespun.core import media
from homespun.core.jobs.leases import newest_beat
from homespun.core.media.films import TYPES as FILMS
from homespun.core.media.kinds import EXTENSIONS
from homespun.core.models import MediaFile
from homespun.core.rights import readable
from homespun.core.serving import serve

SILENT = timedelta(minutes=2)
AN_HOUR = "private, max-age=3600"
OUTSIDE = "public, max-age=600"  # short, so that what is taken back is gone soon
TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


@readable
@require_safe
def media_file(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A file as it came, for the team."""
    file = get_object_or_404(MediaFile, sha256=sha256)
    path = media.path_of(file)
    if not path.exists():
        raise Http404
    name = f"{sha256[:12]}.{EXTENSIONS.get(file.content_type, 'bin')}"
    return serve(request, path, content_type=file.content_type, etag=sha256, cache=AN_HOUR, name=name)


@login_not_required
@require_safe
def public_picture(request: HttpRequest, sha256: str, width: str, extension: str) -> HttpResponseBase:
    """A copy of a picture that something published shows. Anybody may load it, from a feed reader too; the team sees those of drafts."""
    file, published = _shown(request, sha256)
    try:
        copy = media.public_copy(file, width=int(width), extension=extension)
    except media.Refused as refused:
        raise Http404 from refused
    return _outside(request, copy, TYPES[extension], published)


@login_not_required
@require_safe
def public_film(request: HttpRequest, sha256: str, ending: str) -> HttpResponseBase:
    """A film or sound that something published shows, without what its file says beside it."""
    file, published = _shown(request, sha256)
    try:
        copy = media.film_copy(file)
    except media.Refused as refused:
        raise Http404 from refused
    if copy.suffix != f".{ending}":
        raise Http404
    return _outside(request, copy, FILMS[ending], published)


def _shown(request: HttpRequest, sha256: str) -> tuple[MediaFile, bool]:
    """The file, and whether it is published; 404 for those who may not see it."""
    file = get_object_or_404(MediaFile, sha256=sha256)
    published = media.is_public(file)
    if not (published or request.user.is_authenticated):
        raise Http404
    return file, published


def _outside(request: HttpRequest, copy: Path, content_type: str, published: bool) -> HttpResponseBase:
    cache = OUTSIDE if published else AN_HOUR
    response = serve(request, copy, content_type=content_type, etag=copy.name, cache=cache, name=copy.name)
    if published:
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not Django's own, which reads the form again that it could not read, and breaks."""
    return HttpResponse("This request can't be read.", status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """For whoever watches from outside: the database, the background work, the version. A silent worker is said, and is no outage."""
    try:
        age = newest_beat(timezone.now())
    except DatabaseError:
        return JsonResponse({"well": False, "database": "does not answer", "version": __version__}, status=503)
    work = "silent" if age is None or age > SILENT else "at work"
    return JsonResponse({"well": True, "database": "answers", "work": work, "version": __version__})
