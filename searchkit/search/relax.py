"""relax: a query that fills no page -> the same with fewer of its words needed.

The least telling words are let go first: those that no document has, then the most frequent ones. What has
all of the query stays first, as it is.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from searchkit.engine.base import Snapshot
from searchkit.engine.plan import Boolean, Clause
from searchkit.query.matching import Match
from searchkit.query.planned import Planned

PAGE = 10
"""Hits of a page. A query with fewer is relaxed, whatever the limit, so that all pages are of one list."""
# Each is a question to the engine. Where a query has more words, several are let go at once.
_MOST_STEPS = 6


class Relaxed(NamedTuple):
    """What is listed behind the hits that have all of the query."""

    match: Clause
    let_go: tuple[str, ...]
    """The words that are not needed there."""


class Replan(Protocol):
    """Plans the query again, with another ``match``, or with words that no document needs."""

    def __call__(self, *, match: Match | None = None, let_go: frozenset[str] = frozenset()) -> Planned: ...


def relax(planned: Planned, total: int, snapshot: Snapshot, replan: Replan) -> Relaxed | None:
    """What else to list where only ``total`` documents match; None where nothing can be let go.

    The query has several words, quotes aside, and ``match`` does not need all of them.
    """
    if total >= PAGE:
        return None
    words = planned.content_words()
    if len(words) < 2:
        return None
    having = {word: snapshot.count(clause) for word, clause in words.items()}
    # Of words that are equally frequent the last goes first: people name the main thing first.
    places = {word: place for place, word in enumerate(words)}
    order = sorted(words, key=lambda word: (having[word] > 0, -having[word], -places[word]))
    if not having[order[-1]]:
        return None
    found: Relaxed | None = None
    for size in _sizes(len(order)):
        let_go = order[:size]
        if size < len(order):
            match = replan(let_go=frozenset(let_go)).plan.match
        else:
            match, let_go = replan(match="any").plan.match, order[:-1]
        more = snapshot.count(Boolean(should=(planned.plan.match, match)))
        if more > total:
            kept = tuple(word for word in words if word in let_go)
            found, total = Relaxed(Boolean(must=(match,), must_not=(planned.plan.match,)), kept), more
        if total >= PAGE:
            break
    return found


def _sizes(words: int) -> list[int]:
    """How many words are let go, step by step; as many as there are means that any of them is enough."""
    step = -(-words // _MOST_STEPS)
    return [*range(step, words, step), words]
