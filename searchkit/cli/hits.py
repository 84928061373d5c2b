"""Results -> lines for a person, styled; `click.echo` takes the styles out where they are not wanted."""

from __future__ import annotations

from collections.abc import Iterator

import click

from searchkit import Highlighted, Hit, Results
from searchkit.cli.columns import one_line, printable, wrapped
from searchkit.cli.quantities import count_of, seconds_of

__all__ = ["on_one_line", "result_lines"]

_INDENT = "  "


def result_lines(results: Results, *, offset: int, room: int | None) -> Iterator[str]:
    """All hits with an empty line between them, and how many there are.

    ``room`` is the width to wrap snippets to; None leaves each on a line of its own.
    """
    for hit in results:
        yield from _hit_lines(hit, room)
        yield ""
    count = count_of(results.total, "match", "matches")
    if len(results) not in (0, results.total):
        first, last = f"{offset + 1:,}", f"{offset + len(results):,}"
        count = f"{first if first == last else f'{first}–{last}'} of {count}"
    yield click.style(f"{count}, {seconds_of(results.took)}", dim=True)


def _hit_lines(hit: Hit, room: int | None) -> Iterator[str]:
    yield on_one_line(hit.title).ansi() or "(no title)"
    date = hit.published.date().isoformat() if hit.published else ""
    origin = " · ".join(printable(one_line(part)) for part in (date, hit.source, hit.url) if part)
    if origin:
        yield _INDENT + click.style(origin, dim=True)
    snippet = on_one_line(hit.snippet)
    lines = [snippet] if room is None else wrapped(snippet, max(room - len(_INDENT), 20))
    for line in lines:
        if line.text:
            yield _INDENT + line.ansi()


def on_one_line(text: Highlighted) -> Highlighted:
    """The text with its line breaks as spaces."""
    return Highlighted(one_line(text.text), text.spans, text.start)
