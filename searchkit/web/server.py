"""server: the app -> a socket, served by uvicorn until Ctrl-C."""

from __future__ import annotations

import ipaddress
import socket

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

# The middleware looks at what comes before the first colon, which of [::1]:80 is the bracket.
_LOCAL = ("localhost", "127.0.0.1", "[::1]", "[")


class Server:
    """Listens from the moment it is made; `run` answers.

    On loopback only requests that name this machine are answered: a page elsewhere whose name points here
    could read the index with the browser of whoever visits it.
    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        # Connections inherit it; asyncio sets it only on sockets of its own. Without, answers wait 40 ms.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = f"[{host}]" if ":" in host else host
        address, bound_port = self._socket.getsockname()[:2]
        self.local = ipaddress.ip_address(address).is_loopback
        self.url = f"http://{name}:{bound_port}/"
        served = TrustedHostMiddleware(app, [*_LOCAL, name], www_redirect=False) if self.local else app
        self._server = uvicorn.Server(
            uvicorn.Config(
                served,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # or anybody could say to be somebody else
                timeout_keep_alive=20,
                timeout_graceful_shutdown=5,
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
