from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "homespun.conversations"
    label = "conversations"
