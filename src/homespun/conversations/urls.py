"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from homespun.conversations.views import archives, completion, connections, conversations, deeds, mentions, outgoing, uploads, work, writing

app_name = "conversations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("conversations/", conversations.conversations, name="list"),
    path("conversations/visit/", conversations.visit, name="visit"),
    path("conversations/<int:pk>/", conversations.conversation, name="conversation"),
    path("conversations/<int:pk>/completion/", completion.completion, name="completion"),
    path("mentions/<int:pk>/done/", mentions.done, name="mention-done"),
    path("mentions/<int:pk>/waiting/", mentions.waiting, name="mention-waiting"),
    path("mentions/<int:pk>/assignment/", mentions.assignment, name="mention-assignment"),
    path("writing/", writing.write, name="write"),
    path("writing/parts/", writing.parts, name="parts"),
    path("outgoing/", outgoing.outgoing, name="outgoing"),
    path("outgoing/<int:pk>/", outgoing.sending, name="sending"),
    path("outgoing/<int:pk>/cancellation/", outgoing.cancel, name="take-back"),
    path("outgoing/<int:pk>/retry/", outgoing.retry, name="send-again"),
    path("outgoing/<int:pk>/approval/", outgoing.let_go, name="let-go"),
    path("outgoing/<int:pk>/due/", outgoing.put_off, name="put-off"),
    path("posts/<int:pk>/", deeds.at, name="at"),
    path("posts/<int:pk>/like/", deeds.like, name="like"),
    path("posts/<int:pk>/repost/", deeds.repost, name="repost"),
    path("posts/<int:pk>/edit/", deeds.edit, name="edit"),
    path("posts/<int:pk>/deletion/", deeds.deletion, name="deletion"),
    path("archives/", archives.archives, name="archives"),
    path("archives/sample/", archives.sample, name="sample"),
    path("archives/inbox/run/", archives.bring_from_inbox, name="bring-from-inbox"),
    path("archives/uploads/", uploads.begin, name="uploads"),
    path("archives/uploads/<str:token>/", uploads.pieces, name="upload"),
    path("archives/uploads/<str:token>/run/", archives.bring, name="bring"),
    path("archives/uploads/<str:token>/end/", uploads.discard, name="discard"),
    path("archives/<int:pk>/", archives.run, name="run"),
    path("archives/<int:pk>/cancellation/", archives.cancel, name="cancel"),
    path("archives/<int:pk>/continuation/", archives.go_on, name="go-on"),
    path("archives/<int:pk>/removal/", archives.remove, name="remove"),
    path("settings/connections/", connections.connections, name="connections"),
    path("settings/connections/answer/", connections.answer, name="connection-answer"),
    path("settings/connections/app-password/", connections.app_password, name="connection-app-password"),
    path("settings/connections/<int:pk>/disconnection/", connections.disconnection, name="disconnection"),
    path("settings/work/", work.work, name="work"),
    path("settings/work/tasks/<uuid:task>/retry/", work.retry_task, name="task-retry"),
    path("settings/work/outgoing/<int:pk>/retry/", work.retry_outgoing, name="outgoing-retry"),
]
