"""Addresses of the author's side. What changes a state is a noun that is posted to; `undo` in the form takes it back."""

from django.urls import URLPattern, URLResolver, path

from homespun.stories.views import coming, head, items, listing, panel, publishing, studio

app_name = "stories"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", listing.stories, name="list"),
    path("", listing.stories, name="create"),
    path("<slug:slug>/", studio.studio, name="studio"),
    path("<slug:slug>/version/", studio.version, name="version"),
    path("<slug:slug>/deletion/", listing.deletion, name="deletion"),
    path("<slug:slug>/head/", head.head, name="head"),
    path("<slug:slug>/cover/", head.cover, name="cover"),
    path("<slug:slug>/items/", items.items, name="items"),
    path("<slug:slug>/items/new/", coming.adding, name="adding"),
    path("<slug:slug>/items/deletion/", items.deletions, name="deletions"),
    path("<slug:slug>/items/<int:pk>/", items.item, name="item"),
    path("<slug:slug>/items/<int:pk>/editor/", items.editor, name="editor"),
    path("<slug:slug>/items/<int:pk>/reading/", coming.reading, name="reading"),
    path("<slug:slug>/items/<int:pk>/position/", items.position, name="position"),
    path("<slug:slug>/items/<int:pk>/deletion/", items.deletion, name="item_deletion"),
    path("<slug:slug>/panel/", panel.panel, name="panel"),
    path("<slug:slug>/posts/", panel.posts, name="posts"),
    path("<slug:slug>/preview/", publishing.preview, name="preview"),
    path("<slug:slug>/publish/", publishing.publish, name="publish"),
    path("<slug:slug>/publication/", publishing.publication, name="publication"),
    path("<slug:slug>/bases/", publishing.bases, name="bases"),
    path("<slug:slug>/export/<str:kind>/", publishing.export, name="export"),
]
