"""What holds for every answer."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from homespun.core.security.middleware import ProxyMiddleware

CHECK = (
    "import django; django.setup(); from django.core.management import call_command; call_command('check', deploy=True, fail_level='INFO')"
)
COOKIES = (
    "from django.conf import settings as s; "
    "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, "
    "s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.SECURE_PROXY_SSL_HEADER)"
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/nowhere/", "/healthz"])
def test_every_answer_carries_the_policy_and_the_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "media-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert {name: headers.get(name) for name in wanted} == wanted
    assert re.fullmatch(r"([a-z-]+=\(\)(, )?)+", headers["Permissions-Policy"])


@pytest.mark.django_db
def test_form_from_elsewhere_is_turned_away() -> None:
    assert Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "x", "password": "y"}).status_code == 403


def in_a_house(tmp_path: Path, url: str, code: str) -> subprocess.CompletedProcess[str]:
    secret = tmp_path / "secrets" / "django-key"
    secret.parent.mkdir()
    secret.write_text("".join(chr(97 + number % 26) + str(number) for number in range(40)))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOMESPUN_", "DJANGO_"))}
    environment = kept | {"HOMESPUN_URL": url, "HOMESPUN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "homespun.config.settings"}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)


def test_deploy_check_finds_nothing_behind_https(tmp_path: Path) -> None:
    done = in_a_house(tmp_path, "https://stories.loaf.example", CHECK)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (2 silenced).\n"), done.stderr


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("https://stories.loaf.example", "True True True True Lax True 31536000 ('HTTP_X_FORWARDED_PROTO', 'https')"),
        ("http://127.0.0.1:8000", "False False True True Lax False 0 None"),
    ],
)
def test_address_of_the_house_decides_over_cookies_and_https(tmp_path: Path, url: str, settings: str) -> None:
    assert in_a_house(tmp_path, url, COOKIES).stdout.strip() == settings


def seen_from(settings: Settings, url: str, caller: str, **headers: str) -> tuple[str, bool]:
    """The visitor's address as the house sees it, and whether it takes the line for https."""
    seen: list[tuple[str, bool]] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append((request.META["REMOTE_ADDR"], request.is_secure()))
        return HttpResponse()

    settings.HOMESPUN_URL = url
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ProxyMiddleware(answer)(RequestFactory().get("/", REMOTE_ADDR=caller, headers=headers))
    return seen[0]


HTTPS, HTTP = "https://stories.loaf.example", "http://127.0.0.1:8000"
FORWARDED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("url", "caller", "headers", "seen"),
    [
        (HTTPS, "127.0.0.1", FORWARDED, ("198.51.100.7", True)),
        (HTTPS, "::1", FORWARDED, ("198.51.100.7", True)),
        (HTTPS, "", FORWARDED, ("198.51.100.7", True)),
        (HTTPS, "127.0.0.1", {"X-Forwarded-For": "made up"}, ("127.0.0.1", False)),
        (HTTPS, "192.0.2.1", FORWARDED, ("192.0.2.1", False)),
        (HTTP, "127.0.0.1", FORWARDED, ("127.0.0.1", False)),
        (HTTP, "192.0.2.1", FORWARDED, ("192.0.2.1", False)),
    ],
)
def test_proxy_is_believed_on_this_machine_and_behind_https_only(
    settings: Settings, url: str, caller: str, headers: dict[str, str], seen: tuple[str, bool]
) -> None:
    assert seen_from(settings, url, caller, **headers) == seen
