"""What a visitor sees. These pages set no cookie and ask nobody else for anything."""

from homespun.public.views.actor import actor, finger
from homespun.public.views.feed import feed
from homespun.public.views.listening import leave, listening
from homespun.public.views.lists import about, home, tag
from homespun.public.views.source import source
from homespun.public.views.story import story

__all__ = ["about", "actor", "feed", "finger", "home", "leave", "listening", "source", "story", "tag"]
