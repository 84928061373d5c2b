"""syndication: what other programs read of the page: a feed of a search, and how browsers ask this site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import quote, urlencode, urljoin

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import searchkit
from searchkit.web.pages import Pages, base_of

_ENTRIES = 20
_SUGGESTIONS = 8
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_NEVER = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Syndication:
    """The answers for feed readers and for the address bar of a browser, with absolute links."""

    def __init__(self, index: searchkit.Index, pages: Pages) -> None:
        self._index = index
        self._pages = pages

    def feed(self, request: Request, cost: int | None) -> Response:
        """GET /feed?q=…: the newest matches that have a date, as Atom (RFC 4287)."""
        state = self._pages.state(request)
        results = self._pages.find(state, cost, limit=_ENTRIES, sort="newest")
        hits = [hit for hit in results if hit.published]
        base = self._base(request)
        own = state.link(sort="", unfolded="")
        values = {
            "hits": hits,
            "address": f"{base}/feed{'?' + own if own else ''}",
            "page": f"{base}/{'?' + own if own else ''}",
            "updated": max((hit.published for hit in hits if hit.published), default=_NEVER),
            "link_to": lambda hit: urljoin(f"{base}/", self._pages.links.of(hit, base)),
            "id_of": lambda hit: f"{base}/article?{urlencode({'id': hit.id})}",
        }
        return self._xml(request, "feed.xml", values, "application/atom+xml")

    def description(self, request: Request, _: int | None) -> Response:
        """GET /opensearch.xml: how to search here (OpenSearch 1.1)."""
        base = self._base(request)
        logo = urljoin(f"{base}/", self._pages.logo(base))
        values = {"site_url": base, "logo_url": logo}
        return self._xml(request, "opensearch.xml", values, "application/opensearchdescription+xml")

    def suggestions(self, request: Request, _: int | None) -> Response:
        """GET /suggest?q=…: as address bars take them (OpenSearch Suggestions 1.1)."""
        typed = self._pages.state(request).q
        found = [one.text for one in self._index.suggest(typed, limit=_SUGGESTIONS)] if typed else []
        return JSONResponse([typed, found], media_type="application/x-suggestions+json")

    def _base(self, request: Request) -> str:
        """The absolute address of this app, as the public knows it."""
        if self._pages.page.url:
            return self._pages.page.url.rstrip("/")
        host = request.headers.get("host", "")
        if not _HOST.fullmatch(host):  # no host name, or one that would be something else in a link
            host = "localhost"
        return f"{request.url.scheme}://{host}{quote(base_of(request))}"

    def _xml(
        self, request: Request, template: str, values: Mapping[str, object], media_type: str
    ) -> Response:
        text = _NOT_IN_XML.sub("\ufffd", self._pages.render(request, template, **values))
        return Response(text, media_type=media_type, headers={"Vary": "Accept-Language"})
