from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "homespun.core"
    label = "core"
