"""Connections are judged by what their client has taken, on real sockets."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from homespun.config.connections import SlowReaders, close_connection
from homespun.config.request_bodies import Limits

MUCH = 8 << 20  # bytes, more than two sockets hold


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def listener(stack: ExitStack) -> socket.socket:
    return stack.enter_context(socket.create_server(("127.0.0.1", 0)))


def connected(stack: ExitStack, listener: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Both ends: the server's and the client's."""
    client = stack.enter_context(closing(socket.create_connection(listener.getsockname())))
    client.settimeout(20)
    server = stack.enter_context(closing(listener.accept()[0]))
    server.setblocking(False)
    return server, client


def read(client: socket.socket, size: int) -> None:
    while size > 0:
        size -= len(client.recv(min(size, 1 << 16)))


def is_reset(server: socket.socket) -> bool:
    try:
        return bool(server.send(b"x") and False)
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_client_that_takes_nothing_is_reset_at_the_second_look(stack: ExitStack, listener: socket.socket) -> None:
    server, _client = connected(stack, listener)
    server.send(b"x" * MUCH)
    readers = SlowReaders(Limits(patience=1, rate=1000))
    readers.look()
    assert not is_reset(server)
    readers.look()
    assert is_reset(server)


def test_client_that_reads_is_left_alone(stack: ExitStack, listener: socket.socket) -> None:
    server, client = connected(stack, listener)
    sent = server.send(b"x" * MUCH)
    readers = SlowReaders(Limits(patience=1, rate=1000))
    readers.look()
    read(client, sent)
    server.send(b"x" * MUCH)
    readers.look()
    assert not is_reset(server)


def test_client_that_has_everything_may_be_idle(stack: ExitStack, listener: socket.socket) -> None:
    server, client = connected(stack, listener)
    read(client, server.send(b"x" * 1000))
    readers = SlowReaders(Limits(patience=1, rate=1000))
    readers.look()
    readers.look()
    assert not is_reset(server)


def test_connections_that_the_process_makes_are_left_alone(stack: ExitStack, listener: socket.socket) -> None:
    _server, client = connected(stack, listener)
    listener.close()
    client.setblocking(False)
    client.send(b"x" * MUCH)
    readers = SlowReaders(Limits(patience=1, rate=1000))
    readers.look()
    readers.look()
    assert not is_reset(client)


def test_only_the_connection_of_the_request_is_closed(stack: ExitStack, listener: socket.socket) -> None:
    (one, first), (other, _second) = connected(stack, listener), connected(stack, listener)
    host, port = first.getsockname()
    close_connection({"client": (host, str(port))})
    assert [is_reset(one), is_reset(other)] == [True, False]
