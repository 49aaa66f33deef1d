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
    path("listening/left-out/", views.leave, name="leave"),
    path("about/", views.about, name="about"),
    path("actor", views.actor, name="actor"),
    path(".well-known/webfinger", views.finger, name="finger"),
    path("about/source.zip", views.source, name="source"),
]
