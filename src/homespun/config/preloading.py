"""Loads the product into the process that forks all others, so that they share the memory that it takes."""

import ctypes
import gc
import sys
from contextlib import suppress
from importlib import import_module

from django.core.handlers.wsgi import WSGIHandler
from django.urls import get_resolver
from django.utils.module_loading import autodiscover_modules

M_ARENA_MAX = -8
ARENAS = 2  # of glibc's allocator, which else has one for each thread
MODULES = (
    "homespun.config.management.commands.web",
    "homespun.config.management.commands.work",
    "homespun.conversations.management.commands.listen",
)


def load_product() -> None:
    """Import what a page, a worker and the listener need. No thread is started, and no connection opened."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another libc has no such thing
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
    for module in MODULES:
        import_module(module)
    autodiscover_modules("tasks")
    _ = get_resolver().url_patterns
    WSGIHandler()


def freeze() -> None:
    """Before a fork: the collector of a child leaves alone what is there now, as looking at it would copy it."""
    gc.collect()
    gc.freeze()
