"""Django's settings, derived from `environ` and the data folder; nothing here is edited by an operator."""

from pathlib import Path

from homespun.config import mail
from homespun.config.environ import environ
from homespun.config.logs import LOGGING  # noqa: F401
from homespun.config.statics import keep_fonts
from homespun.core.security.policy import POLICY

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
HOMESPUN_URL_IS_KNOWN = environ.url_is_known
HOMESPUN_ALLOW_ADDRESSES = environ.allow_addresses
HOMESPUN_BLUESKY_APPVIEW = environ.bluesky_appview
HOMESPUN_BLUESKY_PLC = environ.bluesky_plc
HOMESPUN_BLUESKY_STREAM = environ.bluesky_stream

INSTALLED_APPS = [
    "homespun.config",
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
    "homespun.core.security.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "homespun.core.security.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "homespun.core.middleware.SiteMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "homespun.users.middleware.GateMiddleware",
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
                "homespun.conversations.context.counts",
            ],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "homespun.sqlite3",
        "CONN_MAX_AGE": None,  # opening the file and setting it up costs more than what a kept page asks of it
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "pragma journal_mode = wal; pragma synchronous = normal;"
            " pragma wal_autocheckpoint = 8000; pragma cache_size = -32000",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "users.User"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",  # limits on tries hold across processes
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "users:sign-in"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ("name", "email")},
        "MinimumLengthValidator": {"min_length": 10},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
ACCOUNT_ADAPTER = "homespun.users.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "homespun.users.forms.SignInForm",
    "reset_password": "homespun.users.forms.ForgottenForm",
    "reset_password_from_key": "homespun.users.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # a member came by a private link, or is the owner
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "claim": "20/m/ip",
    "join": "20/m/ip",
    "you": "20/m/user",
    "opt-out": "5/h/ip",
    "opt-out-check": "30/h/ip",
}  # beside allauth's own

SESSION_COOKIE_NAME = "homespun-session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = environ.is_secure
CSRF_COOKIE_NAME = "homespun-csrf"
CSRF_COOKIE_SECURE = environ.is_secure
CSRF_COOKIE_HTTPONLY = True  # scripts take the token from the page
CONTENT_SECURITY_POLICY = POLICY
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if environ.is_secure:
    # The proxy middleware drops this header unless it comes from a proxy on this machine.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
# Whether HSTS holds for other names below ours, and in the lists of browsers, is for their owner to say, not for a guest there.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

MAIL = mail.read(environ.email_url)
HOMESPUN_MAIL_TROUBLE = MAIL.trouble  # "" or a sentence; then, as without settings, links are shown to be copied
HOMESPUN_SENDS_MAIL = bool(MAIL.host)
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starttls, MAIL.tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environ.email_from or f"homespun@{HOST}"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["homespun.core.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True  # straight from the package: nothing to collect, from source and wheel alike
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ADD_HEADERS_FUNCTION = keep_fonts
MEDIA_ROOT = DATA / "media"
TASKS = {"default": {"BACKEND": "homespun.core.jobs.tasks.LeasedBackend", "QUEUES": ["default", "imports", "listening"]}}
