"""pages: requests of people -> the search page, an article, what went wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

import searchkit
from searchkit.web.addresses import HITS, Address, read_address
from searchkit.web.api import existing
from searchkit.web.cards import Card, cards
from searchkit.web.filters import filters
from searchkit.web.limits import Limits
from searchkit.web.problems import Problem, library_problems
from searchkit.web.rendering import Renderer, base_of
from searchkit.web.shown import marked, paragraphs
from searchkit.web.switches import languages, switches
from searchkit.web.texts import LANGUAGES, day, language

__all__ = ["Pages"]

EVERYTHING = "date:0001.."
"""The query that finds all articles that have a date: what is shown where nobody has asked for anything."""

_SIMILAR = 5
_LONGEST_LINK = 2000
_FACETS = ("source", "tags", "month")


class Pages:
    """The answers that are HTML."""

    def __init__(self, index: searchkit.Index, title: str, limits: Limits) -> None:
        self._index = index
        self._limits = limits
        self._renderer = Renderer(title, limits)

    def search(self, request: Request) -> HTMLResponse:
        """GET /"""
        address = read_address(request.query_params, self._limits)
        results = self._results(address)
        lang = _language(request, address)
        values = {
            "address": address,
            "results": results,
            "cards": cards(results, address, lang),
            "filters": filters(address, results, self._counts),
            "is_home": not address.q and not address.is_filtered and address.page == 1,
            "documents": len(self._index),
            "suggestion": results.suggestion if address.q else None,
            "latest": self._latest(lang, address) if not results else (),
            "switches": switches(f"{base_of(request)}/?", address, lang),
            **self._paging(address, results),
        }
        return self._renderer.page(request, "search.html", values)

    def article(self, request: Request) -> HTMLResponse:
        """GET /article?id=…: with all matches of the query marked."""
        address = read_address(request.query_params, self._limits)
        document = existing(self._index, request.query_params.get("id", "")[:10_000])
        lang = _language(request, address)
        title, body = self._highlighted(document, address.q)
        alike = self._index.similar(document.id, limit=_SIMILAR)
        values = {
            "address": address,
            "document": document,
            "title": marked(title, address.script),
            "paragraphs": [marked(one, address.script) for one in paragraphs(body)],
            "matches": len(title.spans) + len(body.spans),
            "day": day(document.published, lang) if document.published else "",
            "original": document.link,
            "similar": cards(alike, address, lang),
            "switches": switches(
                f"{base_of(request)}/article?{urlencode({'id': document.id})}&", address, lang
            ),
        }
        return self._renderer.page(request, "article.html", values)

    def problem(self, request: Request, problem: Problem) -> HTMLResponse:
        """What went wrong, and what to do about it."""
        asked = request.query_params.get("lang", "")
        query = request.query_params.get("q", "")[: self._limits.query_length]
        address = Address(q=query, lang=asked if asked in LANGUAGES else "")
        lang = _language(request, address)
        values = {
            "address": address,
            "problem": problem,
            "switches": {"lang": languages(lambda one: _same_in(request, one), lang)},
        }
        return self._renderer.page(request, "problem.html", values, problem.status)

    def _results(self, address: Address) -> searchkit.Results:
        with library_problems():
            return self._index.search(
                address.q or EVERYTHING,
                limit=HITS,
                offset=(address.page - 1) * HITS,
                sort=address.sort,
                facets=_FACETS,
                collapse=None if address.unfolded else "near-duplicates",
                lenient=True,
                **address.filters,
            )

    def _counts(self, address: Address, facet: str) -> dict[Any, int]:
        """A facet of what another address finds."""
        with library_problems():
            results = self._index.search(
                address.q or EVERYTHING, limit=0, facets=facet, lenient=True, **address.filters
            )
        return results.facets[facet]

    def _latest(self, lang: str, address: Address) -> list[Card]:
        """What there is to read when nothing was found."""
        return cards(self._index.search(EVERYTHING, limit=3, sort="newest"), address, lang)

    def _paging(self, address: Address, results: searchkit.Results) -> dict[str, Any]:
        at_end = results.has_more and (address.page + 1) * HITS > self._limits.depth
        return {
            "first_number": (address.page - 1) * HITS + 1,
            "has_folded": any(hit.duplicates for hit in results),
            "has_next": results.has_more and not at_end,
            "shown_at_most": self._limits.depth if at_end else 0,
        }

    def _highlighted(
        self, document: searchkit.Document, query: str
    ) -> tuple[searchkit.Highlighted, searchkit.Highlighted]:
        """Title and body, with the matches where the query finds the document."""
        hit = self._index.hit(query, document.id, lenient=True)
        if hit:
            return hit.title, hit.body
        return searchkit.Highlighted(document.title), searchkit.Highlighted(document.body)


def _same_in(request: Request, lang: str) -> str:
    """A link to where the request was sent, in this language; without the rest where that is very long."""
    given = request.query_params.multi_items() if len(request.url.query) <= _LONGEST_LINK else []
    return "?" + urlencode([*((name, value) for name, value in given if name != "lang"), ("lang", lang)])


def _language(request: Request, address: Address) -> str:
    return language(address.lang, request.headers.get("accept-language", ""))
