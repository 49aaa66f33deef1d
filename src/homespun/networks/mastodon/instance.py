"""What a Mastodon-compatible server says of itself: what it is, and what may be posted there."""

import re
from typing import Any

import msgspec

from homespun.networks import tolerant
from homespun.networks.errors import NetworkError
from homespun.networks.mastodon.server import Refusal, Server
from homespun.networks.said import said as _

COMPATIBLE = re.compile(r"compatible;\s*([\w.-]+)")
QUOTES = 7  # version of the API in which statuses can quote: Mastodon 4.5


class Statuses(msgspec.Struct):
    max_characters: int = 0
    max_media_attachments: int = 0
    characters_reserved_per_url: int = 0


class Attachments(msgspec.Struct):
    image_size_limit: int = 0
    description_limit: int = 0


class Configuration(msgspec.Struct):
    statuses: Statuses = msgspec.field(default_factory=Statuses)
    media_attachments: Attachments = msgspec.field(default_factory=Attachments)


class Versions(msgspec.Struct):
    mastodon: int = 0


class Metadata(msgspec.Struct):
    features: list[str] = []


class Pleroma(msgspec.Struct):
    metadata: Metadata = msgspec.field(default_factory=Metadata)


class Instance(msgspec.Struct):
    """Of /api/v2/instance and /api/v1/instance, which most servers still have."""

    domain: str = ""
    uri: str = ""
    title: str = ""
    version: str = ""
    source_url: str = ""
    configuration: Configuration = msgspec.field(default_factory=Configuration)
    api_versions: Versions = msgspec.field(default_factory=Versions)
    max_toot_chars: int = 0  # this and the next three: Pleroma, Akkoma and forks
    max_media_attachments: int = 0
    description_limit: int = 0
    upload_limit: int = 0
    pleroma: Pleroma | None = None


class Rules(msgspec.Struct, frozen=True):
    """What may be posted on a server, as it is kept with a connection."""

    longest: int = 500
    pictures: int = 4
    url: int = 23  # what a link counts as
    image_bytes: int = 16 << 20
    alt: int = 1500
    quotes: str = ""  # by which field it takes what is quoted; "" where it cannot
    title: str = ""
    version: str = ""
    software: str = ""  # its name in small letters, as NodeInfo gives it; "" where the server doesn't say


class Software(msgspec.Struct):
    name: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()[:100]


class NodeInfo(msgspec.Struct):
    software: Software = msgspec.field(default_factory=Software)


def rules(server: Server) -> Rules:
    """Raises `NetworkError` with a sentence where there is no such server."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            found = server.read(Instance, path)
        except Refusal as error:
            if not error.permanent or not error.status:
                raise
            continue
        if found.version and (found.domain or found.uri):
            return rules_of(found, software_of(server).name or software_named(found))
    if software := str(software_of(server)):
        raise NetworkError(_("%(server)s runs %(software)s, which cannot be spoken with here.", server=server.name, software=software))
    raise NetworkError(_("%(server)s is no server that Homespun can speak with: it has no interface as Mastodon's.", server=server.name))


def rules_of(found: Instance, software: str = "") -> Rules:
    features = found.pleroma.metadata.features if found.pleroma else ()
    told, plain, media = found.configuration.statuses, Rules(), found.configuration.media_attachments
    field = "quoted_status_id" if found.api_versions.mastodon >= QUOTES else ""
    return Rules(
        longest=told.max_characters or found.max_toot_chars or plain.longest,
        pictures=told.max_media_attachments or found.max_media_attachments or plain.pictures,
        url=told.characters_reserved_per_url or plain.url,
        image_bytes=media.image_size_limit or found.upload_limit or plain.image_bytes,
        alt=media.description_limit or found.description_limit or plain.alt,
        quotes=field or ("quote_id" if "quote_posting" in features else ""),
        title=found.title[:200],
        version=found.version[:100],
        software=software.casefold()[:100],
    )


def software_named(found: Instance) -> str:
    """What the instance API gives away: "2.7.2 (compatible; Pleroma 2.6.0)", or where its source is."""
    if match := COMPATIBLE.search(found.version):
        return match[1]
    return next((name for name in ("mastodon", "gotosocial") if found.source_url.casefold().rstrip("/").endswith(f"/{name}")), "")


def software_of(server: Server) -> Software:
    """By the server's NodeInfo; empty where it has none."""
    try:
        index = tolerant.loosely(server.get("/.well-known/nodeinfo"))
        path = document(index, server.address)
        told = server.read(NodeInfo, path) if path else NodeInfo()
    except NetworkError:
        return Software()
    return told.software


def document(index: Any, address: str) -> str:
    """The path of the newest document on this very server."""
    links = index.get("links") if isinstance(index, dict) else None
    hrefs = [each.get("href") for each in links or () if isinstance(each, dict)]
    found = [each for each in hrefs if isinstance(each, str) and each.startswith(f"{address}/")]
    return found[-1].removeprefix(address) if found else ""
