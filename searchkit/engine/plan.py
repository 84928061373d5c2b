"""The plan: what an engine has to match and to add up, in terms of its fields.

A plan knows terms, but neither text nor Chinese; an engine translates it node by node. Every
text field of an engine holds the terms of one channel of the analysis, joined by spaces:

* ``words``: those of title and body together, the title's twice. They only rank.
* ``title_bigrams`` and ``body_bigrams``, with positions: passages and words match there, and rank.
* ``title_unigrams`` and ``body_unigrams``: single characters match there, and rank.

Beside them an engine holds the `ValueField` of an index: exact values that filter, sort and are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Union

from msgspec import Struct

__all__ = [
    "SCORE",
    "TEXT_FIELDS",
    "TEXT_PREFIX",
    "Boolean",
    "Buckets",
    "Clause",
    "Fuzzy",
    "MatchAll",
    "MatchNone",
    "Phrase",
    "Plan",
    "Prefix",
    "Range",
    "ScoreClause",
    "Sort",
    "Term",
    "TermSet",
    "Value",
    "ValueField",
    "Wildcard",
    "has_positions",
    "is_text_field",
]

_FARTHEST = 1e300
TEXT_PREFIX = "text_"
"""Begins the names of text fields of an index's own; they are among its `ValueField`."""
TEXT_FIELDS = ("words", "title_bigrams", "title_unigrams", "body_bigrams", "body_unigrams")

Value = Union[int, float, tuple[str, ...]]  # noqa: UP007 - Python 3.10 makes no alias of it otherwise
"""What an index document has in a `ValueField`: an integer, a number or labels, by its kind."""


class ValueField(Struct, frozen=True):
    """A field of exact values: ``integer`` (64 bits), ``number`` (double) and ``label`` (any number of
    texts).

    A ``key`` is a label that is looked up only: by `TermSet`, by `Term`, and by its beginning. ``terms`` are
    no values: such a field is a text field as those of `TEXT_FIELDS` are, with positions if it has bigrams.
    """

    name: str
    kind: Literal["integer", "number", "label", "key", "terms"]


def is_text_field(name: str) -> bool:
    """Does the field hold terms, not values?"""
    return name in TEXT_FIELDS or name.startswith(TEXT_PREFIX)


def has_positions(name: str) -> bool:
    """Are terms of the text field asked for in chains?"""
    return name.endswith("_bigrams")


class Buckets(Struct, frozen=True):
    """The values of a field of integers or numbers, counted by ranges instead of one by one.

    Between ``edges``, which rise, and of integers are at most 2**53: bucket 0 is below the first, and each
    other one begins with the edge before it. Or of one ``width`` each: bucket 0 begins with 0, and there are
    others below it; of numbers a value beside a border may count in the bucket next to its own.
    """

    field: str
    edges: tuple[float, ...] = ()
    width: float = 0

    def place(self, value: float) -> float:
        """How many widths a value is from 0, at most so many that it is a number."""
        return max(-_FARTHEST, min(value / self.width, _FARTHEST))


SCORE = "score"
"""What a `Sort` by relevance has as its field: the best first, whatever its direction."""


class Sort(Struct, frozen=True):
    """By the values of a field, those without one last; of several labels the first decides.

    What is equal by them comes in the order ``then``.
    """

    field: str
    descending: bool = False
    then: Sort | None = None

    @property
    def keys(self) -> Iterator[Sort]:
        """This one, and those that follow it."""
        key: Sort | None = self
        while key:
            yield key
            key = key.then

    @property
    def ranks(self) -> bool:
        """Is the score among what it sorts by?"""
        return any(key.field == SCORE for key in self.keys)


class Term(Struct, frozen=True):
    """Documents that have the term in the field."""

    field: str
    text: str


class Phrase(Struct, frozen=True):
    """Documents that have the terms in the field at these distances: ``((0, a), (2, b))``.

    With ``slop``, the terms may stand so many positions further apart in all, or nearer. Of the terms whose
    index is in ``beginnings`` only the beginning is given.
    """

    field: str
    terms: tuple[tuple[int, str], ...]
    slop: int = 0
    beginnings: frozenset[int] = frozenset()


class Prefix(Struct, frozen=True):
    """Documents that have a term in the field that begins with the text."""

    field: str
    text: str


class Wildcard(Struct, frozen=True):
    """Documents that have a term in the field like the pattern: ``*`` is any letters, ``?`` one."""

    field: str
    pattern: str


class Fuzzy(Struct, frozen=True):
    """Documents that have a term in the field that differs from the text in up to ``distance`` letters.

    A letter wrong, missing or too many counts one, as do two neighbours that are swapped.
    """

    field: str
    text: str
    distance: int


class TermSet(Struct, frozen=True):
    """Documents that have one of the values in the field: ``id``, or one of labels or keys."""

    field: str
    values: tuple[str, ...]


class Range(Struct, frozen=True):
    """Documents that have a number, at least ``low`` and below ``high``; None is no bound.

    Both are of the type of the field: integers or floats. With neither, those that have any value, also of
    labels.
    """

    field: str
    low: float | None
    high: float | None


class Boolean(Struct, frozen=True):
    """Documents that match every clause of ``must``, none of ``must_not``, and enough of ``should``.

    Enough are ``minimum_should_match``; None means one, where there are ``should`` clauses.
    """

    must: tuple[Clause, ...] = ()
    should: tuple[Clause, ...] = ()
    must_not: tuple[Clause, ...] = ()
    minimum_should_match: int | None = None

    @property
    def minimum(self) -> int:
        """How many of ``should`` have to match."""
        return min(1, len(self.should)) if self.minimum_should_match is None else self.minimum_should_match


class MatchAll(Struct, frozen=True):
    """Every document."""


class MatchNone(Struct, frozen=True):
    """No document."""


Clause = Union[  # noqa: UP007
    Term, Phrase, Prefix, Wildcard, Fuzzy, TermSet, Range, Boolean, MatchAll, MatchNone
]


class ScoreClause(Struct, frozen=True):
    """What counts towards the rank of a matching document, times ``weight``.

    Of a `Term` its BM25, of any other node 1 where it matches.
    """

    node: Clause
    weight: float


class Plan(Struct, frozen=True):
    """What to match, without influence on the score, and what to add up for the score."""

    match: Clause
    scores: tuple[ScoreClause, ...] = ()
