"""The public address decides what has to be safe."""

import json

from tests.config.conftest import Homespun

ASK = """
import json
from django.conf import settings
names = ["ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
names += ["SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def settings_of(homespun: Homespun) -> dict[str, object]:
    done = homespun("shell", "--no-imports", "-c", ASK)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_public_address_makes_everything_safe(settled: Homespun) -> None:
    settled.settings["HOMESPUN_URL"] = "https://stories.example.org"
    found = settings_of(settled)
    assert found["ALLOWED_HOSTS"] == ["stories.example.org", "127.0.0.1", "localhost", "[::1]"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://stories.example.org"]
    assert (found["SESSION_COOKIE_SECURE"], found["CSRF_COOKIE_SECURE"], found["SECURE_SSL_REDIRECT"]) == (True, True, True)
    assert found["SECURE_HSTS_SECONDS"] == 31536000


def test_plain_http_works_on_this_machine(settled: Homespun) -> None:
    found = settings_of(settled)
    assert (found["SESSION_COOKIE_SECURE"], found["SECURE_SSL_REDIRECT"], found["SECURE_HSTS_SECONDS"]) == (False, False, 0)


def test_djangos_deploy_check_finds_nothing_at_a_public_address(settled: Homespun) -> None:
    settled.settings["HOMESPUN_URL"] = "https://stories.example.org"
    done = settled("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_doctor_says_that_an_address_is_not_encrypted(settled: Homespun) -> None:
    settled.settings["HOMESPUN_URL"] = "http://stories.example.org"
    findings = {finding["name"]: finding for finding in json.loads(settled("doctor", "--json").stdout)["findings"]}
    assert findings["address"]["state"] == "broken"
    assert "HOMESPUN_URL" in findings["address"]["todo"]
