"""Which files anybody may see: those that something published shows."""

from collections.abc import Iterable

from django.db import transaction

from homespun.core.models import MediaFile, PublicMedia


def share(*, holder: str, sha256s: Iterable[str]) -> None:
    """Say which files the published thing `holder` (a kind and a key, such as `story:12`) shows now; none once it is unpublished.

    Part of the deed that publishes, whose audit row covers it.
    """
    with transaction.atomic():
        wanted = set(MediaFile.objects.filter(sha256__in=set(sha256s)).values_list("pk", flat=True))
        shown = set(PublicMedia.objects.filter(holder=holder).values_list("file_id", flat=True))
        PublicMedia.objects.filter(holder=holder, file__in=shown - wanted).delete()
        PublicMedia.objects.bulk_create(PublicMedia(holder=holder, file_id=pk) for pk in wanted - shown)


def is_public(media: MediaFile) -> bool:
    return PublicMedia.objects.filter(file=media).exists()
