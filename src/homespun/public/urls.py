"""Addresses of what a visitor sees."""

from django.urls import URLPattern, URLResolver, path

from homespun.public import views

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("stories/feed.atom", views.feed, name="feed"),
    path("stories/<slug:slug>/", views.story, name="story"),
    path("tags/<path:tag>/", views.tag, name="tag"),
    path("listening/", views.listening, name="listening"),
    path("listening/requests/", views.opt_out_requests, name="opt-out-requests"),
    path("listening/requests/answer/", views.opt_out_answer, name="opt-out-answer"),
    path("listening/requests/<str:token>/", views.opt_out_request, name="opt-out-request"),
    path("listening/requests/<str:token>/check/", views.opt_out_check, name="opt-out-check"),
    path("listening/requests/<str:token>/sign-in/", views.opt_out_sign_in, name="opt-out-sign-in"),
    path("about/", views.about, name="about"),
    path("actor", views.actor, name="actor"),
    path(".well-known/webfinger", views.finger, name="finger"),
    path("about/source.zip", views.source, name="source"),
]
