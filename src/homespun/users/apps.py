from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "homespun.users"
    label = "users"
