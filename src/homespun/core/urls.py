"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path, re_path

from homespun.core import views

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.health, name="health"),
    re_path(r"^media/(?P<sha256>[0-9a-f]{64})/$", views.media_file, name="media"),
    re_path(r"^pictures/(?P<sha256>[0-9a-f]{64})-(?P<width>\d{3,4})\.(?P<extension>webp|jpg)$", views.public_picture, name="public_media"),
    re_path(r"^films/(?P<sha256>[0-9a-f]{64})\.(?P<ending>mp4|m4a|mp3)$", views.public_film, name="public_film"),
]
