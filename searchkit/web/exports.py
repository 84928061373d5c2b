"""exports: the hits of a search -> CSV for a spreadsheet, JSON for a program, as they are found."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

import searchkit
from searchkit.dates import iso_text
from searchkit.web.limits import Limits, RequestRunner
from searchkit.web.page_state import PageState
from searchkit.web.pages import Pages

_AT_ONCE = 100
COLUMNS = ("title", "url", "published", "source", "tags", "snippet", "id")
"""Of the CSV; the declared fields of the index are behind them."""
# Spreadsheets run a cell that begins like this as a formula, in East Asian editions the wide forms as well:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BYTE_ORDER_MARK = "\ufeff"  # or Excel takes the bytes for those of another encoding

_Write = Callable[[searchkit.Results, bool], str]
"""A part of the file with these hits; whether it is the first."""


class Exports:
    """The answers with all hits of a search, up to `Limits.depth`. One counts as ten requests."""

    def __init__(self, pages: Pages, limits: Limits, runner: RequestRunner) -> None:
        self._pages = pages
        self._limits = limits
        self._runner = runner

    async def csv(self, request: Request) -> Response:
        """GET /export.csv"""
        rows = partial(_rows, self._pages.declared)
        return await self._answer(request, "csv", "text/csv", rows, "")

    async def json(self, request: Request) -> Response:
        """GET /export.json: as the API has them."""
        return await self._answer(request, "json", "application/json", _objects, "\n]}\n")

    async def _answer(
        self, request: Request, suffix: str, media_type: str, write: _Write, end: str
    ) -> Response:
        state = self._pages.state(request)
        self._runner.count(request, 9)
        first = await self._part(request, state, write, 0, None)

        async def parts() -> AsyncIterator[str]:
            part, cursor, given = first
            while True:
                yield part
                if cursor is None:
                    break
                part, cursor, more = await self._part(request, state, write, given, cursor)
                given += more
            yield end

        name = quote((state.q or self._pages.title)[:50], safe="")
        disposition = f"attachment; filename=\"results.{suffix}\"; filename*=UTF-8''{name}.{suffix}"
        headers = {"Content-Disposition": disposition}
        return StreamingResponse(parts(), media_type=media_type, headers=headers)

    async def _part(
        self, request: Request, state: PageState, write: _Write, given: int, cursor: str | None
    ) -> tuple[str, str | None, int]:
        """The next hits as text, the cursor behind them, None at the end, and how many they are."""
        limit = min(_AT_ONCE, self._limits.depth - given)

        def found(cost: int | None) -> tuple[str, str | None, int]:
            results = self._pages.find(state, cost, limit=limit, cursor=cursor)
            text = write(results, cursor is None)
            is_end = not results.has_more or given + len(results) >= self._limits.depth
            return text, None if is_end else results.cursor, len(results)

        return await self._runner.run(request, found)


def _rows(fields: Sequence[str], results: searchkit.Results, is_first: bool) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    if is_first:
        file.write(_BYTE_ORDER_MARK)
        writer.writerow([*COLUMNS, *fields])
    for hit in results:
        writer.writerow(
            cell if isinstance(cell, int | float) else _plain(cell) for cell in _cells(hit, fields)
        )
    return file.getvalue()


def _cells(hit: searchkit.Hit, fields: Iterable[str]) -> Sequence[str | float]:
    published = iso_text(hit.published)
    tags = ", ".join(hit.tags)
    extra = (hit.extra.get(name) for name in fields)
    others = [
        "" if value is None else value if isinstance(value, int | float) else str(value) for value in extra
    ]
    return [hit.title.text, hit.url, published, hit.source, tags, hit.snippet.text, hit.id, *others]


def _plain(cell: str) -> str:
    """The text of a cell, which no spreadsheet takes for a formula."""
    cell = cell.replace("\0", "\ufffd")
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _objects(results: searchkit.Results, is_first: bool) -> str:
    texts = [json.dumps(hit.to_dict(), ensure_ascii=False) for hit in results]
    head = ""
    if is_first:
        about = json.dumps({"query": results.query, "total": results.total}, ensure_ascii=False)
        head = f'{about[:-1]}, "hits": ['
    elif texts:
        head = ","
    return head + ",".join(f"\n{text}" for text in texts)
