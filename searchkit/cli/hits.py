"""Results -> lines for a person, styled; `click.echo` takes the styles out where they are not wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import click

from searchkit import Highlighted, Hit, Results
from searchkit.cli.columns import cut, one_line, printable, wrapped
from searchkit.cli.facets import facet_lines
from searchkit.cli.quantities import count_of, seconds_of

__all__ = ["on_one_line", "result_lines"]

_INDENT = "  "
_MOST_DUPLICATES = 5


def result_lines(
    results: Results,
    *,
    offset: int | None,
    room: int | None,
    collapsed: bool = False,
    in_time: Collection[str] = (),
) -> Iterator[str]:
    """All hits with an empty line between them, the facets, and how many matches there are.

    ``offset`` is None behind a cursor, which does not say how many hits are before it. ``room`` is the width
    to wrap snippets to; None leaves each on a line of its own. The facets ``in_time`` have values in order.
    """
    for hit in results:
        yield from _hit_lines(hit, room)
        yield ""
    if results.facets:
        yield from facet_lines(results.facets, in_time=in_time, room=room)
        yield ""
    count = _stories(results, offset) if collapsed else _matches(results, offset)
    yield click.style(f"{count}, {seconds_of(results.took)}", dim=True)


def on_one_line(text: Highlighted) -> Highlighted:
    """The text with its line breaks as spaces."""
    return Highlighted(one_line(text.text), text.spans, text.start)


def _hit_lines(hit: Hit, room: int | None) -> Iterator[str]:
    yield on_one_line(hit.title).ansi() or "(no title)"
    date = hit.published.date().isoformat() if hit.published else ""
    id = f"id {hit.id}" if hit.id != hit.url else ""  # which 'similar' and 'explain' ask for
    origin = _joined(date, hit.source, hit.url, id)
    if origin:
        yield _INDENT + click.style(origin, dim=True)
    snippet = on_one_line(hit.snippet)
    lines = [snippet] if room is None else wrapped(snippet, max(room - len(_INDENT), 20))
    for line in lines:
        if line.text:
            yield _INDENT + line.ansi()
    for duplicate in _duplicate_lines(hit.duplicates, room):
        yield _INDENT + click.style(duplicate, dim=True)


def _duplicate_lines(duplicates: Sequence[Hit], room: int | None) -> Iterator[str]:
    for hit in duplicates[:_MOST_DUPLICATES]:
        line = f"also {_joined(hit.source, hit.title.text or '(no title)')}"
        yield line if room is None else cut(Highlighted(line), max(room - len(_INDENT), 20)).text
    if len(duplicates) > _MOST_DUPLICATES:
        yield f"and {len(duplicates) - _MOST_DUPLICATES:,} more"


def _joined(*parts: str) -> str:
    return " · ".join(printable(one_line(part)) for part in parts if part)


def _matches(results: Results, offset: int | None) -> str:
    """How many match, and which of them are shown, unless it is all or none."""
    count = count_of(results.total, "match", "matches")
    if len(results) in (0, results.total):
        return count
    shown = f"{len(results):,} more" if offset is None else _range(offset, len(results))
    return f"{shown} of {count}"


def _stories(results: Results, offset: int | None) -> str:
    """How many match, and which stories of them are shown: how many stories there are, nobody has counted."""
    count = count_of(results.total, "match", "matches")
    stories = count_of(len(results), "story", "stories")
    if len(results) in (0, results.total):
        return count
    if offset is None:
        shown = stories.replace(" ", " more ")
    elif offset == 0 and sum(1 + len(hit.duplicates) for hit in results) == results.total:
        shown = stories
    else:
        shown = f"{'story' if len(results) == 1 else 'stories'} {_range(offset, len(results))}"
    return f"{shown} among {count}"


def _range(offset: int, length: int) -> str:
    return f"{offset + 1:,}" if length == 1 else f"{offset + 1:,}–{offset + length:,}"
