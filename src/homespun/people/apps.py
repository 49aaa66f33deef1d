from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "homespun.people"
    label = "people"
