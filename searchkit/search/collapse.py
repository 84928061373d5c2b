"""duplicates: a list of hits -> the same list with each story once.

A hit is folded into the first better one of the same story. So whether a hit is shown depends on the better
ones alone, and every page of a search agrees with the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from searchkit.engine.base import ScoredDoc, Snapshot
from searchkit.engine.plan import Boolean, Plan, Sort, Term
from searchkit.indexing.sketch import needed, same_story
from searchkit.indexing.stored_fields import StoredFields
from searchkit.schema import SKETCH

__all__ = ["MOST_STORIES", "Story", "stories"]

MOST_STORIES = 1000
_MOST_TELLINGS = 100

_Leader = tuple[ScoredDoc, tuple[str, ...]]
"""A hit that is shown, and its sketch."""


@dataclass(frozen=True)
class Story:
    """A hit, and those of the same story behind it."""

    first: ScoredDoc
    others: tuple[ScoredDoc, ...]


def stories(
    snapshot: Snapshot, plan: Plan, sort: Sort | None, *, offset: int, limit: int
) -> tuple[int, list[Story], bool]:
    """How many documents match, the stories from ``offset`` on, and whether there are more behind them.

    Raises ValueError behind the first `MOST_STORIES`: each page has to look at all the pages before it.
    """
    if offset + limit > MOST_STORIES:
        raise ValueError(f"near-duplicates are folded among the first {MOST_STORIES} hits, not behind them")
    total, found = snapshot.search(plan, limit=2 * (offset + limit), offset=0, sort=sort)
    leaders: list[_Leader] = []
    for one in _all(snapshot, plan, sort, found, total) if limit else ():
        sketch = StoredFields.decode(one.stored).sketch
        if not any(same_story(sketch, other) for _, other in leaders):
            leaders.append((one, sketch))
            if len(leaders) > offset + limit:
                break
    shown = range(offset, min(offset + limit, len(leaders)))
    retold = _perhaps_retold(snapshot, [leaders[at][1] for at in shown])
    told = [
        Story(leaders[at][0], _others(snapshot, plan, sort, at, leaders) if perhaps else ())
        for at, perhaps in zip(shown, retold)
    ]
    return total, told, len(leaders) > offset + limit


def _all(
    snapshot: Snapshot, plan: Plan, sort: Sort | None, found: list[ScoredDoc], total: int
) -> Iterator[ScoredDoc]:
    at = 0
    while found:
        yield from found
        at += len(found)
        found = snapshot.search(plan, limit=len(found), offset=at, sort=sort)[1] if at < total else []


def _perhaps_retold(snapshot: Snapshot, sketches: Sequence[tuple[str, ...]]) -> list[bool]:
    """For each sketch: do other documents have enough of its hashes for one of them to be of its story?

    Mostly they have not, and to look that up takes a small part of the time of searching for them.
    """
    counts = iter(snapshot.doc_freqs(SKETCH, [part for sketch in sketches for part in sketch]))
    return [sum(next(counts) > 1 for _ in sketch) >= needed(len(sketch)) for sketch in sketches]


def _others(
    snapshot: Snapshot,
    plan: Plan,
    sort: Sort | None,
    number: int,
    leaders: list[_Leader],
) -> tuple[ScoredDoc, ...]:
    """The hits that are folded into a leader: of its story, and of that of no better one."""
    leader, sketch = leaders[number]
    like_it = Boolean(
        should=tuple(Term(SKETCH, part) for part in sketch), minimum_should_match=needed(len(sketch))
    )
    near = Plan(Boolean(must=(plan.match, like_it)), plan.scores)
    _, found = snapshot.search(near, limit=_MOST_TELLINGS, offset=0, sort=sort)
    better = [sketch for _, sketch in leaders[:number]]
    return tuple(
        one
        for one in found
        if one.stored != leader.stored
        and same_story(own := StoredFields.decode(one.stored).sketch, sketch)
        and not any(same_story(own, other) for other in better)
    )
