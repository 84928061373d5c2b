"""cost: a plan -> what it costs to run, from document frequencies, before it runs.

The unit is a posting that is read with its positions, about 20 ns of tantivy on one core;
docs/decisions/0017-query-cost.md has the measurements behind the figures here. A cost is about what the worst
index with these frequencies takes; most plans take less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from searchkit.engine import plan as nodes
from searchkit.engine.base import PlanTooExpensiveError
from searchkit.engine.plan import Boolean, Clause, Phrase, Plan, Term, TermSet, has_positions

PER_INDEX, PER_DOCUMENT = 6_000_000, 50
"""What a query may cost, where nothing else is said, and what more for each document: 0.12 s and 1 µs."""
PER_CHARACTER = 800
"""What it costs to plan a character of a query."""

_CLAUSE = 800.0  # to plan and to set up a clause
_TERM = 100.0  # the same for each term of a phrase
_AUTOMATON = 30_000.0  # to make one and to mark what is like it in the hits
_POSTING = 0.2  # a document of a term, without positions
_COUNTED = 1.0  # the same where it is counted how many clauses match
_STATE = 2500.0  # a character of a pattern, for each * in it
_VALUE = 30.0  # a term of a dictionary that is looked at, or one of a set
_RANGE = 0.5  # a document whose number is compared
_EXPANSION = 0.05  # a document of a phrase, for each term that one with an open end stands for
_MOVES = 4.0  # a document of a loose phrase of three terms; more multiply it
_FASTEST_GROWTH = 4.0
_WALK = 10.0  # a whole dictionary, for each document
_WALK_OF_PAIRS = 150.0  # the same of pairs, of which there are many more
_FUZZY, _FUZZY_SHORT = 5.0, 25.0  # for each document
_TIE = 90.0  # a document that nothing ranks, so that it may have to be put in order with all of its like
_FACET = 8.0  # a document whose values are counted

_SIGN = re.compile(r"[*?]")


class Statistics(Protocol):
    """What the cost of a plan depends on."""

    is_exact: bool
    """Or are the numbers the most that there can be?"""

    def __len__(self) -> int:
        """How many documents there are."""

    def doc_freq(self, field: str, term: str) -> int:
        """How many documents have the term in the field."""

    def beginning_with(self, field: str, text: str) -> tuple[int, int]:
        """How many terms of the field begin with the text, and how many postings they have together."""


class AtMost:
    """The statistics of an index of which only the size is known: everything is everywhere."""

    is_exact = False

    def __init__(self, documents: int) -> None:
        self._documents = documents

    def __len__(self) -> int:
        return self._documents

    def doc_freq(self, field: str, term: str) -> int:  # noqa: ARG002
        return self._documents

    def beginning_with(self, field: str, text: str) -> tuple[int, int]:  # noqa: ARG002
        # A long document has many terms.
        return 1000 + self._documents * (5 if has_positions(field) else 1), 1000 + 20 * self._documents


class CostModel:
    """Adds up what plans cost on an index with these statistics, up to a limit; ``cost`` is paid already."""

    def __init__(self, statistics: Statistics, limit: int | None = None, cost: float = 0.0) -> None:
        self.cost = cost
        self._statistics = statistics
        self._size = len(statistics)
        self._limit = limit
        self._dearest: tuple[float, Clause | None] = (0.0, None)

    def add(self, plan: Plan, facets: int = 0) -> None:
        """Add a search with so many facets, or without scores a count.

        Raises `PlanTooExpensiveError`, with the clause that costs most, as soon as it is beyond the limit.
        """
        size = self._clause(plan.match, self._size)
        ranked = sum([self._clause(score.node, size) for score in plan.scores])
        if plan.scores:
            self._pay(_TIE * max(0, size - (ranked if self._statistics.is_exact else 0)))
        self._pay(_CLAUSE + size * (_POSTING + _FACET * facets))

    def _pay(self, cost: float, leaf: Clause | None = None) -> None:
        self.cost += cost
        if leaf and cost > self._dearest[0]:
            self._dearest = cost, leaf
        if self._limit is not None and self.cost > self._limit:
            raise PlanTooExpensiveError(self._dearest[1], int(self.cost), self._limit)

    def _clause(self, clause: Clause, within: int) -> int:
        """Adds what a clause costs among so many documents, and returns how many match at most."""
        if isinstance(clause, Boolean):
            return self._boolean(clause, within)
        if isinstance(clause, Term):  # as most are
            size = self._statistics.doc_freq(clause.field, clause.text)
            cost = _CLAUSE + _POSTING * (size if size < within else within)
        else:
            cost, size = self._leaf(clause, within)
        self._pay(cost, clause)
        return min(size, self._size)

    def _leaf(self, clause: Clause, within: int) -> tuple[float, int]:
        """What a clause with no others within costs, and how many documents match at most."""
        size = self._size
        match clause:
            case Phrase():
                return self._phrase(clause, within)
            case nodes.Prefix(field, text):
                return self._beginning(field, text)
            case nodes.Wildcard(field, pattern):
                automaton = _automaton(pattern)
                if start := _SIGN.split(pattern, maxsplit=1)[0]:
                    cost, size = self._beginning(field, start)
                    return automaton + cost * max(1, pattern.count("*")), size
                is_wide = has_positions(field) and pattern.startswith("*")
                return automaton + size * (_WALK_OF_PAIRS if is_wide else _WALK), size
            case nodes.Fuzzy(_, text, distance):
                return _AUTOMATON + size * (_FUZZY_SHORT if len(text) <= 2 * distance else _FUZZY), size
            case TermSet("id", values):
                return _CLAUSE + _VALUE * len(values), len(values)
            case TermSet(_, values):
                return _CLAUSE + _VALUE * len(values) + _POSTING * min(size, within), size
            case nodes.Range():
                return _CLAUSE + _RANGE * min(size, within), size
            case nodes.MatchNone():
                return 0.0, 0
            case _:
                return _CLAUSE, size

    def _beginning(self, field: str, text: str) -> tuple[float, int]:
        terms, postings = self._statistics.beginning_with(field, text)
        return _AUTOMATON + _VALUE * terms + _POSTING * postings, postings

    def _phrase(self, phrase: Phrase, within: int) -> tuple[float, int]:
        having: list[int] = []
        expansions = 0
        for number, (_, text) in enumerate(phrase.terms):
            if number in phrase.beginnings:
                terms, postings = self._statistics.beginning_with(phrase.field, text)
                expansions += terms
            else:
                postings = self._statistics.doc_freq(phrase.field, text)
            having.append(postings)
        size, count = min(*having, self._size), len(having)
        looked_at = min(size, within)
        cost = _CLAUSE + _TERM * (count + expansions) + _POSTING * sum(having) + float(looked_at * count)
        # Where the terms with an open end stand in a document is asked of each that there is.
        cost += looked_at * expansions * _EXPANSION
        if phrase.slop and count > 2:
            # Every term multiplies the ways in which those before it may have moved.
            growth = min(_FASTEST_GROWTH, 1 + phrase.slop / 3)
            cost += looked_at * _MOVES * growth ** min(count - 3, 50)
        return cost, size

    def _boolean(self, clause: Boolean, within: int) -> int:
        size = self._size
        # What is quickly looked up comes first, and bounds the others.
        for child in sorted(clause.must, key=_is_slow):
            size = min(size, self._clause(child, within))
            within = min(within, size)
        if clause.should:
            together = sum([self._clause(child, within) for child in clause.should])
            if clause.minimum > 1:
                self._pay(_COUNTED * min(together, within * len(clause.should)))
            if clause.minimum:
                size = min(size, together)
        for child in clause.must_not:
            self._clause(child, within)
        self._pay(_CLAUSE)
        return size


def cost_of_words(plan: Plan, documents: int) -> float | None:
    """What a plan costs at most that looks for words and phrases, as nearly all do; None for any other.

    It says in one call what `CostModel` would say of `AtMost` in hundreds.
    """
    terms = clauses = counted = 0
    waiting: list[Clause] = [plan.match, *[score.node for score in plan.scores]]
    for clause in waiting:  # which grows meanwhile
        if isinstance(clause, Term):
            terms += 1
        elif isinstance(clause, Boolean):
            clauses += 1
            waiting += clause.must
            waiting += clause.should
            waiting += clause.must_not
            if clause.minimum_should_match not in (None, 0, 1):
                counted += len(clause.should)
        elif isinstance(clause, Phrase) and not clause.slop and not clause.beginnings:
            terms += len(clause.terms)
        else:
            return None
    each = _CLAUSE + _TERM + documents * (1 + _POSTING)
    every = documents * (_POSTING + _TIE + _COUNTED * counted)
    return _CLAUSE * (1 + clauses) + terms * each + every


def terms_by_field(plans: Iterable[Plan]) -> dict[str, list[str]]:
    """The terms whose frequencies the cost of the plans depends on, by field."""
    found: dict[str, list[str]] = {}
    for plan in plans:
        for clause in (plan.match, *(score.node for score in plan.scores)):
            for leaf in leaves(clause):
                if isinstance(leaf, Term):
                    found.setdefault(leaf.field, []).append(leaf.text)
                elif isinstance(leaf, Phrase):
                    whole = [term for at, (_, term) in enumerate(leaf.terms) if at not in leaf.beginnings]
                    found.setdefault(leaf.field, []).extend(whole)
    return found


def leaves(clause: Clause) -> Iterator[Clause]:
    """The clauses in a clause that have no others within."""
    if isinstance(clause, Boolean):
        for child in (*clause.must, *clause.should, *clause.must_not):
            yield from leaves(child)
    else:
        yield clause


def _automaton(pattern: str) -> float:
    """What it takes to make the automaton of a pattern; each ``?`` behind a ``*`` doubles its states."""
    wide = pattern.partition("*")[2].count("?")
    return _AUTOMATON * (2 << wide if wide else 1) + _STATE * len(pattern) * pattern.count("*")


def _is_slow(clause: Clause) -> bool:
    return not isinstance(clause, Term | TermSet)
