"""Resets connections whose client does not read what it is sent.

ASGI says when the server has accepted a piece of an answer, not when the client has it, and knows no way to end a connection. So this looks
at the sockets themselves, which it finds among the open files of the process.
"""

import asyncio
import fcntl
import os
import socket
import stat
import struct
import termios
from collections.abc import Iterator
from contextlib import suppress

from homespun.config.request_bodies import Limits
from homespun.core.live.stream import Scope

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: what was not sent is dropped
BYTES_ACKED = 120  # where it is in Linux's `struct tcp_info`, from Linux 4.1 on

Client = tuple[str, int]


def close_connection(scope: Scope) -> None:
    """Reset the connection of this request. Otherwise it stays, with all that is unsent, as long as the client likes."""
    host, port = scope.get("client") or ("", 0)
    for connection in open_sockets():
        if client_of(connection) == (host, int(port)):
            reset(connection)


class SlowReaders:
    """Resets connections on which unsent bytes wait, and whose client takes less than `rate` bytes a second."""

    def __init__(self, limits: Limits) -> None:
        self.patience = limits.patience
        self.least = limits.rate * limits.patience  # bytes between two looks
        self.waiting: dict[Client, int] = {}  # bytes that the client had taken at the last look

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(self.patience)
            self.look()

    def look(self) -> None:
        waiting = {}
        ports = {connection.getsockname()[1] for connection in open_sockets() if is_listening(connection)}
        for connection in open_sockets():
            client = client_of(connection)
            if client and connection.getsockname()[1] in ports and has_unsent(connection):
                taken = waiting[client] = bytes_taken(connection)
                if taken - self.waiting.get(client, -self.least) < self.least:
                    reset(connection)
        self.waiting = waiting


def open_sockets() -> Iterator[socket.socket]:
    """Each socket of this process, under another number, which is closed again after use."""
    for descriptor in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # of those that are closed meanwhile
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as connection:
                    yield connection


def client_of(connection: socket.socket) -> Client | None:
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    try:
        host, port = connection.getpeername()[:2]
    except OSError:  # it listens, or is closed
        return None
    return str(host), int(port)


def is_listening(connection: socket.socket) -> bool:
    is_of_the_internet = connection.family in (socket.AF_INET, socket.AF_INET6)
    return is_of_the_internet and bool(connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def has_unsent(connection: socket.socket) -> bool:
    """Whether the kernel holds bytes that the client has not acknowledged."""
    (held,) = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))
    return bool(held)


def bytes_taken(connection: socket.socket) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, BYTES_ACKED + 8)
    (acked,) = struct.unpack_from("Q", info, BYTES_ACKED)
    return int(acked)


def reset(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)
