"""Budget: what all that one search asks of a snapshot may cost, before any of it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

from searchkit.engine.base import FacetCounts, Hits, PlanTooExpensiveError, Snapshot
from searchkit.engine.plan import Buckets, Clause, Plan, Sort
from searchkit.errors import QueryTooExpensiveError
from searchkit.query.ast import FuzzyNode, PhraseNode, PrefixNode, QueryNode, WildcardNode
from searchkit.query.cost import (
    PER_CHARACTER,
    PER_DOCUMENT,
    PER_INDEX,
    AtMost,
    CostModel,
    cost_of_words,
    leaves,
    terms_by_field,
)
from searchkit.query.frequencies import Frequencies
from searchkit.query.parser import MAX_LENGTH

_SHOWN = 40
"""Characters of the dearest part in a message."""


class BoundedSnapshot(Snapshot):
    """A snapshot that answers until what was asked of it has cost ``max_cost``; None is the default.

    To plan the text of the query costs as well. A plan that would cost more than is left raises
    `PlanTooExpensiveError` and does not run.
    """

    def __init__(self, snapshot: Snapshot, max_cost: int | None = None, text: str = "") -> None:
        self._snapshot = snapshot
        self.doc_freqs = snapshot.doc_freqs  # type: ignore[method-assign]  # many calls, which are free
        self._size = size = len(snapshot)
        self._limit = PER_INDEX + PER_DOCUMENT * size if max_cost is None else max_cost
        # Most searches are cheap even if every term were in every document: nothing is looked up for them.
        self._of_text = float(PER_CHARACTER * min(len(text), MAX_LENGTH))
        self._at_most = self._of_text
        self._asked: list[tuple[Plan, int]] = []
        self._exact: tuple[_Lookups, CostModel] | None = None

    def _charge(self, plans: Sequence[Plan], facets: int = 0) -> None:
        new = list(zip(plans, repeat(facets)))
        if not self._exact:
            for plan in plans:
                rough = None if facets else cost_of_words(plan, self._size)
                if rough is None:
                    model = CostModel(AtMost(self._size))
                    model.add(plan, facets)
                    rough = model.cost
                self._at_most += rough
            if self._at_most <= self._limit:
                self._asked += new
                return
            statistics = _Lookups(self._snapshot)
            self._exact = statistics, CostModel(statistics, self._limit, self._of_text)
            self._add(*self._exact, self._asked)
        self._add(*self._exact, new)

    def _add(self, statistics: _Lookups, model: CostModel, asked: Sequence[tuple[Plan, int]]) -> None:
        statistics.look_up([plan for plan, _ in asked])
        before = model.cost
        try:
            for priced in asked:
                model.add(*priced)
        except PlanTooExpensiveError:
            model.cost = before  # none of it runs, and what is asked instead may be cheap
            raise

    @property
    def version(self) -> str:
        return self._snapshot.version

    def search(self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None) -> Hits:
        self._charge([plan if limit and (not sort or sort.ranks) else Plan(plan.match)])
        return self._snapshot.search(plan, limit=limit, offset=offset, sort=sort)

    def multi_search(self, plans: Sequence[Plan], *, limit: int, sort: Sort | None = None) -> list[Hits]:
        ranked = limit and (not sort or sort.ranks)
        self._charge(plans if ranked else [Plan(plan.match) for plan in plans])
        return self._snapshot.multi_search(plans, limit=limit, sort=sort)

    def count(self, match: Clause) -> int:
        self._charge([Plan(match)])
        return self._snapshot.count(match)

    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, FacetCounts]:
        self._charge([Plan(match)], len(fields))
        return self._snapshot.facets(match, fields)

    def buckets(self, match: Clause, wanted: Buckets) -> dict[int, int]:
        self._charge([Plan(match)], 1)
        return self._snapshot.buckets(match, wanted)

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        return self._snapshot.doc_freqs(field, terms)

    def average_length(self, field: str, term: str) -> float:
        return self._snapshot.average_length(field, term)

    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        return self._snapshot.terms_with_prefix(field, text, limit=limit)

    def beginning_with(self, field: str, text: str) -> tuple[int, int]:
        return self._snapshot.beginning_with(field, text)

    def stored(self, ids: Iterable[str]) -> dict[str, bytes]:
        return self._snapshot.stored(ids)

    def existing(self, ids: Iterable[str]) -> set[str]:
        return self._snapshot.existing(ids)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._snapshot)


class _Lookups:
    """The statistics of a snapshot, each asked for once."""

    is_exact = True

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._frequencies = Frequencies(snapshot)
        self._beginnings: dict[tuple[str, str], tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._snapshot)

    def look_up(self, plans: Iterable[Plan]) -> None:
        """Ask for the frequencies that plans need in one request for each field."""
        for field, terms in terms_by_field(plans).items():
            self._frequencies.doc_freqs(field, terms)

    def doc_freq(self, field: str, term: str) -> int:
        return self._frequencies.doc_freq(field, term)

    def beginning_with(self, field: str, text: str) -> tuple[int, int]:
        key = field, text
        if key not in self._beginnings:
            self._beginnings[key] = self._snapshot.beginning_with(field, text)
        return self._beginnings[key]


def too_expensive(
    text: str,
    error: PlanTooExpensiveError,
    query: QueryNode | None = None,
    parts: Iterable[tuple[QueryNode, Clause]] = (),
) -> QueryTooExpensiveError:
    """The error of a query, which names the part with the clause that costs most, or else all of it."""
    dearest = error.clause
    blamed = next((node for node, clause in parts if dearest and dearest in leaves(clause)), query)
    part = str(blamed) if blamed else text
    # As it was typed, or at least what stands in it.
    places = (text.find(one) for one in (part, getattr(blamed, "text", part)))
    position = next((place for place in places if place >= 0), 0)
    shown = part if len(part) <= _SHOWN else part[:_SHOWN] + "…"
    why = error.reason or f"it would read {error.cost:,} postings, and {error.limit:,} are allowed"
    reason = f"{shown} takes too long to look for: {why}; {_way_out(blamed)}"
    return QueryTooExpensiveError(text, position, reason, cost=error.cost, limit=error.limit)


def _way_out(node: QueryNode | None) -> str:
    match node:
        case PhraseNode(slop=slop) if slop:
            return "let fewer words stand loosely, each of two characters or more"
        case PrefixNode() | WildcardNode():
            return "put more letters before the first * or ?"
        case FuzzyNode():
            return "let fewer letters be wrong, in a longer word"
        case _:
            return "make it shorter, or ask for a part of it at a time"
