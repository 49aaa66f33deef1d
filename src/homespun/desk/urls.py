"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from homespun.desk import views

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.today, name="today"),
    path("components/", views.components, name="components"),
]
