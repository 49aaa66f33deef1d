"""Where every address of the product is mounted; each room names its own."""

from django.urls import URLPattern, URLResolver, include, path

from homespun.conversations.views.connections import client_metadata

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("homespun.public.urls")),
    path("", include("homespun.users.urls")),
    path("", include("homespun.users.allauth_names")),
    path("", include("homespun.core.urls")),
    path("oauth/client-metadata.json", client_metadata, name="client-metadata"),
    path("desk/settings/backups/", include("homespun.config.backup_urls")),
    path("desk/", include("homespun.desk.urls")),
    path("desk/", include("homespun.conversations.urls")),
    path("desk/stories/", include("homespun.stories.urls")),
]

handler400 = "homespun.core.views.bad_request"
