"""The web: pages, feeds, podcasts, channels, whatever their site runs on."""

from typing import TYPE_CHECKING

from homespun.networks.loading import later

if TYPE_CHECKING:
    from homespun.networks.web.client import Client
    from homespun.networks.web.records import renewed

__all__ = ["Client", "renewed"]

__getattr__ = later(__name__, {"Client": "client", "renewed": "records"})
