"""server: the app -> a socket, served by uvicorn until Ctrl-C."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from searchkit.web.connections import Connections, Listener, Network
from searchkit.web.limits import Limits
from searchkit.web.middleware import KnownHosts, UntilTheEnd

_SECONDS_TO_END = 5


class Server:
    """Listens from the moment it is made; `run` answers.

    Requests are answered that name this machine (by address, as localhost, by its own name) or one of
    ``hosts``. ``proxies`` are the addresses and networks of trusted proxies: who their client is, they say in
    ``X-Forwarded-For``. Of the ``limits``, those of connections matter here. Raises ValueError for hosts and
    proxies that are none.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        *,
        hosts: Iterable[str] = (),
        proxies: Iterable[str] = (),
        limits: Limits | None = None,
    ) -> None:
        trusted = [_network(proxy) for proxy in proxies]
        name = f"[{host}]" if ":" in host else host
        own = socket.gethostname()
        names = ["localhost", *(one for one in (name, own, f"{own}.local") if one)]
        served = UntilTheEnd(KnownHosts(app, [*hosts, *names], addresses=True))
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = Listener(socket.create_server((host, port), family=family))
        # Connections inherit it; asyncio sets it only on sockets of its own. Without, answers wait 40 ms.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address, bound_port = self._socket.getsockname()[:2]
        self.local = ipaddress.ip_address(address).is_loopback
        self.url = f"http://{name}:{bound_port}/"
        connections = Connections(limits or Limits(), trusted)
        self._server = _Uvicorn(
            uvicorn.Config(
                served,
                http=cast(Any, connections.protocol),
                ws="none",
                loop="asyncio",  # whose way to accept connections is known
                log_config=None,
                log_level="error",  # warnings are about clients, and come as often as these like
                access_log=False,
                server_header=False,
                # From anybody else, or anybody could say to be somebody else.
                proxy_headers=bool(trusted),
                forwarded_allow_ips=[str(network) for network in trusted],
                timeout_keep_alive=20,
                timeout_graceful_shutdown=_SECONDS_TO_END,
                callback_notify=connections.end_late_ones,
                timeout_notify=0,  # each second
                lifespan="off",
            )
        )

    def run(self) -> None:
        """Answer requests until the process is told to end."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """Let `run`, in another thread, come to its end."""
        self._server.should_exit = True


class _Uvicorn(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        # The process ends with this. Whose time is over has been told so, and has something to say.
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=1)


def _network(proxy: str) -> Network:
    try:
        return ipaddress.ip_network(proxy, strict=False)
    except ValueError:
        raise ValueError(f"a proxy is an address or a network like 10.0.0.0/8, not {proxy!r}") from None
