"""What a visitor sees. These pages set no cookie and ask nobody else for anything."""

from homespun.public.views.actor import actor, finger
from homespun.public.views.feed import feed
from homespun.public.views.listening import listening
from homespun.public.views.lists import about, home, tag
from homespun.public.views.opt_outs import opt_out_answer, opt_out_check, opt_out_request, opt_out_requests, opt_out_sign_in
from homespun.public.views.source import source
from homespun.public.views.story import story

__all__ = [
    "about",
    "actor",
    "feed",
    "finger",
    "home",
    "listening",
    "opt_out_answer",
    "opt_out_check",
    "opt_out_request",
    "opt_out_requests",
    "opt_out_sign_in",
    "source",
    "story",
    "tag",
]
