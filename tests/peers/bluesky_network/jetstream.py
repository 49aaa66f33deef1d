"""A Jetstream double: reads the event stream of one personal data server and serves it as Jetstream does, as JSON.

/subscribe                                         events behind a cursor (microseconds), of wanted collections and DIDs
/control/health                                    counters
/control/wait?seq=N&timeout=S                      answers once the server's event N has been read
/control/drop                                      closes every subscriber's connection

All events are kept in memory, so a cursor reaches back to the first one.
"""

import argparse
import asyncio
import base64
import json
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import libipld
import websockets
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

Raw = dict[str, Any]


def event_json(value: Any) -> Any:
    """What DAG-CBOR holds, as JSON of the network. Links come as their 36 bytes."""
    if isinstance(value, dict):
        return {key: event_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [event_json(item) for item in value]
    if isinstance(value, bytes):
        if len(value) == 36 and value[:4] in (b"\x01\x71\x12\x20", b"\x01\x55\x12\x20"):
            return {"$link": libipld.encode_cid(value)}
        return {"$bytes": base64.b64encode(value).decode().rstrip("=")}
    return value


class Log:
    """All events since the network started, and a way to wait for more."""

    def __init__(self) -> None:
        self.events: list[Raw] = []
        self.read = 0
        self.news = asyncio.Event()

    def add(self, kind: str, did: str, body: Raw) -> None:
        moment = time.time_ns() // 1000
        if self.events:
            moment = max(moment, self.events[-1]["time_us"] + 1)
        self.events.append({"did": did, "time_us": moment, "kind": kind, kind: body})

    def has_read(self, number: int) -> None:
        self.read = number
        self.news.set()
        self.news = asyncio.Event()

    async def follow(self, server: str) -> None:
        """Read the server's events for ever, from the first on."""
        while True:
            url = f"{server}/xrpc/com.atproto.sync.subscribeRepos?cursor={self.read}"
            try:
                async with websockets.connect(url, max_size=None, proxy=None) as stream:
                    async for message in stream:
                        assert isinstance(message, bytes)
                        self.take(message)
            except (OSError, websockets.WebSocketException):
                pass  # it is not there yet
            await asyncio.sleep(0.2)

    def take(self, message: bytes) -> None:
        header, body = libipld.decode_dag_cbor_multi(message)
        kind = header.get("t", "")[1:]
        if header.get("op") != 1 or body.get("seq", 0) <= self.read:
            return
        if kind == "commit":
            self.take_commit(body)
        elif kind in ("identity", "account"):
            self.add(kind, body["did"], event_json(body))
        self.has_read(body["seq"])

    def take_commit(self, body: Raw) -> None:
        blocks = libipld.decode_car(body["blocks"])[1] if body["blocks"] else {}
        for change in body["ops"]:
            collection, key = change["path"].split("/", 1)
            commit = {"rev": body["rev"], "operation": change["action"], "collection": collection, "rkey": key}
            if change["cid"] is not None:
                commit |= {"record": event_json(blocks[change["cid"]]), "cid": libipld.encode_cid(change["cid"])}
            self.add("commit", body["repo"], commit)


class Subscriber:
    def __init__(self, log: Log, query: dict[str, list[str]]) -> None:
        self.log = log
        self.dids, self.collections = frozenset(query.get("wantedDids", ())), frozenset(query.get("wantedCollections", ()))
        cursor = int(query["cursor"][0]) if "cursor" in query else None
        self.at = len(log.events) if cursor is None else sum(event["time_us"] < cursor for event in log.events)

    def wants(self, event: Raw) -> bool:
        """Collections hold back commits only, as on the real service."""
        if self.dids and event["did"] not in self.dids:
            return False
        return event["kind"] != "commit" or not self.collections or event["commit"]["collection"] in self.collections

    async def pump(self, socket: ServerConnection) -> None:
        while True:
            news = self.log.news
            while self.at < len(self.log.events):
                event = self.log.events[self.at]
                self.at += 1
                if self.wants(event):
                    await socket.send(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
            await news.wait()


class Double:
    def __init__(self, log: Log) -> None:
        self.log = log
        self.sockets: set[ServerConnection] = set()

    async def serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.sockets.add(socket)
        pump = asyncio.ensure_future(Subscriber(self.log, parse_qs(urlsplit(socket.request.path).query)).pump(socket))
        try:
            await socket.wait_closed()
        finally:
            pump.cancel()
            self.sockets.discard(socket)

    async def on_request(self, socket: ServerConnection, request: Request) -> Response | None:
        """Plain questions are answered here; None goes on to the stream."""
        url = urlsplit(request.path)
        if url.path == "/subscribe":
            return None
        asked = {name: found[0] for name, found in parse_qs(url.query).items()}
        if url.path == "/control/wait":
            return await self.waited(int(asked["seq"]), float(asked["timeout"]))
        if url.path == "/control/drop":
            for each in list(self.sockets):
                await each.close(1012, "service restart")
        elif url.path != "/control/health":
            return answer(404, {"error": "NotFound"})
        return answer(200, {"events": len(self.log.events), "read": self.log.read, "subscribers": len(self.sockets)})

    async def waited(self, number: int, seconds: float) -> Response:
        end = time.monotonic() + seconds
        while self.log.read < number:
            try:
                await asyncio.wait_for(self.log.news.wait(), max(end - time.monotonic(), 0))
            except TimeoutError:
                return answer(503, {"error": "timeout", "read": self.log.read})
        return answer(200, {"read": self.log.read})


def answer(status: int, told: Raw) -> Response:
    body = json.dumps(told).encode() + b"\n"
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status, HTTPStatus(status).phrase, headers, body)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pds", required=True)
    parser.add_argument("--port", type=int, required=True)
    told = parser.parse_args()
    log = Log()
    double = Double(log)
    async with serve(double.serve, "127.0.0.1", told.port, process_request=double.on_request, compression=None):
        await log.follow(told.pds)


if __name__ == "__main__":
    asyncio.run(main())
