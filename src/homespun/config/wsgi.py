"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homespun.config.settings")
django_application = get_wsgi_application()

from homespun.public.stored_answers import StoredAnswers  # noqa: E402  (reads the settings, which must be set up before)

application = StoredAnswers(django_application)
