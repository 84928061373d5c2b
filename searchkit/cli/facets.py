"""Facets -> lines for a person: each name, then its values with how many matches have them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import click

from searchkit import Highlighted
from searchkit.cli.columns import cut, one_line, padded, printable, width

__all__ = ["facet_lines"]

_MOST_VALUES = 10
_WIDEST_VALUE = 40
_WIDEST_NAME = 24
_GAP = "  "


def facet_lines(
    facets: Mapping[str, Mapping[Any, int]], *, in_time: Collection[str], room: int | None
) -> Iterator[str]:
    """A block for each facet, in columns that all of them share.

    Of many values there are the first ones, which most matches have; of those ``in_time`` the latest.
    """
    shown = {name: _rows(counts, name in in_time) for name, counts in facets.items()}
    counts = [count for rows in shown.values() for _, count in rows]
    names = min(max(map(width, facets), default=0), _WIDEST_NAME)
    numbers = max((len(f"{count:,}") for count in counts), default=1)
    widest = max((width(value) for rows in shown.values() for value, _ in rows), default=0)
    column = min(widest, _WIDEST_VALUE)
    if room is not None:
        column = max(min(column, room - names - numbers - 2 * len(_GAP)), 8)
    for name, rows in shown.items():
        lines = [
            f"{padded(_fitting(value, column, room), column)}{_GAP}{count:>{numbers},}"
            for value, count in rows
        ]
        if left_out := len(facets[name]) - len(rows):
            in_order = name in in_time
            note = click.style(f"… {left_out:,} {'earlier' if in_order else 'more'}", dim=True)
            lines.insert(0 if in_order else len(lines), note)
        label = cut(Highlighted(name), names).text
        for line in lines or [click.style("none", dim=True)]:
            yield (
                (click.style(label, bold=True) if label else "") + " " * (names - width(label)) + _GAP + line
            )
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


def _fitting(value: str, column: int, room: int | None) -> str:
    return value if room is None else cut(Highlighted(value), column).text
