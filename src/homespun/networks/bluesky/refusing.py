"""What servers of this network say when they refuse: XRPC's and OAuth's errors, in words."""

import msgspec

from homespun import http
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError
from homespun.networks.said import said as _

NONCE = "use_dpop_nonce"


class Why(msgspec.Struct):
    """`message` is XRPC's, `error_description` OAuth's."""

    error: str = ""
    message: str = ""
    error_description: str = ""


class Refusal(NetworkError):
    """`error` is the server's own name for its reason, `status` HTTP's, `retry_after` the seconds that it wishes to be left alone."""

    def __init__(self, server: str, error: http.NetworkError) -> None:
        why = tolerant.read(Why, error.answer.body) if error.answer else Why()
        words = why.message or why.error_description or why.error or error.sentence
        super().__init__(_("%(server)s: %(why)s", server=server, why=words[:300]), permanent=error.permanent)
        self.server, self.error, self.status, self.retry_after = server, why.error, error.status, error.retry_after
        self.nonce = str(error.answer.headers.get("dpop-nonce", "")) if error.answer else ""
