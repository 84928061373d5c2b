"""api: the endpoints, in FastAPI, which makes the OpenAPI document from them.

Without `from __future__ import annotations`: FastAPI reads annotations that are made for each app.
"""

import asyncio
import dataclasses
import hmac
import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import searchkit
from searchkit.web import schemas
from searchkit.web.errors import Problem, library_problems
from searchkit.web.limits import Limits, RequestRunner
from searchkit.web.parameters import SEARCH, SIMILAR, SUGGEST, Parameter, keywords, model_of

_SHORTEST_TOKEN = 16
_TOKEN = re.compile(r"[!-~]+")
_DOCUMENTS = {"type": "array", "items": schemas.NewDocument.model_json_schema()}

Id = Annotated[
    str,
    Path(
        description="The id of the document, percent-encoded: often its url.",
        json_schema_extra={"minLength": 1},  # documented only: an empty one is a 404 as any other
    ),
]


def add_api(site: FastAPI, index: searchkit.Index, limits: Limits, runner: RequestRunner) -> None:
    """Add the endpoints that read to an app. The name of a function is its operation in the document."""
    searched = model_of("SearchParameters", SEARCH, limits)
    compared = model_of("SimilarParameters", SIMILAR, limits)
    completed = model_of("SuggestParameters", SUGGEST, limits)

    @site.get(
        "/api/search",
        summary="Documents that match",
        response_model=schemas.Results,
        dependencies=[_names_in(SEARCH)],
    )
    async def search(request: Request, given: Annotated[searched, Query()]) -> Response:  # type: ignore[valid-type]
        options = _checked(given, limits)
        return await runner.run(request, lambda cost: _results(index.search, options, cost))

    @site.get(
        "/api/suggest",
        summary="How a query may go on",
        response_model=schemas.Suggestions,
        dependencies=[_names_in(SUGGEST)],
    )
    async def suggest(request: Request, given: Annotated[completed, Query()]) -> Response:  # type: ignore[valid-type]
        options = keywords(given)
        prefix = options.pop("query")

        def answer(_: int | None) -> Response:
            found = [dataclasses.asdict(one) for one in index.suggest(prefix, **options)]
            return JSONResponse({"prefix": prefix, "suggestions": found})

        return await runner.run(request, answer)

    @site.get(
        "/api/documents/{id:searchkit_id}",
        summary="A document",
        response_model=schemas.Document,
        dependencies=[_names_in(())],
    )
    async def document(request: Request, id: Id) -> Response:
        return await runner.run(request, lambda _: JSONResponse(existing(index, id).to_dict()))

    @site.get(
        "/api/similar/{id:searchkit_id}",
        summary="Documents about the same",
        response_model=schemas.Results,
        dependencies=[_names_in(SIMILAR)],
    )
    async def similar(request: Request, id: Id, given: Annotated[compared, Query()]) -> Response:  # type: ignore[valid-type]
        options = _checked(given, limits)

        def answer(cost: int | None) -> Response:
            return _results(index.similar, {"id": existing(index, id).id, **options}, cost)

        return await runner.run(request, answer)


def add_write_api(site: FastAPI, index: searchkit.Index, limits: Limits, token: str) -> None:
    """Add the endpoints that write to an app. Raises ValueError for a token that cannot be.

    Writing has a thread of its own, so searches go on meanwhile.
    """
    if len(token) < _SHORTEST_TOKEN:
        raise ValueError(f"a token has at least {_SHORTEST_TOKEN} characters, or it can be guessed")
    if not _TOKEN.fullmatch(token):
        raise ValueError("a token has ASCII letters, digits and signs, but no spaces, or it cannot be sent")
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
            # In this process: a server starts no others. Its clients get the report, so nothing warns.
            with index.writer() as writer:
                writer.add_all(documents, workers=1)
            return dataclasses.asdict(writer.report)

    def delete_one(id: str) -> None:
        existing(index, id)
        with library_problems():
            index.delete([id])


def existing(index: searchkit.Index, id: str) -> searchkit.Document:
    """The document with this id; raises `Problem` when there is none."""
    document = index.get(id)
    if document is None:
        raise Problem(404, "no-such-document", "There is no document with this id.")
    return document


def _checked(given: Any, limits: Limits) -> dict[str, Any]:
    """The keywords, with what concerns two of them checked."""
    options = keywords(given)
    if options.get("offset", 0) + options.get("limit", 10) > limits.depth:
        detail = f"offset and limit are {limits.depth} together at most; narrow the search instead"
        raise Problem(400, "too-deep", detail, parameter="offset")
    return options


def _results(find: Any, options: dict[str, Any], cost: int | None) -> Response:
    """What was found; without a cursor, which would lead deeper than `Limits.depth`."""
    with library_problems():
        results: searchkit.Results = find(**options, max_cost=cost)
    return JSONResponse(results.to_dict(with_cursor=False))


def _names_in(parameters: Sequence[Parameter]) -> Any:
    """Refuses parameters that are unknown, and those that are repeated but are no list."""
    known = {parameter.name: parameter for parameter in parameters}

    async def check(request: Request) -> None:
        given = request.query_params
        for name in given:
            if name not in known:
                detail = f"there is no parameter {name[:40]!r}; there are {', '.join(known)}"
                raise Problem(400, "unknown-parameter", detail, parameter=name[:40])
            if len(given.getlist(name)) > 1 and not known[name].is_list:
                raise Problem(400, "invalid-parameter", f"{name} is given more than once", parameter=name)

    return Depends(check)


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
