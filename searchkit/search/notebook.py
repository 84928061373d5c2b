"""notebook: what a search found -> HTML for a cell of a notebook.

It stands in pages of others: so everything is escaped, and there are neither scripts nor style sheets. The
colours are those around it, so that it can be read in light and dark notebooks. Each text of a document is in
a ``<bdi>`` of its own, so that none turns the direction of what stands behind it around.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import Any

__all__ = ["NotebookHit", "hit_html", "listing_html"]

_LONGEST_QUERY = 100  # that of `similar` has all words of an article
_MOST_VALUES = 10
_PALE = "opacity:.7;font-size:.9em"


@dataclass(frozen=True)
class NotebookHit:
    """A hit as it is shown. ``title`` and ``snippet`` are HTML already."""

    title: str
    link: str
    about: tuple[str, ...]
    """Date, source and the like; what is empty is left out."""
    snippet: str


def hit_html(entry: NotebookHit) -> str:
    """One hit: its title, which is a link where it can be one, what is known of it, and its snippet."""
    title = f"<bdi>{entry.title or '(no title)'}</bdi>"
    if entry.link:
        title = f'<a href="{escape(entry.link)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    about = " · ".join(f"<bdi>{escape(one)}</bdi>" for one in entry.about if one)
    return (
        f'<div style="margin:.4em 0"><div><strong>{title}</strong>'
        f' <span style="{_PALE}">{about}</span></div><div><bdi>{entry.snippet}</bdi></div></div>'
    )


def listing_html(
    query: str,
    count: str,
    entries: Iterable[NotebookHit],
    left_out: int,
    facets: Mapping[str, Mapping[Any, int]],
) -> str:
    """A list of hits: what was asked, how many there are, each of them, and a line for each facet."""
    asked = query if len(query) <= _LONGEST_QUERY else query[: _LONGEST_QUERY - 1] + "…"
    items = "".join(f"<li>{hit_html(entry)}</li>" for entry in entries)
    more = f'<div style="{_PALE}">… and {left_out:,} more</div>' if left_out else ""
    lines = "".join(_facet_html(name, counts) for name, counts in facets.items())
    return (
        f'<div style="max-width:60em"><div><bdi><strong>{escape(asked)}</strong></bdi>'
        f' <span style="{_PALE}">{escape(count)}</span></div>'
        f'<ol style="margin:.4em 0;padding-left:2em">{items}</ol>{more}{lines}</div>'
    )


def _facet_html(name: str, counts: Mapping[Any, int]) -> str:
    shown = [
        f"<bdi>{escape(str(value))}</bdi> ({count:,})"
        for value, count in islice(counts.items(), _MOST_VALUES)
    ]
    more = [f"and {len(counts) - _MOST_VALUES:,} more"] if len(counts) > _MOST_VALUES else []
    return f'<div style="{_PALE}">{escape(name)}: {" · ".join(shown + more) or "none"}</div>'
