"""Whether a browser may be told that something has changed, by the cookies that it sends."""

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error
from django.http import HttpRequest
from django.http.cookie import parse_cookie

from homespun.users.access import Right, holds


def may_listen(cookies: str) -> bool:
    """Members who may read; nobody while the database does not answer."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    request = HttpRequest()
    request.session = SessionStore(key)
    try:
        return holds(get_user(request), Right.READ)
    except Error:
        return False
