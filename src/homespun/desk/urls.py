"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from homespun.desk import views
from homespun.desk.sample import views as sample

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.today, name="today"),
    path("components/", views.components, name="components"),
    path("sample/story/", sample.tell, name="tell-sample"),
    path("sample/removal/", sample.remove, name="remove-sample"),
]
