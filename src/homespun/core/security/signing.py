"""Questions signed as this house's own, for servers of the fediverse that answer nobody whom they do not know.

draft-cavage-http-signatures-12, as all of them read it: RSA with SHA-256 over the target, the host and the date. The key is made when it
is first needed and lies beside the others; where it is lost another takes its place, and servers fetch that one.
"""

import base64
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

from homespun.core.security import keys

KEY = "secrets/actor-key"
ACTOR, MAIN = "/actor", "#main-key"
SIGNED = ("(request-target)", "host", "date")
BITS = 2048
PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".test", ".invalid")


def actor() -> str:
    """The uri under which this house asks."""
    return f"{settings.HOMESPUN_URL.rstrip('/')}{ACTOR}"


def private_url() -> str:
    """The address of this site, where it is local or private, so that other servers can't read its actor; else ""."""
    host = urlsplit(settings.HOMESPUN_URL).hostname or ""
    try:
        is_private = not ip_address(host).is_global
    except ValueError:
        is_private = "." not in host or host.endswith(PRIVATE_ENDINGS)
    return settings.HOMESPUN_URL if is_private else ""


def signed(url: str) -> dict[str, str]:
    """Headers that sign a GET of this url."""
    asked, date = httpx.URL(url), format_datetime(datetime.now(UTC), usegmt=True)
    told = {"(request-target)": f"get {asked.raw_path.decode()}", "host": asked.netloc.decode(), "date": date}
    words = "\n".join(f"{name}: {told[name]}" for name in SIGNED)
    made = base64.b64encode(_key(keys.place(KEY)).sign(words.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    said = {"keyId": f"{actor()}{MAIN}", "algorithm": "rsa-sha256", "headers": " ".join(SIGNED), "signature": made}
    return {"date": date, "signature": ",".join(f'{name}="{value}"' for name, value in said.items())}


def public_key() -> str:
    """As PEM."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return _key(keys.place(KEY)).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@lru_cache(maxsize=2)
def _key(path: Path) -> rsa.RSAPrivateKey:
    keys.make(path, _drawn)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _drawn() -> bytes:
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return rsa.generate_private_key(65537, BITS).private_bytes(kind, form, serialization.NoEncryption())
