"""Addresses of Settings > Backups."""

from django.urls import URLPattern, path

from homespun.config import views

app_name = "backups"
urlpatterns: list[URLPattern] = [
    path("", views.backups, name="list"),
    path("runs/", views.runs, name="runs"),
    path("plan/", views.plan, name="plan"),
    path("files/<str:name>/", views.download, name="download"),
    path("files/<str:name>/deletion/", views.deletion, name="deletion"),
]
