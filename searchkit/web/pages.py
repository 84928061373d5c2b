"""pages: requests of people -> HTML: the search page, an article, what went wrong."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

import searchkit
from searchkit.web.api import existing
from searchkit.web.choices import filters, language_options, page_options
from searchkit.web.errors import Problem, library_problems
from searchkit.web.languages import LANGUAGES, TEXTS, counted, day, language
from searchkit.web.limits import Limits
from searchkit.web.page_state import HITS, PageState, read_state
from searchkit.web.sanitize import marked, paragraphs, sanitize

EVERYTHING = "*"
"""The query that finds all articles: what is shown where there is no query."""

_SIMILAR = 5
_LONGEST_LINK = 2000
_FACETS = ("source", "tags", "month")


class Pages:
    """The answers that are HTML."""

    def __init__(self, index: searchkit.Index, title: str, limits: Limits, version: str) -> None:
        self._index = index
        self._limits = limits
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("searchkit.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(marked=marked, sanitize=sanitize)
        self._templates.globals.update(
            counted=counted,
            day=day,
            site=title,
            query_length=limits.query_length,
            version=version,
        )

    def search(self, request: Request, cost: int | None) -> HTMLResponse:
        """GET /"""
        state = read_state(request.query_params, self._limits)
        results = self._search(
            state,
            cost,
            limit=HITS,
            offset=(state.page - 1) * HITS,
            sort=state.sort,
            facets=_FACETS,
            collapse=None if state.unfolded else "near-duplicates",
        )
        at_end = results.has_more and (state.page + 1) * HITS > self._limits.depth
        values = {
            "results": results,
            "is_home": not state.q and not state.filters and state.page == 1,
            "documents": len(self._index),
            "suggestion": results.suggestion if state.q else None,
            "relaxed": results.relaxed,
            "latest": () if results else self._search(PageState(), cost, limit=3, sort="newest"),
            "first_number": (state.page - 1) * HITS + 1,
            "has_folded": any(hit.duplicates for hit in results),
            "has_next": results.has_more and not at_end,
            "shown_at_most": self._limits.depth if at_end else 0,
            **filters(state, results.facets, partial(self._counts, cost)),
        }
        return self._page(request, "search.html", state, values, here=f"{base_of(request)}/?")

    def article(self, request: Request, cost: int | None) -> HTMLResponse:
        """GET /article?id=…: with all matches of the query marked."""
        state = read_state(request.query_params, self._limits)
        document = existing(self._index, request.query_params.get("id", "")[:10_000])
        hit = self._index.hit(state.q, document.id, lenient=True, max_cost=cost)
        title = hit.title if hit else searchkit.Highlighted(document.title)
        body = hit.body if hit else searchkit.Highlighted(document.body)
        values = {
            "document": document,
            "title": title,
            "paragraphs": paragraphs(body),
            "matches": len(title.spans) + len(body.spans),
            "similar": self._index.similar(document.id, limit=_SIMILAR, max_cost=cost),
        }
        here = f"{base_of(request)}/article?{urlencode({'id': document.id})}&"
        return self._page(request, "article.html", state, values, here=here)

    def problem(self, request: Request, problem: Problem) -> HTMLResponse:
        """What went wrong, and what to do about it."""
        asked = request.query_params.get("lang", "")
        query = request.query_params.get("q", "")[: self._limits.query_length]
        state = PageState(q=query, lang=asked if asked in LANGUAGES else "")
        return self._page(request, "problem.html", state, {"problem": problem}, problem.status)

    def _page(
        self,
        request: Request,
        template: str,
        state: PageState,
        values: dict[str, Any],
        status: int = 200,
        here: str = "",
    ) -> HTMLResponse:
        """The page, with switches that lead to the URL that begins with ``here``, or else to the same one."""
        lang = language(state.lang, request.headers.get("accept-language", ""))
        switches = (
            page_options(here, state, lang)
            if here
            else {"lang": language_options(lambda one: _same_in(request, one), lang)}
        )
        html = self._templates.get_template(template).render(
            base=base_of(request), state=state, lang=lang, text=TEXTS[lang], switches=switches, **values
        )
        # What a page says depends on this header, where no language was chosen.
        return HTMLResponse(html, status, headers={"Vary": "Accept-Language"})

    def _search(self, state: PageState, cost: int | None, **options: Any) -> searchkit.Results:
        query = state.q or EVERYTHING
        with library_problems():
            return self._index.search(query, lenient=True, max_cost=cost, **state.filters, **options)

    def _counts(self, cost: int | None, state: PageState, facet: str) -> dict[Any, int]:
        """The values of a facet among the matches of another state, with their counts."""
        return self._search(state, cost, limit=0, facets=facet).facets[facet]


def base_of(request: Request) -> str:
    """The path that the app is mounted under, without a slash at the end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _same_in(request: Request, lang: str) -> str:
    """A link to the same URL in this language; without the other parameters where that is very long."""
    given = request.query_params.multi_items() if len(request.url.query) <= _LONGEST_LINK else []
    return "?" + urlencode([*((name, value) for name, value in given if name != "lang"), ("lang", lang)])
