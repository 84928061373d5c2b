"""writing: documents that are sent to a server that takes them -> the index.

Only mounted where there is a token. Writing has a thread of its own, so searches go on meanwhile.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import searchkit
from searchkit.web.api import existing
from searchkit.web.limits import Limits
from searchkit.web.problems import Problem, library_problems

__all__ = ["Writing"]

_SHORTEST_TOKEN = 16


class Writing:
    """The answers of the part that writes."""

    def __init__(self, index: searchkit.Index, limits: Limits, token: str) -> None:
        if len(token) < _SHORTEST_TOKEN:
            raise ValueError(f"a token has at least {_SHORTEST_TOKEN} characters, or it can be guessed")
        self._index = index
        self._limits = limits
        self._token = token.encode()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="searchkit-web-writer")

    async def add(self, request: Request) -> Response:
        """POST /api/documents: a JSON array, in one commit."""
        self._check_token(request)
        documents = await self._documents(request)
        report = await self._run(self._add, documents)
        return JSONResponse(report)

    async def delete(self, request: Request) -> Response:
        """DELETE /api/documents/{id}"""
        self._check_token(request)
        await self._run(self._delete, request.path_params["id"])
        return Response(status_code=204)

    def _add(self, documents: list[Any]) -> dict[str, Any]:
        with library_problems():
            # In this process: a server makes no others.
            return dataclasses.asdict(self._index.add(documents, workers=1))

    def _delete(self, id: str) -> None:
        existing(self._index, id)
        with library_problems():
            self._index.delete([id])

    def _check_token(self, request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._token):
            detail = "Writing needs the token of this server."
            raise Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})

    async def _documents(self, request: Request) -> list[Any]:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._limits.body:
                raise Problem(413, "too-large", f"At most {self._limits.body} bytes can be sent at once.")
        try:
            documents = json.loads(body)
        except (ValueError, RecursionError):
            raise Problem(400, "invalid-json", "The body is not JSON.") from None
        if not isinstance(documents, list):
            raise Problem(400, "invalid-json", "The body is a JSON array of documents.")
        return documents

    async def _run(self, write: Any, value: Any) -> Any:
        # What was begun is finished, also when whoever asked for it has gone.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._writer, write, value))
