"""Opening the sample's story, and taking the whole sample out."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from homespun.desk import sample
from homespun.users.access import Right, needs
from homespun.users.models import User


@needs(Right.WRITE)
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Make the story out of the sample's posts, or find the one that is there, and open it."""
    story = sample.tell(by=cast(User, request.user), now=timezone.now())
    return redirect("stories:studio", slug=story.slug)


@needs(Right.COLLECT)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest) -> HttpResponse:
    """Say what goes; POST takes it out."""
    if request.method == "POST":
        sample.remove(by=cast(User, request.user), now=timezone.now())
        messages.success(request, _("The sample is being taken out."))
        return redirect("desk:today")
    return render(request, "desk/sample.html", {"stories": sample.stories()})
