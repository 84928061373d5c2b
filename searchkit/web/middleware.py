"""middleware: what is around the app: who is answered, with which headers, and how answers end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchkit.web.errors import MEDIA_TYPE, Problem


def content_policy(*images: str) -> str:
    """What a page may load: its own files; and pictures from these origins or schemes."""
    origins = " ".join(["'self'", *images])
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {origins}; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


_SECURITY_HEADERS = {  # what every answer forbids a browser to do
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_HOST_NAME = re.compile(r"\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}|\[[0-9A-Fa-f:.]+\]")
_MOST_THROWN_AWAY = 64_000_000
_LONGEST_FAREWELL = 15  # seconds


class SecurityHeaders:
    """Adds the headers to every answer, errors and files included.

    ``images`` are the origins that a page may load pictures from, beside its own.
    """

    def __init__(self, app: ASGIApp, images: Iterable[str] = ()) -> None:
        self._app = app
        self._headers = {**_SECURITY_HEADERS, "Content-Security-Policy": content_policy(*images)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**self._headers, "Cache-Control": "no-cache"}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class KnownHosts:
    """Answers only requests for one of these host names: `search.example.org`, `*.example.org`, `*`.

    A page elsewhere whose name points here could read the index with the browser of whoever visits it.
    Nobody can point an address elsewhere, so with ``addresses`` those are answered as well. A request without
    ``Host`` (HTTP/1.0) comes from no browser. Raises ValueError for what is no host name.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str], *, addresses: bool = False) -> None:
        self._app = app
        self._addresses = addresses
        self._names = {checked_host(name).lower().rstrip(".") for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._knows(Headers(scope=scope).get("host", "")):
            detail = "This server does not go by that name; 'searchkit serve --allow-host NAME' tells it to."
            problem = Problem(400, "unknown-host", detail)
            answer = JSONResponse(problem.to_dict(), problem.status, media_type=MEDIA_TYPE)
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _knows(self, host: str) -> bool:
        if not host:
            return True
        name = re.sub(r":[0-9]*$", "", host).lower().rstrip(".")
        if self._addresses and _ADDRESS.fullmatch(name):
            return True
        if name in self._names or "*" in self._names:
            return True
        return any(one.startswith("*.") and name.endswith(one[1:]) for one in self._names)


def checked_host(name: str) -> str:
    """The host name. Raises ValueError where it is none."""
    if not _HOST_NAME.fullmatch(name):
        raise ValueError(f"a host is a name like search.example.org, without port or path, not {name!r}")
    return name


class WholeRequest:
    """Reads what is left of a request once it is answered, and throws it away.

    A client that sends all before it reads would otherwise find the connection reset, and never see why it
    was refused. The answer is complete for one that reads at once; there is an end to what is read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        is_whole = "expect" in headers  # who asks first sends nothing after a refusal

        async def receive_some() -> Message:
            nonlocal is_whole
            message = await receive()
            is_whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def read_rest() -> None:
            read = 0
            while not is_whole and read < _MOST_THROWN_AWAY:
                read += len((await receive_some()).get("body", b""))

        async def send_after_all(message: Message) -> None:
            is_end = message["type"] == "http.response.body" and not message.get("more_body", False)
            if is_end and not is_whole:
                await send({**message, "more_body": True})
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(read_rest(), _LONGEST_FAREWELL)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, receive_some, send_after_all)


class UntilTheEnd:
    """Answers whoever is still waiting when the server has no more time to end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except asyncio.CancelledError:
            if has_begun or scope["type"] != "http":
                raise
            detail = "This server is ending. What was to be written is there as a whole or not at all."
            problem = Problem(503, "ending", detail, headers={"Retry-After": "5"})
            answer = JSONResponse(problem.to_dict(), 503, problem.headers, MEDIA_TYPE)
            await answer(scope, receive, send)
