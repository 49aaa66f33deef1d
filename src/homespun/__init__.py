"""Homespun keeps both sides of public conversations and spins them into stories."""

__version__ = "0.1.0"
