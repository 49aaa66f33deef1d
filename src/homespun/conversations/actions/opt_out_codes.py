"""The code that a person publishes or sends to verify an opt-out request. It follows from the private link, so only hashes are stored."""

import base64
import hashlib
import re

from homespun.conversations.models import OptOutRequest
from homespun.core import private_links
from homespun.networks.values import Post

CODE = re.compile(r"\bOPTOUT((?:[\s\u2010-\u2015-]*[A-Z2-7]{4}){3})(?![A-Z0-9])", re.IGNORECASE)
GROUP = 4


def code_of(token: str) -> str:
    """Such as OPTOUT-ABCD-EF23-XYZ7: 60 bits."""
    letters = base64.b32encode(hashlib.sha256(f"opt-out code {token}".encode()).digest()).decode()
    return "-".join(["OPTOUT", *(letters[start : start + GROUP] for start in range(0, 3 * GROUP, GROUP))])


def code_hash(code: str) -> str:
    return private_links.digest(code)


def codes_in(text: str) -> list[str]:
    """Every code in a text, written as `code_of` writes it."""
    if "optout" not in text.lower():
        return []
    found = ("".join(re.findall("[A-Z2-7]", match[1].upper())) for match in CODE.finditer(text))
    return ["-".join(["OPTOUT", *(each[start : start + GROUP] for start in range(0, 3 * GROUP, GROUP))]) for each in found]


def requests_with_code(post: Post) -> list[OptOutRequest]:
    """Requests, of any state, whose code the post holds."""
    codes = codes_in(f"{post.warning} {post.text}")
    return list(OptOutRequest.objects.filter(code_hash__in=[code_hash(code) for code in codes])) if codes else []


def holds_code(post: Post) -> bool:
    return bool(requests_with_code(post))
