"""api: the endpoints that read, in FastAPI, which makes the OpenAPI document from them.

Without `from __future__ import annotations`: FastAPI reads annotations that are made for each app.
"""

import dataclasses
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import searchkit
from searchkit.web import schemas
from searchkit.web.errors import Problem, library_problems
from searchkit.web.limits import Limits
from searchkit.web.parameters import SEARCH, SIMILAR, SUGGEST, Parameter, keywords, model_of
from searchkit.web.runner import RequestRunner

__all__ = ["Id", "add_api", "existing"]

Id = Annotated[
    str,
    Path(
        description="The id of the document, percent-encoded: often its url.",
        json_schema_extra={"minLength": 1},  # documented only: an empty one is a 404 as any other
    ),
]


def add_api(site: FastAPI, index: searchkit.Index, limits: Limits, runner: RequestRunner) -> None:
    """Add the endpoints to an app."""
    searched = model_of("SearchParameters", SEARCH, limits)
    compared = model_of("SimilarParameters", SIMILAR, limits)
    completed = model_of("SuggestParameters", SUGGEST, limits)

    @site.get(
        "/api/search",
        operation_id="search",
        summary="Documents that match",
        response_model=schemas.Results,
        dependencies=[_names_in(SEARCH)],
    )
    async def search(given: Annotated[searched, Query()]) -> Response:  # type: ignore[valid-type]
        options = _options(keywords(given), limits)
        return await runner.run(lambda: _results(index.search, options))

    @site.get(
        "/api/suggest",
        operation_id="suggest",
        summary="How a query may go on",
        response_model=schemas.Suggestions,
        dependencies=[_names_in(SUGGEST)],
    )
    async def suggest(given: Annotated[completed, Query()]) -> Response:  # type: ignore[valid-type]
        options = keywords(given)
        prefix = options.pop("query")

        def answer() -> Response:
            found = [dataclasses.asdict(one) for one in index.suggest(prefix, **options)]
            return JSONResponse({"prefix": prefix, "suggestions": found})

        return await runner.run(answer)

    @site.get(
        "/api/documents/{id:searchkit_id}",
        operation_id="document",
        summary="A document",
        response_model=schemas.Document,
        dependencies=[_names_in(())],
    )
    async def document(id: Id) -> Response:
        return await runner.run(lambda: JSONResponse(existing(index, id).to_dict()))

    @site.get(
        "/api/similar/{id:searchkit_id}",
        operation_id="similar",
        summary="Documents about the same",
        response_model=schemas.Results,
        dependencies=[_names_in(SIMILAR)],
    )
    async def similar(id: Id, given: Annotated[compared, Query()]) -> Response:  # type: ignore[valid-type]
        options = _options(keywords(given), limits)

        def answer() -> Response:
            return _results(index.similar, {"id": existing(index, id).id, **options})

        return await runner.run(answer)


def existing(index: searchkit.Index, id: str) -> searchkit.Document:
    """The document with this id; raises `Problem` when there is none."""
    document = index.get(id)
    if document is None:
        raise Problem(404, "no-such-document", "There is no document with this id.")
    return document


def _options(given: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The keywords, with what concerns two of them checked."""
    if given.get("offset", 0) + given.get("limit", 10) > limits.depth:
        detail = f"offset and limit are {limits.depth} together at most; narrow the search instead"
        raise Problem(400, "too-deep", detail, parameter="offset")
    return given


def _results(find: Any, options: dict[str, Any]) -> Response:
    """What was found; without a cursor, which would lead deeper than `Limits.depth`."""
    with library_problems():
        results: searchkit.Results = find(**options)
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
