"""Django's settings, derived from `environ` and the data folder; nothing here is edited by an operator."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF  # noqa: F401

from homespun.config.environ import environ

PACKAGE = Path(__file__).resolve().parent.parent
DATA = environ.data
DEBUG = environ.debug
SECRET_KEY_FILE = DATA / "secrets" / "django-key"
SECRET_KEY = SECRET_KEY_FILE.read_text().strip() if SECRET_KEY_FILE.exists() else "made-before-the-data-folder-exists"
HOST = environ.split_url.hostname or "127.0.0.1"
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [HOST, *LOOPBACK]
CSRF_TRUSTED_ORIGINS = [environ.url]
HOMESPUN_URL = environ.url
HOMESPUN_ALLOW_ADDRESSES = environ.allow_addresses

INSTALLED_APPS = [
    "homespun.public",
    "homespun.desk",
    "homespun.stories",
    "homespun.conversations",
    "homespun.people",
    "homespun.users",
    "homespun.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_tasks_db",
    "django_prose_editor",
    "js_asset",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "homespun.config.urls"
WSGI_APPLICATION = "homespun.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "homespun.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -32000",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_REDIRECT_URL = "/desk/"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["homespun.core.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "media"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "imports"]}}
