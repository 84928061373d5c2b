"""api_write: the endpoints that add and delete documents; only there where a server has a token.

Writing has a thread of its own, so searches go on meanwhile.
"""

import asyncio
import dataclasses
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import searchkit
from searchkit.web import schemas
from searchkit.web.api import Id, existing
from searchkit.web.errors import Problem, library_problems
from searchkit.web.limits import Limits

__all__ = ["add_write_api"]

_SHORTEST_TOKEN = 16
_DOCUMENTS = {"type": "array", "items": schemas.NewDocument.model_json_schema()}


def add_write_api(site: FastAPI, index: searchkit.Index, limits: Limits, token: str) -> None:
    """Add the endpoints to an app. Raises ValueError for a token that is too short."""
    if len(token) < _SHORTEST_TOKEN:
        raise ValueError(f"a token has at least {_SHORTEST_TOKEN} characters, or it can be guessed")
    writer = ThreadPoolExecutor(1, thread_name_prefix="searchkit-web-writer")
    bearer = HTTPBearer(scheme_name="token", auto_error=False)

    async def check_token(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
        if not given or not hmac.compare_digest(given.credentials.strip().encode(), token.encode()):
            detail = "Writing needs the token of this server."
            raise Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})

    async def run(write: Any, value: Any) -> Any:
        # What was begun is finished, also when the client has gone.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(writer, write, value))

    # The body is read here and not by FastAPI, which would read one of any size.
    @site.post(
        "/api/documents",
        operation_id="addDocuments",
        summary="Add documents, all in one commit; one with the id of another takes its place",
        response_model=schemas.Report,
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": _DOCUMENTS}}}
        },
        dependencies=[Depends(check_token)],
    )
    async def add(request: Request) -> Response:
        documents = await _documents(request, limits.body)
        return JSONResponse(await run(add_all, documents))

    @site.delete(
        "/api/documents/{id:searchkit_id}",
        operation_id="deleteDocument",
        summary="Delete a document",
        status_code=204,
        dependencies=[Depends(check_token)],
    )
    async def delete(id: Id) -> Response:
        await run(delete_one, id)
        return Response(status_code=204)

    def add_all(documents: list[Any]) -> dict[str, Any]:
        with library_problems():
            # In this process: a server starts no others.
            return dataclasses.asdict(index.add(documents, workers=1))

    def delete_one(id: str) -> None:
        existing(index, id)
        with library_problems():
            index.delete([id])


async def _documents(request: Request, most_bytes: int) -> list[Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise Problem(413, "too-large", f"At most {most_bytes} bytes can be sent at once.")
    try:
        documents = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "invalid-json", "The body is not JSON.") from None
    if not isinstance(documents, list):
        raise Problem(400, "invalid-json", "The body is a JSON array of documents.")
    return documents
