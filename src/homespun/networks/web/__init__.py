"""The web: pages, feeds, podcasts, channels, whatever their site runs on."""

from homespun.networks.web.client import Client
from homespun.networks.web.records import renewed

__all__ = ["Client", "renewed"]
