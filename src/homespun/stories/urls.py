"""Addresses of the author's side. What changes a state is a noun that is posted to; `undo` in the form takes it back."""

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, path

from homespun.stories.views import head, items, listing, panel, publishing, studio

app_name = "stories"


def at(route: str, view: object, name: str) -> URLPattern:
    return path(route, login_required(view), name=name)  # type: ignore[arg-type]


urlpatterns: list[URLPattern | URLResolver] = [
    at("", listing.stories, "list"),
    at("", listing.stories, "create"),
    at("<slug:slug>/", studio.studio, "studio"),
    at("<slug:slug>/version/", studio.version, "version"),
    at("<slug:slug>/deletion/", listing.deletion, "deletion"),
    at("<slug:slug>/head/", head.head, "head"),
    at("<slug:slug>/cover/", head.cover, "cover"),
    at("<slug:slug>/items/", items.items, "items"),
    at("<slug:slug>/items/new/", items.adding, "adding"),
    at("<slug:slug>/items/deletion/", items.deletions, "deletions"),
    at("<slug:slug>/items/<int:pk>/", items.item, "item"),
    at("<slug:slug>/items/<int:pk>/editor/", items.editor, "editor"),
    at("<slug:slug>/items/<int:pk>/position/", items.position, "position"),
    at("<slug:slug>/items/<int:pk>/deletion/", items.deletion, "item_deletion"),
    at("<slug:slug>/panel/", panel.panel, "panel"),
    at("<slug:slug>/posts/", panel.posts, "posts"),
    at("<slug:slug>/preview/", publishing.preview, "preview"),
    at("<slug:slug>/publish/", publishing.publish, "publish"),
    at("<slug:slug>/publication/", publishing.publication, "publication"),
    at("<slug:slug>/bases/", publishing.bases, "bases"),
    at("<slug:slug>/export/<str:kind>/", publishing.export, "export"),
]
