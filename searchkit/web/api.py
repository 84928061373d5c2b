"""api: requests of programs -> JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

import searchkit
from searchkit.web.limits import Limits
from searchkit.web.parameters import arguments, search_parameters, similar_parameters, suggest_parameters
from searchkit.web.problems import Problem, library_problems

__all__ = ["Api", "existing"]


class Api:
    """The answers of the part that only reads."""

    def __init__(self, index: searchkit.Index, limits: Limits) -> None:
        self._index = index
        self._limits = limits
        self._of_search = search_parameters(limits)
        self._of_similar = similar_parameters(limits)
        self._of_suggest = suggest_parameters(limits)

    def search(self, request: Request) -> JSONResponse:
        """GET /api/search"""
        given = arguments(self._of_search, request.query_params)
        query = given.pop("query")
        if given.pop("collapse", False):
            given["collapse"] = "near-duplicates"
        options = self._options(given)
        with library_problems():
            results = self._index.search(query, **options)
        return _json(results)

    def suggest(self, request: Request) -> JSONResponse:
        """GET /api/suggest"""
        given = arguments(self._of_suggest, request.query_params)
        found = self._index.suggest(given["query"], limit=given.get("limit", 10))
        suggestions = [dataclasses.asdict(one) for one in found]
        return JSONResponse({"prefix": given["query"], "suggestions": suggestions})

    def document(self, request: Request) -> JSONResponse:
        """GET /api/documents/{id}"""
        arguments((), request.query_params)
        return JSONResponse(existing(self._index, request.path_params["id"]).to_dict())

    def similar(self, request: Request) -> JSONResponse:
        """GET /api/similar/{id}"""
        options = self._options(arguments(self._of_similar, request.query_params))
        id = existing(self._index, request.path_params["id"]).id
        with library_problems():
            results = self._index.similar(id, **options)
        return _json(results)

    def _options(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments with what concerns several of them."""
        if given.get("offset", 0) + given.get("limit", 10) > self._limits.depth:
            detail = f"offset and limit are {self._limits.depth} together at most; narrow the search instead"
            raise Problem(400, "too-deep", detail, parameter="offset")
        if pairs := given.pop("where", ()):
            given["where"] = _where(pairs)
        return given


def existing(index: searchkit.Index, id: str) -> searchkit.Document:
    """The document with this id; raises `Problem` when there is none."""
    document = index.get(id)
    if document is None:
        raise Problem(404, "no-such-document", "There is no document with this id.")
    return document


def _json(results: searchkit.Results) -> JSONResponse:
    """The results; without a cursor, which would lead deeper than `Limits.depth`."""
    return JSONResponse(results.to_dict(with_cursor=False))


def _where(pairs: list[str]) -> dict[str, list[str]]:
    """``NAME=VALUE`` as the library takes it: each name with its values."""
    wanted: dict[str, list[str]] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if not name.strip() or not value.strip():
            detail = f"where takes NAME=VALUE, not {pair[:40]!r}"
            raise Problem(400, "invalid-parameter", detail, parameter="where")
        wanted.setdefault(name.strip(), []).append(value)
    return wanted
