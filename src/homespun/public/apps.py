from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "homespun.public"
    label = "public"
