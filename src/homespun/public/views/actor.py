"""The actor that signs Homespun's requests, for servers of the fediverse that answer only those they can verify. It does nothing else."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from homespun.core.security import signing
from homespun.core.site import site

CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
ACTIVITY = "application/activity+json"
NAME = "homespun"  # a plain word: GoToSocial refuses actors whose name has a port in it


def account() -> str:
    """Its name as others write it; with the port, where the address has one."""
    return f"acct:{NAME}@{urlsplit(settings.HOMESPUN_URL).netloc}"


@login_not_required
@require_safe
def actor(request: HttpRequest) -> JsonResponse:
    uri = signing.actor()
    told = {
        "@context": CONTEXT,
        "id": uri,
        "type": "Application",
        "preferredUsername": NAME,
        "name": site().name,
        "url": settings.HOMESPUN_URL,
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "manuallyApprovesFollowers": True,
        "discoverable": False,
        "indexable": False,
        "publicKey": {"id": f"{uri}{signing.MAIN}", "owner": uri, "publicKeyPem": signing.public_key()},
    }
    return JsonResponse(told, content_type=ACTIVITY)


@login_not_required
@require_safe
def finger(request: HttpRequest) -> JsonResponse:
    """WebFinger (RFC 7033) of that actor alone."""
    if request.GET.get("resource") not in (account(), signing.actor()):
        raise Http404
    links = [{"rel": "self", "type": ACTIVITY, "href": signing.actor()}]
    return JsonResponse({"subject": account(), "links": links}, content_type="application/jrd+json")
