"""pages: requests of people -> HTML: the search page, an article, what went wrong."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

import searchkit
from searchkit.web.api import existing
from searchkit.web.article_html import ArticleHtml
from searchkit.web.choices import filters, language_options, page_options
from searchkit.web.errors import Problem, library_problems
from searchkit.web.languages import LANGUAGES, TEXTS, counted, day, language
from searchkit.web.limits import Limits
from searchkit.web.middleware import content_policy
from searchkit.web.page_state import HITS, PageState, read_state
from searchkit.web.sanitize import marked, sanitize

EVERYTHING = "*"
"""The query that finds all articles: what is shown where there is no query."""

_SIMILAR = 5
_LONGEST_LINK = 2000
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_FACETS = ("source", "tags", "month")


class Pages:
    """The answers that are HTML."""

    def __init__(
        self, index: searchkit.Index, title: str, limits: Limits, version: str, *, images: bool = True
    ) -> None:
        self._index = index
        self._images = images
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
            inside=inside,
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
        in_title, matches = len(title.spans), len(title.spans) + len(body.spans)
        at = request.query_params.get("match", "")
        values = {
            "document": document,
            "title": ArticleHtml(title, script=state.script).line(),
            "body": ArticleHtml(
                body, document.markup, script=state.script, first=in_title + 1, images=self._images
            ).blocks(),
            "matches": matches,
            "first_match": in_title + 1 if body.spans else 1,
            "at": int(at) if _NUMBER.fullmatch(at) and int(at) <= matches else 0,
            "similar": self._index.similar(document.id, limit=_SIMILAR, max_cost=cost),
        }
        here = f"{base_of(request)}/article?{urlencode({'id': document.id})}&"
        page = self._page(request, "article.html", state, values, here=here)
        if self._images and any(one.kind == "image" for one in document.markup):
            page.headers["Content-Security-Policy"] = content_policy(images=True)
        return page

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


@dataclass(frozen=True)
class Inside:
    """Where the matches of a hit are in its article: how many there are in the text, and their numbers."""

    count: int
    first: int
    shown: int
    """The first one in the snippet."""


def inside(hit: searchkit.Hit) -> Inside:
    """Where the matches of a hit are; as the page of the article numbers them."""
    first, spans, snippet = len(hit.title.spans) + 1, hit.body.spans, hit.snippet
    start = snippet.start + snippet.spans[0][0] if snippet.spans else 0
    before = bisect_left(spans, (start, 0))
    return Inside(len(spans), first, first + min(before, max(0, len(spans) - 1)))


def base_of(request: Request) -> str:
    """The path that the app is mounted under, without a slash at the end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _same_in(request: Request, lang: str) -> str:
    """A link to the same URL in this language; without the other parameters where that is very long."""
    given = request.query_params.multi_items() if len(request.url.query) <= _LONGEST_LINK else []
    return "?" + urlencode([*((name, value) for name, value in given if name != "lang"), ("lang", lang)])
