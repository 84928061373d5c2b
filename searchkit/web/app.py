"""app: the parts -> one ASGI app, to run alone or to mount under any path."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import searchkit
from searchkit.web.api import Api
from searchkit.web.headers import SafeHeaders
from searchkit.web.limits import Limits
from searchkit.web.openapi import openapi
from searchkit.web.pages import Pages
from searchkit.web.problems import MEDIA_TYPE, Problem
from searchkit.web.rendering import base_of
from searchkit.web.service import Service
from searchkit.web.writing import Writing

__all__ = ["app"]

_STATIC = Path(__file__).parent / "static"


class _Id(PathConvertor):
    """Any text, line breaks as well."""

    regex = "(?s:.*)"


register_url_convertor("searchkit_id", _Id())


def app(
    index: searchkit.Index,
    *,
    title: str = "searchkit",
    token: str | None = None,
    limits: Limits | None = None,
) -> Starlette:
    """The search page and the JSON API of an index, as an ASGI app.

    ``title`` is the name that the page shows. With a ``token`` whoever sends it may add and delete
    documents; without one nobody may. The index stays the caller's to close.
    """
    limits = limits or Limits()
    pages = Pages(index, title, limits)
    api = Api(index, limits)

    def explain(request: Request, problem: Problem) -> Response:
        if _is_of_api(request):
            return JSONResponse(problem.to_dict(), problem.status, media_type=MEDIA_TYPE)
        return pages.problem(request, problem)

    def description(request: Request) -> Response:
        base = base_of(request)
        return JSONResponse(openapi(limits, base=base, title=title, writable=token is not None))

    service = Service(limits, explain)
    routes = [
        Route("/", service.endpoint(pages.search)),
        Route("/article", service.endpoint(pages.article)),
        Route("/api/search", service.endpoint(api.search)),
        Route("/api/suggest", service.endpoint(api.suggest)),
        Route("/api/documents/{id:searchkit_id}", service.endpoint(api.document), methods=["GET"]),
        Route("/api/similar/{id:searchkit_id}", service.endpoint(api.similar)),
        Route("/api/openapi.json", service.endpoint(description)),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    if token is not None:
        writing = Writing(index, limits, token)
        routes += [
            Route("/api/documents", service.guarded(writing.add), methods=["POST"]),
            Route("/api/documents/{id:searchkit_id}", service.guarded(writing.delete), methods=["DELETE"]),
        ]

    async def explain_of_framework(request: Request, error: Exception) -> Response:
        return service.explained(request, error)

    return Starlette(
        routes=routes,
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: explain_of_framework},
    )


def _is_of_api(request: Request) -> bool:
    return request.url.path[len(base_of(request)) :].startswith("/api/")
