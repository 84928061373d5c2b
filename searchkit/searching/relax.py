"""relax: a query that fills no page -> the same with fewer of its words needed.

The least telling words are let go first: those that no document has, then the most frequent ones. What has
all of the query stays first, as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from searchkit.engine.base import PlanTooExpensiveError, Snapshot
from searchkit.engine.plan import Boolean, Clause, Plan
from searchkit.query.planned import Planned
from searchkit.searching.planning import Planning

PAGE = 10
"""Hits of a page. A query with fewer is relaxed, whatever the limit, so that all pages are of one list."""
# Each is a question to the engine. Where a query has more words, several are let go at once.
_MOST_STEPS = 6
# What has more is a text, of which one telling word is enough already.
_MOST_WORDS = 100


class Relaxed(NamedTuple):
    """What is listed behind the hits that have all of the query."""

    match: Clause
    let_go: tuple[str, ...]
    """The words that are not needed there."""


def relax(planning: Planning, planned: Planned, total: int) -> Relaxed | None:
    """What else to list where only ``total`` documents match; None where nothing can be let go.

    The query has several words, quotes aside, and ``match`` does not need all of them. It is not relaxed
    where that would cost too much; that is an error where nothing matches, as an empty page would say that
    there is nothing.
    """
    if total >= PAGE:
        return None
    try:
        return _relax(planning, planned, total)
    except PlanTooExpensiveError:
        if not total:
            raise
        return None


def _relax(planning: Planning, planned: Planned, total: int) -> Relaxed | None:
    words = planned.content_words()
    if not 2 <= len(words) <= _MOST_WORDS:
        return None
    having = dict(zip(words, _counts(words.values(), planning.snapshot)))
    # Of words that are equally frequent the last goes first: people name the main thing first.
    places = {word: place for place, word in enumerate(words)}
    order = sorted(words, key=lambda word: (having[word] > 0, -having[word], -places[word]))
    if not having[order[-1]]:
        return None
    sizes = _sizes(len(order))
    plans = [planning.plan(let_go=frozenset(order[:size])) for size in sizes[:-1]]
    matches = [plan.plan.match for plan in (*plans, planning.plan("any"))]
    clauses = [Boolean(should=(planned.plan.match, match)) for match in matches]
    found: Relaxed | None = None
    for size, match, more in zip(sizes, matches, _counts(clauses, planning.snapshot)):
        if more > total:
            let_go = tuple(word for word in words if word in order[:size])
            found, total = Relaxed(Boolean(must=(match,), must_not=(planned.plan.match,)), let_go), more
        if total >= PAGE:
            break
    return found


def _counts(clauses: Iterable[Clause], snapshot: Snapshot) -> list[int]:
    """How many documents match each of the clauses; of a cluster in one request."""
    return [total for total, _ in snapshot.multi_search([Plan(clause) for clause in clauses], limit=0)]


def _sizes(words: int) -> list[int]:
    """How many words are let go, step by step; as many as there are means that any of them is enough."""
    step = -(-words // _MOST_STEPS)
    return [*range(step, words, step), words]
