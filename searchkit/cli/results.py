"""Results -> styled lines for people. `click.echo` removes the styles where they are not wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from searchkit import Highlighted, Hit, Results
from searchkit.cli.addresses import readable
from searchkit.cli.columns import clipped, cut, one_line, padded, printable, shortened, width, wrapped
from searchkit.cli.output import count_of, seconds_of
from searchkit.dates import iso_text

_INDENT = "  "
_MOST_DUPLICATES = 5
_MOST_VALUES = 10
_WIDEST_VALUE = 40
_WIDEST_NAME = 24
_LEAST_ROOM = 20
_LEAST_ADDRESS = 24
_DAYS_NAMED = 7


def result_lines(
    results: Results,
    *,
    offset: int | None,
    room: int | None,
    collapsed: bool = False,
    in_time: Collection[str] = (),
    verbose: bool = False,
) -> Iterator[str]:
    """All hits, numbered and separated by empty lines, then the facets and the number of matches.

    ``offset`` is None after a cursor, where the number of hits before the page is not known, so that they
    have none. ``room`` is the width of the terminal that they are laid out for; None leaves each snippet on
    one line, and each address as it is. ``in_time`` names the facets of dates.
    """
    column = len(str((offset or 0) + len(results)))
    for number, hit in enumerate(results, (offset or 0) + 1):
        label = f"{number:>{column}}. " if offset is not None else ""
        yield from _hit_lines(hit, room, label, verbose=verbose)
        yield ""
    if results.facets:
        yield from facet_lines(results.facets, in_time=in_time, room=room, others=results.facet_others)
        yield ""
    count = _summary(results, offset, collapsed=collapsed)
    yield click.style(f"{count}, {seconds_of(results.took)}", dim=True)


def on_one_line(text: Highlighted) -> Highlighted:
    """The text with its line breaks replaced by spaces."""
    return Highlighted(one_line(text.text), text.spans, text.start)


def title_lines(title: Highlighted, place: str, room: int | None) -> Iterator[str]:
    """The title in bold, its matches in their colour, and the place of the hit behind it."""
    title = on_one_line(title)
    if not title.text.strip():
        title = Highlighted("(no title)")
    text = f"{title.text} · {one_line(place)}" if place else title.text
    whole = Highlighted(text, title.spans)
    for line in [whole] if room is None else wrapped(whole, room):
        behind = max(len(title.text) - line.start, 0)  # where the place begins
        yield _bold(clipped(line, 0, behind)) + _dim(printable(line.text[behind:]))


def _bold(text: Highlighted) -> str:
    styled, last = "", 0
    for start, end in [*text.spans, (len(text.text), len(text.text))]:
        styled += click.style(printable(text.text[last:start]), bold=True) if start > last else ""
        styled += clipped(text, start, end).ansi()
        last = end
    return styled


def _dim(text: str) -> str:
    return click.style(text, dim=True) if text else ""


def _hit_lines(hit: Hit, room: int | None, label: str, *, verbose: bool) -> Iterator[str]:
    indent = " " * len(label) or _INDENT
    room = None if room is None else max(room - len(indent), _LEAST_ROOM)
    for number, line in enumerate(title_lines(hit.title, hit.place, room)):
        yield (indent if number else click.style(label, dim=True)) + line
    id = f"id {hit.id}" if hit.id != hit.url else ""  # 'similar' and 'explain' ask for it
    for line in origin_lines(hit.published, hit.source, hit.url, id, room=room, whole=verbose):
        yield indent + click.style(line, dim=True)
    if verbose:
        tags = f"tags {', '.join(hit.tags)}" if hit.tags else ""
        for line in _wrapped_text(_joined(f"score {hit.score:.4g}", iso_text(hit.published), tags), room):
            yield indent + click.style(line, dim=True)
    snippet = on_one_line(hit.snippet)
    for part in [snippet] if room is None else wrapped(snippet, room):
        if part.text:
            yield indent + part.ansi()
    also = [f"also {_joined(one.source, one.title.text or '(no title)')}" for one in hit.duplicates]
    if len(also) > _MOST_DUPLICATES:
        also[_MOST_DUPLICATES:] = [f"and {len(also) - _MOST_DUPLICATES:,} more"]
    for line in also:
        fitting = line if room is None else cut(Highlighted(line), room).text
        yield indent + click.style(fitting, dim=True)


def origin_lines(
    published: datetime | None, source: str, url: str, id: str, *, room: int | None, whole: bool = False
) -> Iterator[str]:
    """Day, source, id and address, on one line where they have room.

    Without a width to fit into, or where the ``whole`` address is asked for, it is as it stands in the
    document; otherwise as people read it, shortened, and without the source where it begins with that.
    """
    day = _day(published, named=room is not None) if published else ""
    if room is None:
        if line := _joined(day, source, url, id):
            yield line
        return
    address = printable(one_line(url if whole else readable(url)))
    host = printable(one_line(readable(f"https://{source}")))
    if source and not whole and (address == host or address.startswith(f"{host}/")):
        source = ""
    first = _joined(day, source, id)
    room -= 1  # some terminals show … and · in two columns
    left = room - width(f"{first} · ") if first else room
    if not address or (width(address) > left and (whole or left < _LEAST_ADDRESS)):
        yield from _wrapped_text(first, room)
        first, left = "", room
    if address:  # a whole one is not broken, so that it can be copied
        address = address if whole else shortened(address, left)
        yield f"{first} · {address}" if first else address


def _day(time: datetime, *, named: bool) -> str:
    """The day, and beside the latest ones how long ago that is."""
    ago = (datetime.now(time.tzinfo).date() - time.date()).days
    if not named or not 0 <= ago < _DAYS_NAMED:
        return time.date().isoformat()
    return f"{time.date().isoformat()} ({('today', 'yesterday')[ago] if ago < 2 else f'{ago} days ago'})"


def _wrapped_text(text: str, room: int | None) -> list[str]:
    return [text] if room is None else [line.text for line in wrapped(Highlighted(text), room)]


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
