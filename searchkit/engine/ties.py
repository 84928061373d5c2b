"""Ties: hits that are equal in score, or by the field that sorts, in one order, whatever built the index.

An engine leaves equal hits as they stand in its segments, and which document is in which segment depends on
threads and merges. Here they come by their `tie_key`. Scores are equal when they differ by no more than sums
of the same numbers do that are added in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from operator import itemgetter, sub
from typing import Any, Generic, NamedTuple, TypeVar
from zlib import crc32

Place = TypeVar("Place")
"""Where an engine has a document."""


class Run(NamedTuple, Generic[Place]):
    """All hits that are equal to one."""

    start: int
    """How many come before them."""
    places: Callable[[int, int], Sequence[Place]]
    """From one of them on so many, by their `tie_key`."""


_ROUNDING = 5e-7  # of 32-bit numbers, some units of the last place
_LOOK = 2
"""How many hits before and behind a page are looked at, whether they are equal to those on it."""
_MORE = 64  # times as many when that was not enough


def tie_key(id: str) -> int:
    """By what equal hits are ordered: a digest of the id, of 63 bits, so that it is a signed number."""
    encoded = id.encode()
    return crc32(encoded) << 31 | crc32(encoded[::-1]) >> 1


def page_of(
    fetch: Callable[[int, int], list[tuple[Any, Place]]],
    keys: Callable[[list[Place]], Sequence[int]],
    *,
    offset: int,
    limit: int,
    by_score: bool,
    run_of: Callable[[Any], Run[Place] | None] = lambda _: None,
) -> list[tuple[Any, Place]]:
    """The hits of a page.

    ``fetch`` gives so many hits from a place on: each with what orders it, and where it is; ``keys`` the
    `tie_key` of documents. Equal hits that a border of the page parts are fetched all, unless the engine can
    order them itself (``run_of``).
    """
    before, behind = min(offset, _LOOK), _LOOK
    while True:
        wanted = before + limit + behind
        hits = fetch(offset - before, wanted)
        values = [value for value, _ in hits]
        runs = _runs(values, by_score)
        if not runs:
            return hits[before : before + limit]
        by_key: Sequence[int] = ()
        is_cut = goes_on = False
        for start, end in runs:
            if end <= before or start >= before + limit:
                continue
            parted = offset > before and start == 0, end == wanted
            value = values[start]
            if True not in parted:
                by_key = by_key or keys(list(map(itemgetter(1), hits)))
                in_order = map(hits.__getitem__, sorted(range(start, end), key=by_key.__getitem__))
                hits[start:end] = zip(repeat(value), map(itemgetter(1), in_order))
            elif run := run_of(value):
                places = run.places(offset - before + start - run.start, end - start)
                hits[start:end] = zip(repeat(value), places)
            else:
                is_cut, goes_on = is_cut or parted[0], goes_on or parted[1]
        if not is_cut and not goes_on:
            return hits[before : before + limit]
        before = min(offset, before * _MORE) if is_cut else before
        behind = behind * _MORE if goes_on else behind


def places_of(values: Sequence[Any], *, descending: bool, by_score: bool = False) -> list[int]:
    """For each value its place among them in this order; equal ones have one, and None comes last."""
    having = sorted((value for value in values if value is not None), reverse=descending)
    places = dict(zip(reversed(having), range(len(having) - 1, -1, -1)))
    for start, end in _runs(having, by_score) if by_score else ():
        places.update(dict.fromkeys(having[start:end], start))
    return [len(having) if value is None else places[value] for value in values]


def _runs(values: Sequence[Any], by_score: bool) -> list[tuple[int, int]]:
    """Where neighbours are equal: the start and the end of each run of two or more."""
    runs: list[tuple[int, int]] = []
    start = 0
    if by_score and values and min(map(sub, values, values[1:]), default=1.0) > _ROUNDING * values[0]:
        return runs  # as nearly always, and this is quickly said
    for at in range(1, len(values) + 1):
        if at < len(values):
            last, value = values[at - 1], values[at]
            if value == last or (by_score and last - value <= _ROUNDING * last):
                continue
        if at - start > 1:
            runs.append((start, at))
        start = at
    return runs
