"""app: the parts -> one ASGI app, to run alone or to mount under any path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import searchkit
from searchkit.web import schemas
from searchkit.web.api import add_api, add_write_api
from searchkit.web.colors import style_sheet
from searchkit.web.customization import Page, icon, read_logo
from searchkit.web.errors import MEDIA_TYPE, Problem
from searchkit.web.exports import Exports
from searchkit.web.limits import Limits, RequestRunner
from searchkit.web.middleware import KnownHosts, SecurityHeaders, WholeRequest, checked_host
from searchkit.web.pages import Pages, base_of
from searchkit.web.parameters import SEARCH, Names
from searchkit.web.static_files import StaticFiles
from searchkit.web.syndication import Syndication


class _Id(PathConvertor):
    """Any text, with line breaks as well."""

    regex = "(?s:.*)"


register_url_convertor("searchkit_id", _Id())


def app(
    index: searchkit.Index,
    *,
    page: Page | None = None,
    title: str | None = None,
    token: str | None = None,
    limits: Limits | None = None,
    hosts: Iterable[str] | None = None,
) -> Starlette:
    """The search page and the JSON API of an index, as an ASGI app.

    ``page`` is what the page has of your site: its name, logo, colours, filters, templates (`Page`).
    ``title`` is short for a page with this name. Clients that send the ``token`` may add and delete
    documents; without one nobody may. It has 16 ASCII characters or more, and no spaces. ``hosts`` are the
    names that the app goes by, like ``search.example.org`` or ``*.example.org``, and requests for others are
    refused; None is any name. The caller closes the index. Raises ValueError for a token or a name that
    cannot be one, and for facets and orders of the page that the index does not have.
    """
    limits = limits or Limits()
    page = page or Page()
    if title is not None:
        page = replace(page, title=title)
    logo = read_logo(page.logo)
    made = {"colors.css": style_sheet(page.colors, page.dark_colors).encode(), "icon.svg": icon(page.colors)}
    if logo and logo.name:
        made[logo.name] = logo.data
    static = StaticFiles("static", made)
    pages = Pages(index, page, logo, limits, static.version)
    images = [logo.origin] if logo and logo.origin else []
    middleware = [Middleware(SecurityHeaders, images=images), Middleware(WholeRequest)]
    if hosts is not None:
        middleware.insert(1, Middleware(KnownHosts, [checked_host(name) for name in hosts]))

    def explain(request: Request, problem: Problem) -> Response:
        if request.url.path[len(base_of(request)) :].startswith("/api/"):
            return JSONResponse(problem.to_dict(), problem.status, media_type=MEDIA_TYPE)
        return pages.problem(request, problem)

    runner = RequestRunner(index, limits, explain)

    class GuardedRoute(APIRoute):
        def get_route_handler(self) -> Any:
            return runner.guarded(super().get_route_handler())

    site = FastAPI(
        title=page.title,
        version=searchkit.__version__,
        openapi_url=None,  # a route of our own, which is guarded as all are
        redirect_slashes=False,  # to an address made of the Host header
        middleware=middleware,
        exception_handlers={HTTPException: runner.explained},
        generate_unique_id_function=lambda route: route.name,
    )
    site.router.route_class = GuardedRoute
    add_api(site, index, limits, runner)
    if token is not None:
        add_write_api(site, index, limits, token)
    document = _openapi(site)
    for route in site.routes:  # HEAD as well as GET, as Starlette's own routes do; the document is without it
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")

    def description(request: Request, _: int | None) -> Response:
        return JSONResponse({**document, "servers": [{"url": base_of(request) or "/"}]})

    site.add_route("/", runner.in_thread(pages.search), include_in_schema=False)
    site.add_route("/article", runner.in_thread(pages.article), include_in_schema=False)
    exports, syndication = Exports(pages, limits, runner), Syndication(index, pages)
    site.add_route("/export.csv", runner.guarded(exports.csv), include_in_schema=False)
    site.add_route("/export.json", runner.guarded(exports.json), include_in_schema=False)
    site.add_route("/feed", runner.in_thread(syndication.feed), include_in_schema=False)
    site.add_route("/opensearch.xml", runner.in_thread(syndication.description), include_in_schema=False)
    site.add_route("/suggest", runner.in_thread(syndication.suggestions), include_in_schema=False)
    site.add_route("/api/openapi.json", runner.in_thread(description), include_in_schema=False)
    site.add_route("/static/{name}", static.answer, include_in_schema=False)
    return site


def _openapi(site: FastAPI) -> dict[str, Any]:
    """The document that FastAPI makes, with what it cannot know: our problem details, lists with commas."""
    document = site.openapi()
    models = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of errors
        models.pop(name, None)
    models["Problem"] = schemas.Problem.model_json_schema()
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    problem = {"description": "Why there is no answer (RFC 9457).", "content": content}
    split_at_commas = {parameter.name for parameter in SEARCH if parameter.type is Names}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            sometimes = {401: "security" in operation, 404: "{id}" in path, 413: method == "post"}
            statuses = [400, 414, 429, 500, 503, *(status for status, may_be in sometimes.items() if may_be)]
            operation["responses"] |= {str(status): problem for status in sorted(statuses)}
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in split_at_commas:
                    parameter.update(style="form", explode=False)
    return document
