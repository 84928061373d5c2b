"""connections: what clients do with their connections -> how many there are, and how long they may take.

uvicorn waits for ever for the head of a request, its body, or somebody who reads the answer. Here each of
these ends, and when there are as many connections as there may be, one that says nothing makes room.
"""

from __future__ import annotations

import asyncio
import enum
import errno
import ipaddress
import logging
import os
import socket
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from searchkit.web.limits import Limits, client_of

_LOG = logging.getLogger("searchkit.web")
_SLOWEST = 10_000  # bytes a second of a body; slower ones are given up
_KEPT_DESCRIPTORS = 100  # for the index, the program, and whoever asks for one more
_SECONDS_BETWEEN_WARNINGS = 60
_OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE)
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 22\r\n"
    b"Retry-After: 1\r\nConnection: close\r\n\r\nToo many connections.\n"
)

Network = IPv4Network | IPv6Network


class _Phase(enum.Enum):
    """What a connection waits for."""

    HEAD = "the head of a request"
    BODY = "the rest of a body"
    WORK = "the answer"
    READER = "a client that reads its answer"
    NEXT = "another request; uvicorn ends that"
    END = "a client that reads the end of its answer"


class Connection(H11Protocol):
    """A connection of uvicorn that knows since when it waits, and for what."""

    def __init__(self, connections: Connections, **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._all = connections
        self._phase = _Phase.HEAD
        self._since = time.monotonic()
        self._received = 0

    @property
    def since(self) -> float:
        """Since when it waits for what it waits for."""
        return self._since

    @property
    def is_silent(self) -> bool:
        """Is there no request on its way?"""
        return self._phase in (_Phase.HEAD, _Phase.NEXT)

    def look(self) -> _Phase:
        """What it waits for now."""
        phase = self._phase_now()
        if phase is not self._phase:
            self._phase, self._since, self._received = phase, time.monotonic(), 0
        return phase

    def _phase_now(self) -> _Phase:
        if self.transport.is_closing():
            return _Phase.END
        if self.flow.write_paused:
            return _Phase.READER
        if self.conn.their_state is h11.SEND_BODY:
            return _Phase.BODY
        if self.conn.their_state is not h11.IDLE:
            return _Phase.WORK
        return _Phase.HEAD if self.timeout_keep_alive_task is None else _Phase.NEXT

    def end_if_late(self, now: float, patience: float) -> None:
        """Close the connection if its client has taken too long."""
        phase = self.look()
        if phase is _Phase.BODY and not self.cycle.response_complete:
            patience += self._received / _SLOWEST
        if phase in (_Phase.WORK, _Phase.NEXT) or now - self._since < patience:
            return
        if phase in (_Phase.READER, _Phase.END):
            self.transport.abort()  # nobody reads what is still to be sent
        else:
            self.transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if not self._all.admit(self):
            transport.write(_BUSY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._all.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.look()
        self._received += len(data)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.look()

    def send_400_response(self, msg: str) -> None:
        if self.cycle is not None:
            self.cycle.disconnected = True  # whoever works on a request that turned out wrong says no more
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:  # an answer has begun
            self.transport.close()


class Connections:
    """The connections of a server: not too many, not too many of one client, none that waits for ever."""

    def __init__(self, limits: Limits, proxies: Iterable[Network] = ()) -> None:
        self._patience = limits.patience
        self._most = min(limits.connections, _descriptors())
        self._most_of_client = limits.connections_per_client
        self._proxies = tuple(proxies)
        self._open: dict[Connection, str] = {}
        self._warn = SeldomWarning()

    def protocol(self, **of_uvicorn: Any) -> Connection:
        """A new connection; uvicorn calls this as if it were a class."""
        return Connection(self, **of_uvicorn)

    def admit(self, connection: Connection) -> bool:
        """Count the connection in, perhaps in the place of one that says nothing. False where there is none.

        The one that is closed has been silent for longest: whoever has just come had no time to speak.
        """
        client = client_of(connection.client[0] if connection.client else "")
        of_client = [one for one, name in self._open.items() if name == client]
        if len(of_client) >= self._most_of_client and not self._is_proxy(connection):
            crowd: Collection[Connection] = of_client
        elif len(self._open) >= self._most:
            self._warn("there are %d connections, which is the most; silent ones are closed", self._most)
            crowd = self._open
        else:
            self._open[connection] = client
            return True
        oldest = min((one for one in crowd if one.is_silent), key=lambda one: one.since, default=None)
        if oldest is None:
            return False
        self.forget(oldest)
        oldest.transport.close()
        self._open[connection] = client
        return True

    def forget(self, connection: Connection) -> None:
        """The connection is gone."""
        self._open.pop(connection, None)

    async def end_late_ones(self) -> None:
        """Close the connections whose clients have taken too long."""
        now = time.monotonic()
        for connection in tuple(self._open):
            connection.end_if_late(now, self._patience)

    def _is_proxy(self, connection: Connection) -> bool:
        if not self._proxies or not connection.client:
            return False
        address = ipaddress.ip_address(connection.client[0])
        return any(address in network for network in self._proxies)


class Listener(socket.socket):
    """A listening socket that refuses connections when the process is out of file descriptors.

    asyncio would find them waiting again and again, and log that 2,000 times a second. A spare descriptor is
    given up for a moment instead, to take the next one off the queue.
    """

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(fileno=listening.detach())
        self._spare: int | None = os.open(os.devnull, os.O_RDONLY)
        self._warn = SeldomWarning()

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection. Raises ConnectionAbortedError where there is no descriptor for it."""
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in _OUT_OF_DESCRIPTORS:
                raise
        self._warn("out of file descriptors: connections are refused (ulimit -n is too low)")
        self._refuse()
        raise ConnectionAbortedError  # after which asyncio looks again

    def close(self) -> None:
        """Close both."""
        self._release()
        super().close()

    def _refuse(self) -> None:
        self._release()
        try:
            super().accept()[0].close()
        except OSError as error:
            if error.errno not in _OUT_OF_DESCRIPTORS:
                raise
            time.sleep(0.01)  # another thread has taken the spare one: let it get on
        finally:
            with suppress(OSError):
                self._spare = os.open(os.devnull, os.O_RDONLY)

    def _release(self) -> None:
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None


class SeldomWarning:
    """A warning for the log that comes once a minute, however often there is cause for it."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, message: str, *values: object) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _SECONDS_BETWEEN_WARNINGS
            _LOG.warning(message, *values)


def _descriptors() -> int:
    """How many connections the process has file descriptors for."""
    try:
        import resource
    except ImportError:  # Windows, where sockets are none
        return 1_000_000
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return 1_000_000
    return max(soft - _KEPT_DESCRIPTORS, soft // 2)
