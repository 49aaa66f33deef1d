"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from homespun.desk import views
from homespun.desk.opt_outs import views as opt_outs
from homespun.desk.sample import views as sample

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.today, name="today"),
    path("settings/opt-outs/", opt_outs.opt_outs, name="opt-outs"),
    path("settings/opt-outs/undoing/", opt_outs.undoing, name="opt-out-undoing"),
    path("settings/opt-outs/<int:pk>/confirmation/", opt_outs.confirmation, name="opt-out-confirmation"),
    path("settings/opt-outs/<int:pk>/dismissal/", opt_outs.dismissal, name="opt-out-dismissal"),
    path("components/", views.components, name="components"),
    path("sample/story/", sample.tell, name="tell-sample"),
    path("sample/removal/", sample.remove, name="remove-sample"),
]
