"""Who an account is and which server holds its repository: handle -> DID -> DID document -> PDS, as the network's identity rules say.

A handle counts only where the DID's own document names it, too (https://atproto.com/specs/handle). What was found is kept for a while,
documents for all processes.
"""

import time
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import msgspec

from homespun.networks import tolerant
from homespun.networks.bluesky.asking import Asker, Unanswered
from homespun.networks.bluesky.identity import DID, HANDLE
from homespun.networks.errors import NetworkError
from homespun.networks.said import said as _

KEPT_SECONDS = 3600.0
SMALL = 256 << 10


class Service(msgspec.Struct):
    id: str = ""
    serviceEndpoint: str = ""


class Document(msgspec.Struct):
    """A DID document, as far as it is needed."""

    id: str = ""
    alsoKnownAs: list[str] = []
    service: list[Service] = []

    @property
    def handle(self) -> str:
        return next((each[5:].lower() for each in self.alsoKnownAs if each.startswith("at://") and HANDLE.match(each[5:])), "")

    @property
    def pds(self) -> str:
        found = next((each.serviceEndpoint for each in self.service if each.id.endswith("#atproto_pds")), "")
        address = urlsplit(found)
        return f"{address.scheme}://{address.netloc}" if address.scheme in ("https", "http") and address.netloc else ""


class Resolved(msgspec.Struct):
    did: str = ""


@dataclass
class Directory:
    """Asks the directory of did:plc, hosts of did:web, and the app view for handles."""

    asker: Asker
    plc: str
    appview: str
    documents: dict[str, tuple[float, Document]] = field(default_factory=dict)
    handles: dict[str, tuple[float, str]] = field(default_factory=dict)

    def did(self, who: str) -> str:
        """The DID of a DID or handle. Raises `NetworkError`."""
        who = who.removeprefix("@")
        if DID.match(who):
            return who
        handle = who.lower()
        if not HANDLE.match(handle):
            raise NetworkError(_("“%(handle)s” is no name that a Bluesky account can have.", handle=handle[:100]))
        known = self.handles.get(handle)
        if known and time.monotonic() - known[0] < KEPT_SECONDS:
            return known[1]
        did = self._resolved(handle)
        self.handles[handle] = (time.monotonic(), did)
        return did

    def _resolved(self, handle: str) -> str:
        try:
            did = self.asker.query(self.appview, "com.atproto.identity.resolveHandle", Resolved, handle=handle).did
        except Unanswered as error:
            if not error.refused:
                raise
            did = self._from_its_host(handle)
        if not DID.match(did) or self.document(did).handle != handle:
            raise NetworkError(_("There is no Bluesky account @%(handle)s.", handle=handle))
        return did

    def _from_its_host(self, handle: str) -> str:
        try:
            return self.asker.get(f"https://{handle}/.well-known/atproto-did", ("text/plain",), SMALL).decode("ascii", "replace").strip()
        except Unanswered:
            return ""

    def document(self, did: str) -> Document:
        """Raises `NetworkError`."""
        known = self.documents.get(did)
        if known and time.monotonic() - known[0] < KEPT_SECONDS:
            return known[1]
        found = tolerant.read(Document, self.asker.get(self._address(did), cap=SMALL, keep=KEPT_SECONDS))
        if found.id != did:
            raise NetworkError(_("The record of %(did)s speaks of another account, so it was left aside.", did=did))
        self.documents[did] = (time.monotonic(), found)
        return found

    def _address(self, did: str) -> str:
        if did.startswith("did:web:"):
            return f"https://{unquote(did.removeprefix('did:web:'))}/.well-known/did.json"
        return f"{self.plc}/{did}"

    def host(self, did: str) -> str:
        """Of that server. Raises `NetworkError`."""
        return self.pds(did).partition("://")[2]

    def pds(self, did: str) -> str:
        """The server of its repository. Raises `NetworkError`."""
        found = self.document(did).pds
        if not found:
            raise NetworkError(_("%(did)s has no server any more.", did=did))
        return found
