"""Results -> styled lines for people. `click.echo` removes the styles where they are not wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import click

from searchkit import Highlighted, Hit, Results
from searchkit.cli.columns import cut, one_line, padded, printable, width, wrapped
from searchkit.cli.output import count_of, seconds_of

_INDENT = "  "
_MOST_DUPLICATES = 5
_MOST_VALUES = 10
_WIDEST_VALUE = 40
_WIDEST_NAME = 24
_LEAST_ROOM = 20


def result_lines(
    results: Results,
    *,
    offset: int | None,
    room: int | None,
    collapsed: bool = False,
    in_time: Collection[str] = (),
) -> Iterator[str]:
    """All hits, separated by empty lines, then the facets and the number of matches.

    ``offset`` is None after a cursor, where the number of hits before the page is not known. ``room`` is the
    width to wrap snippets to; None leaves each snippet on one line. ``in_time`` names the facets of dates.
    """
    for hit in results:
        yield from _hit_lines(hit, room)
        yield ""
    if results.facets:
        yield from facet_lines(results.facets, in_time=in_time, room=room, others=results.facet_others)
        yield ""
    count = _summary(results, offset, collapsed=collapsed)
    yield click.style(f"{count}, {seconds_of(results.took)}", dim=True)


def on_one_line(text: Highlighted) -> Highlighted:
    """The text with its line breaks replaced by spaces."""
    return Highlighted(one_line(text.text), text.spans, text.start)


def _hit_lines(hit: Hit, room: int | None) -> Iterator[str]:
    yield on_one_line(hit.title).ansi() or "(no title)"
    date = hit.published.date().isoformat() if hit.published else ""
    id = f"id {hit.id}" if hit.id != hit.url else ""  # 'similar' and 'explain' ask for it
    if origin := _joined(date, hit.source, hit.url, id):
        yield _INDENT + click.style(origin, dim=True)
    room = None if room is None else max(room - len(_INDENT), _LEAST_ROOM)
    snippet = on_one_line(hit.snippet)
    for part in [snippet] if room is None else wrapped(snippet, room):
        if part.text:
            yield _INDENT + part.ansi()
    also = [f"also {_joined(one.source, one.title.text or '(no title)')}" for one in hit.duplicates]
    if len(also) > _MOST_DUPLICATES:
        also[_MOST_DUPLICATES:] = [f"and {len(also) - _MOST_DUPLICATES:,} more"]
    for line in also:
        fitting = line if room is None else cut(Highlighted(line), room).text
        yield _INDENT + click.style(fitting, dim=True)


def _joined(*parts: str) -> str:
    return " · ".join(printable(one_line(part)) for part in parts if part)


def _summary(results: Results, offset: int | None, *, collapsed: bool) -> str:
    """The number of matches, and which of them are on this page, unless it has all or none.

    Of stories only those on the page are counted: the total is not known.
    """
    count, length = count_of(results.total, "match", "matches"), len(results)
    if length in (0, results.total):
        return count
    stories = count_of(length, "story", "stories")
    if offset is None:
        return (
            f"{stories.replace(' ', ' more ')} among {count}" if collapsed else f"{length:,} more of {count}"
        )
    if collapsed and not offset and sum(1 + len(hit.duplicates) for hit in results) == results.total:
        return f"{stories} among {count}"
    shown = f"{offset + 1:,}" if length == 1 else f"{offset + 1:,}–{offset + length:,}"
    noun = "story" if length == 1 else "stories"
    return f"{noun} {shown} among {count}" if collapsed else f"{shown} of {count}"


# -- facets


def facet_lines(
    facets: Mapping[str, Mapping[Any, int]],
    *,
    in_time: Collection[str],
    room: int | None,
    others: Mapping[str, int],
) -> Iterator[str]:
    """A block of lines for each facet: its name, then its values and their counts, in aligned columns.

    A facet shows its first values, the most frequent ones; a facet in ``in_time`` shows its latest values.
    ``others`` is what `Results.facet_others` has.
    """
    shown = {name: _rows(counts, name in in_time) for name, counts in facets.items()}
    every = [row for rows in shown.values() for row in rows]
    names = min(max(map(width, facets), default=0), _WIDEST_NAME)
    numbers = max((len(f"{count:,}") for _, count in every), default=1)
    column = min(max((width(value) for value, _ in every), default=0), _WIDEST_VALUE)
    if room is not None:
        column = max(min(column, room - names - numbers - 2 * len(_INDENT)), 8)
        shown = {
            name: [(cut(Highlighted(value), column).text, count) for value, count in rows]
            for name, rows in shown.items()
        }
    for name, rows in shown.items():
        lines = [f"{padded(value, column)}{_INDENT}{count:>{numbers},}" for value, count in rows]
        if left_out := len(facets[name]) - len(rows):
            in_order = name in in_time
            note = click.style(f"… {left_out:,} {'earlier' if in_order else 'more'}", dim=True)
            lines.insert(0 if in_order else len(lines), note)
        if name in others:
            lines.append(click.style(f"… values that are not counted here: {others[name]:,}", dim=True))
        label = click.style(cut(Highlighted(name), names).text, bold=True)
        for line in lines or [click.style("none", dim=True)]:
            yield padded(label, names) + _INDENT + line
            label = ""


def _rows(counts: Mapping[Any, int], in_time: bool) -> Sequence[tuple[str, int]]:
    rows = list(counts.items())
    kept = rows[-_MOST_VALUES:] if in_time else rows[:_MOST_VALUES]
    return [(printable(one_line(_text(value))), count) for value, count in kept]


def _text(value: Any) -> str:
    """The value as --where takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
