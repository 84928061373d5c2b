"""pages: requests of people -> HTML: the search page, an article, what went wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

import searchkit
from searchkit.web.api import existing
from searchkit.web.errors import Problem, library_problems
from searchkit.web.facets import filters
from searchkit.web.languages import LANGUAGES, TEXTS, counted, day, language
from searchkit.web.limits import Limits
from searchkit.web.page_state import HITS, PageState, read_state
from searchkit.web.sanitize import marked, paragraphs, sanitize
from searchkit.web.view_models import HitView, hit_views, language_options, page_options

__all__ = ["Pages", "base_of"]

EVERYTHING = "date:0001.."
"""The query that finds all articles that have a date: what is shown where there is no query."""

_HERE = Path(__file__).parent
_SIMILAR = 5
_LONGEST_LINK = 2000
_FACETS = ("source", "tags", "month")


class Pages:
    """The answers that are HTML."""

    def __init__(self, index: searchkit.Index, title: str, limits: Limits) -> None:
        self._index = index
        self._limits = limits
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["sanitize"] = sanitize
        self._templates.globals.update(
            counted=counted,
            site=title,
            query_length=limits.query_length,
            version=_digest_of_static_files(),
        )

    def search(self, request: Request) -> HTMLResponse:
        """GET /"""
        state = read_state(request.query_params, self._limits)
        lang = _language(request, state)
        results = self._results(state)
        at_end = results.has_more and (state.page + 1) * HITS > self._limits.depth
        values = {
            "results": results,
            "hits": hit_views(results, state, lang),
            "filters": filters(state, results, self._counts),
            "is_home": not state.q and not state.filters and state.page == 1,
            "documents": len(self._index),
            "suggestion": results.suggestion if state.q else None,
            "latest": self._latest(state, lang) if not results else (),
            "switches": page_options(f"{base_of(request)}/?", state, lang),
            "first_number": (state.page - 1) * HITS + 1,
            "has_folded": any(hit.duplicates for hit in results),
            "has_next": results.has_more and not at_end,
            "shown_at_most": self._limits.depth if at_end else 0,
        }
        return self._page(request, "search.html", state, values)

    def article(self, request: Request) -> HTMLResponse:
        """GET /article?id=…: with all matches of the query marked."""
        state = read_state(request.query_params, self._limits)
        document = existing(self._index, request.query_params.get("id", "")[:10_000])
        lang = _language(request, state)
        title, body = self._highlighted(document, state.q)
        here = f"{base_of(request)}/article?{urlencode({'id': document.id})}&"
        values = {
            "document": document,
            "title": marked(title, state.script),
            "paragraphs": [marked(one, state.script) for one in paragraphs(body)],
            "matches": len(title.spans) + len(body.spans),
            "day": day(document.published, lang) if document.published else "",
            "original": document.link,
            "similar": hit_views(self._index.similar(document.id, limit=_SIMILAR), state, lang),
            "switches": page_options(here, state, lang),
        }
        return self._page(request, "article.html", state, values)

    def problem(self, request: Request, problem: Problem) -> HTMLResponse:
        """What went wrong, and what to do about it."""
        asked = request.query_params.get("lang", "")
        query = request.query_params.get("q", "")[: self._limits.query_length]
        state = PageState(q=query, lang=asked if asked in LANGUAGES else "")
        options = language_options(lambda one: _same_in(request, one), _language(request, state))
        values = {"problem": problem, "switches": {"lang": options}}
        return self._page(request, "problem.html", state, values, problem.status)

    def _page(
        self, request: Request, template: str, state: PageState, values: dict[str, Any], status: int = 200
    ) -> HTMLResponse:
        lang = _language(request, state)
        html = self._templates.get_template(template).render(
            base=base_of(request), state=state, lang=lang, text=TEXTS[lang], **values
        )
        # What a page says depends on this header, where no language was chosen.
        return HTMLResponse(html, status, headers={"Vary": "Accept-Language"})

    def _results(self, state: PageState) -> searchkit.Results:
        with library_problems():
            return self._index.search(
                state.q or EVERYTHING,
                limit=HITS,
                offset=(state.page - 1) * HITS,
                sort=state.sort,
                facets=_FACETS,
                collapse=None if state.unfolded else "near-duplicates",
                lenient=True,
                **state.filters,
            )

    def _counts(self, state: PageState, facet: str) -> dict[Any, int]:
        """The values of a facet among the matches of another state, with their counts."""
        with library_problems():
            results = self._index.search(
                state.q or EVERYTHING, limit=0, facets=facet, lenient=True, **state.filters
            )
        return results.facets[facet]

    def _latest(self, state: PageState, lang: str) -> list[HitView]:
        """What there is to read when nothing was found."""
        return hit_views(self._index.search(EVERYTHING, limit=3, sort="newest"), state, lang)

    def _highlighted(
        self, document: searchkit.Document, query: str
    ) -> tuple[searchkit.Highlighted, searchkit.Highlighted]:
        """Title and body, with the matches where the query finds the document."""
        hit = self._index.hit(query, document.id, lenient=True)
        if hit:
            return hit.title, hit.body
        return searchkit.Highlighted(document.title), searchkit.Highlighted(document.body)


def base_of(request: Request) -> str:
    """The path that the app is mounted under, without a slash at the end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _digest_of_static_files() -> str:
    """Changes with the files of the page, so that a browser never mixes two versions of them."""
    digest = hashlib.sha256()
    for path in sorted((_HERE / "static").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _same_in(request: Request, lang: str) -> str:
    """A link to the same URL in this language; without the other parameters where that is very long."""
    given = request.query_params.multi_items() if len(request.url.query) <= _LONGEST_LINK else []
    return "?" + urlencode([*((name, value) for name, value in given if name != "lang"), ("lang", lang)])


def _language(request: Request, state: PageState) -> str:
    return language(state.lang, request.headers.get("accept-language", ""))
