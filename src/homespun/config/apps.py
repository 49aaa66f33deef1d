from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "homespun.config"
    label = "config"
