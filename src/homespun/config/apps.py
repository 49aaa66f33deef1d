from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "homespun.config"
    label = "config"

    def ready(self) -> None:
        from homespun.config import checks  # noqa: F401, PLC0415  (registers them)
