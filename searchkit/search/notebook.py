"""Notebook: hits and results -> HTML for a cell of a notebook.

It stands in pages of others, so everything is escaped, and there are neither scripts nor style sheets.
Colours are inherited, so that it can be read in light and dark notebooks. Each text of a document is in a
``<bdi>`` of its own, so that right-to-left text does not turn what stands behind it around.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchkit.search.results import Hit, Results

__all__ = ["hit_html", "results_html"]

_MOST_HITS = 100
_LONGEST_QUERY = 100  # that of `similar` has all words of an article
_MOST_VALUES = 10
_PALE = "opacity:.7;font-size:.9em"


def hit_html(hit: Hit) -> str:
    """Its title, with a link if there is one, its date, source and id, and its snippet."""
    title = f"<bdi>{hit.title.html() or '(no title)'}</bdi>"
    if hit.link:
        title = f'<a href="{escape(hit.link)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    details = (
        hit.published.date().isoformat() if hit.published else "",
        hit.source,
        f"id {hit.id}" if hit.id != hit.url else "",
        f"{len(hit.duplicates)} more of the same story" if hit.duplicates else "",
    )
    shown = " · ".join(f"<bdi>{escape(detail)}</bdi>" for detail in details if detail)
    return (
        f'<div style="margin:.4em 0"><div><strong>{title}</strong>'
        f' <span style="{_PALE}">{shown}</span></div><div><bdi>{hit.snippet.html()}</bdi></div></div>'
    )


def results_html(results: Results) -> str:
    """The query, how many hits there are, each of them, and a line for each facet."""
    query = results.query
    if len(query) > _LONGEST_QUERY:
        query = query[: _LONGEST_QUERY - 1] + "…"
    # Without the suggestion, which would be a search of its own.
    count = f"{len(results):,} of {results.total:,} in {results.took * 1000:.1f} ms"
    items = "".join(f"<li>{hit_html(hit)}</li>" for hit in results[:_MOST_HITS])
    left_out = len(results) - _MOST_HITS
    more = f'<div style="{_PALE}">… and {left_out:,} more</div>' if left_out > 0 else ""
    lines = "".join(_facet_html(name, counts) for name, counts in results.facets.items())
    return (
        f'<div style="max-width:60em"><div><bdi><strong>{escape(query)}</strong></bdi>'
        f' <span style="{_PALE}">{count}</span></div>'
        f'<ol style="margin:.4em 0;padding-left:2em">{items}</ol>{more}{lines}</div>'
    )


def _facet_html(name: str, counts: Mapping[Any, int]) -> str:
    shown = [
        f"<bdi>{escape(str(value))}</bdi> ({count:,})"
        for value, count in islice(counts.items(), _MOST_VALUES)
    ]
    more = [f"and {len(counts) - _MOST_VALUES:,} more"] if len(counts) > _MOST_VALUES else []
    return f'<div style="{_PALE}">{escape(name)}: {" · ".join(shown + more) or "none"}</div>'
