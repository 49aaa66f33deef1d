from django.apps import AppConfig


class StoriesConfig(AppConfig):
    name = "homespun.stories"
    label = "stories"
