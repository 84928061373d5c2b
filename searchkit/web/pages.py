"""pages: requests of people -> HTML: the search page, an article, what went wrong."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

import searchkit
from searchkit.dates import iso_text, zone_of
from searchkit.web.api import existing
from searchkit.web.article_html import ArticleHtml
from searchkit.web.choices import filters, language_options, page_numbers, page_options
from searchkit.web.customization import Logo, Page, check_fields, facets_named, sorts_named
from searchkit.web.errors import Problem, library_problems
from searchkit.web.hits import Links, cut_ends
from searchkit.web.home import HomeWords
from searchkit.web.languages import LANGUAGES, TEXTS, counted, day, language, place_name
from searchkit.web.limits import Limits
from searchkit.web.middleware import content_policy
from searchkit.web.page_state import HITS, PageState, read_state
from searchkit.web.sanitize import marked, sanitize

EVERYTHING = "*"
"""The query that finds all articles: what is shown where there is no query."""

_SIMILAR = 5
_LONGEST_LINK = 2000
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class Pages:
    """The answers that are HTML."""

    def __init__(
        self, index: searchkit.Index, page: Page, logo: Logo | None, limits: Limits, version: str
    ) -> None:
        check_fields(page, index)
        declared = index.stats().fields
        self.page = page
        self.title = page.title
        self.links = Links(page.link)
        self.declared = [*declared]
        self._fields: Collection[str] = {name for name, kind in declared.items() if kind != "fulltext"}
        self._sorts = sorts_named(page.sorts)
        facets = facets_named(page.facets)
        self._facet_names = {facet.name: label for facet, label in facets.items()}
        self._facets = {facet.name: facet for facet in facets if facet.name != "year"}
        self._facets["month"] = searchkit.Facet("month")
        self._images = page.images
        self._index = index
        self._zone = zone_of(index.timezone)
        self._home = HomeWords(index)
        self._limits = limits
        self._logo = logo or Logo("icon.svg")
        self._version = version
        self._templates = jinja2.Environment(
            loader=_loader(page.templates),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(marked=marked, rfc3339=iso_text, sanitize=sanitize)
        self._templates.globals.update(
            counted=counted,
            cut_ends=cut_ends,
            day=day,
            inside=inside,
            link_to=self.links.of,
            place_name=place_name,
            site=sanitize(page.title),
            query_length=limits.query_length,
            version=version,
        )

    def state(self, request: Request) -> PageState:
        """What a request asks for. Raises `Problem` for what makes no sense."""
        return read_state(request.query_params, self._limits, self._sorts, self._fields)

    def search(self, request: Request, cost: int | None) -> HTMLResponse:
        """GET /"""
        state = self.state(request)
        text = TEXTS[_language(request, state)]
        results = self.find(
            state,
            cost,
            limit=HITS,
            offset=(state.page - 1) * HITS,
            facets=[*self._facets.values()],
            collapse=None if state.unfolded else "near-duplicates",
        )
        is_home = not state.q and not state.filters and not state.sort and state.page == 1
        at_end = results.has_more and (state.page + 1) * HITS > self._limits.depth
        has_next = results.has_more and not at_end
        today = datetime.now(self._zone).date()
        counts = partial(self._counts, cost)
        values = {
            "results": results,
            "is_home": is_home,
            "home": self._home.of(results, cost) if is_home else None,
            "documents": len(self._index),
            "suggestion": results.suggestion if state.q else None,
            "relaxed": results.relaxed,
            "latest": () if results else self.find(PageState(), cost, limit=3, sort="newest"),
            "first_number": (state.page - 1) * HITS + 1,
            "has_folded": any(hit.duplicates for hit in results),
            "has_next": has_next,
            "numbers": page_numbers(state, results.total, self._limits.depth, has_next=has_next),
            "shown_at_most": self._limits.depth if at_end else 0,
            "exported": min(results.total, self._limits.depth),
            **filters(state, self._facet_names, results.facets, counts, text, today),
        }
        return self._page(request, "search.html", state, values, here=f"{base_of(request)}/?")

    def article(self, request: Request, cost: int | None) -> HTMLResponse:
        """GET /article?id=…: with all matches of the query marked."""
        state = self.state(request)
        document = existing(self._index, request.query_params.get("id", "")[:10_000])
        hit = self._index.hit(state.q, document.id, lenient=True, max_cost=cost)
        title = hit.title if hit else searchkit.Highlighted(document.title)
        body = hit.body if hit else searchkit.Highlighted(document.body)
        in_title, matches = len(title.spans), len(title.spans) + len(body.spans)
        at = request.query_params.get("match", "")
        text = TEXTS[_language(request, state)]
        values = {
            "document": document,
            "title": ArticleHtml(title, script=state.script).line(),
            "body": ArticleHtml(
                body,
                document.markup,
                script=state.script,
                first=in_title + 1,
                images=self._images,
                place_name=partial(place_name, text),
            ).blocks(),
            "matches": matches,
            "first_match": in_title + 1 if body.spans else 1,
            "at": int(at) if _NUMBER.fullmatch(at) and int(at) <= matches else 0,
            "similar": self._index.similar(document.id, limit=_SIMILAR, max_cost=cost),
        }
        here = f"{base_of(request)}/article?{urlencode({'id': document.id})}&"
        page = self._page(request, "article.html", state, values, here=here)
        if self._images and any(one.kind == "image" for one in document.markup):
            page.headers["Content-Security-Policy"] = content_policy("http:", "https:")
        return page

    def problem(self, request: Request, problem: Problem) -> HTMLResponse:
        """What went wrong, and what to do about it."""
        asked = request.query_params.get("lang", "")
        query = request.query_params.get("q", "")[: self._limits.query_length]
        state = PageState(q=query, lang=asked if asked in LANGUAGES else "")
        name = str(problem.more.get("parameter", ""))
        given = f"{name}={request.query_params[name][:100]}" if name in request.query_params else ""
        values = {"problem": problem, "given": given, "limits": self._limits}
        return self._page(request, "problem.html", state, values, problem.status)

    def render(self, request: Request, template: str, **values: Any) -> str:
        """A template that is no page."""
        state = self.state(request)
        lang = _language(request, state)
        made = self._templates.get_template(template)
        return made.render(state=state, lang=lang, text=TEXTS[lang], **values)

    def logo(self, base: str) -> str:
        """The address of the logo. ``base`` is that of this app."""
        return self._logo.address or f"{base}/static/{self._logo.name}?{self._version}"

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
        lang = _language(request, state)
        base = base_of(request)
        switches = (
            page_options(here, state, lang, self._sorts)
            if here
            else {"lang": language_options(lambda one: _same_in(request, one), lang)}
        )
        html = self._templates.get_template(template).render(
            base=base,
            logo=self.logo(base),
            state=state,
            lang=lang,
            text=TEXTS[lang],
            switches=switches,
            **values,
        )
        # What a page says depends on this header, where no language was chosen.
        return HTMLResponse(html, status, headers={"Vary": "Accept-Language"})

    def find(self, state: PageState, cost: int | None, **options: Any) -> searchkit.Results:
        """The matches, in the order that the state or the options ask for."""
        query = state.q or EVERYTHING
        options = {"sort": state.sort or next(iter(self._sorts)), **options}
        try:
            with library_problems():
                return self._index.search(query, lenient=True, max_cost=cost, **state.filters, **options)
        except Problem as problem:
            if problem.code == "invalid-parameter":  # all else has been checked
                problem.more.setdefault("parameter", "where")
            raise

    def _counts(self, cost: int | None, state: PageState, facet: str) -> dict[Any, int]:
        """The values of a facet among the matches of another state, with their counts."""
        return self.find(state, cost, limit=0, facets=self._facets[facet]).facets[facet]


@dataclass(frozen=True)
class Inside:
    """The matches of a hit in its article: how many there are, with those in the title, and their numbers."""

    count: int
    first: int
    shown: int
    """The first one in the snippet."""


def inside(hit: searchkit.Hit) -> Inside:
    """Where the matches of a hit are; as the page of the article numbers them."""
    first, spans, snippet = len(hit.title.spans) + 1, hit.body.spans, hit.snippet
    start = snippet.start + snippet.spans[0][0] if snippet.spans else 0
    before = bisect_left(spans, (start, 0))
    return Inside(first - 1 + len(spans), first, first + min(before, max(0, len(spans) - 1)))


def base_of(request: Request) -> str:
    """The path that the app is mounted under, without a slash at the end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _language(request: Request, state: PageState) -> str:
    return language(state.lang, request.headers.get("accept-language", ""))


def _loader(folder: str | os.PathLike[str] | None) -> jinja2.BaseLoader:
    """Templates of the site, then ours; ours are ``searchkit:NAME`` as well, for a site that extends them."""
    ours = jinja2.PackageLoader("searchkit.web")
    theirs = [jinja2.FileSystemLoader(folder)] if folder is not None else []
    return jinja2.ChoiceLoader([*theirs, ours, jinja2.PrefixLoader({"searchkit": ours}, delimiter=":")])


def _same_in(request: Request, lang: str) -> str:
    """A link to the same URL in this language; without the other parameters where that is very long."""
    given = request.query_params.multi_items() if len(request.url.query) <= _LONGEST_LINK else []
    return "?" + urlencode([*((name, value) for name, value in given if name != "lang"), ("lang", lang)])
