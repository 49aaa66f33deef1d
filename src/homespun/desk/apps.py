from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "homespun.desk"
    label = "desk"
