"""What the views of this room share: who asks, and how an answer is given to a script, to htmx or to a plain form."""

from collections.abc import Mapping
from typing import IO, Any, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from homespun.stories.actions.story import clean_tags
from homespun.stories.actions.writing import checked
from homespun.stories.models import Item, Story
from homespun.users.models import User


class DeskRequest(HttpRequest):
    """A request by a member of the team; the sign-in has been asked for before a view sees it."""

    user: User


def is_script(request: HttpRequest) -> bool:
    """One of our elements, which reads JSON."""
    return request.headers.get("Accept") == "application/json"


def is_htmx(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def saved(request: HttpRequest, back: str, **facts: Any) -> HttpResponse:
    """It is written: say so to a script, send a plain form back to the page."""
    return JsonResponse(facts) if is_script(request) else HttpResponseRedirect(back)


def sent_file(request: HttpRequest, name: str) -> IO[bytes] | None:
    file = request.FILES.get(name)
    return cast(IO[bytes], file) if isinstance(file, UploadedFile) else None


def refused(error: ValidationError) -> JsonResponse:
    return JsonResponse({"sentence": " ".join(error.messages)}, status=422)


def is_stored(current: Story | Item, fields: Mapping[str, Any]) -> bool:
    """Whether a stale write asks for what stands there already: it was sent twice, because the first answer got lost."""
    values = checked(type(current), fields)
    if "tags" in values:
        values["tags"] = clean_tags(values["tags"])
    return all(getattr(current, name) == value for name, value in values.items())
