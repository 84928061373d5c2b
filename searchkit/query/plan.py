"""The plan: what an engine has to match and to add up, in terms of its fields.

A plan knows terms, but neither text nor Chinese; an engine translates it node by node. Every
text field of an engine holds the terms of one channel of the analysis, joined by spaces:

* ``words``: those of title and body together, the title's twice. They only rank.
* ``title_bigrams`` and ``body_bigrams``, with positions: passages and words match there, and rank.
* ``title_units`` and ``body_units``: single characters match there, and rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

__all__ = [
    "TEXT_FIELDS",
    "All",
    "AnyOf",
    "Between",
    "Chain",
    "Everything",
    "Node",
    "NothingAtAll",
    "OneOf",
    "Plan",
    "Score",
    "Term",
]

TEXT_FIELDS = ("words", "title_bigrams", "title_units", "body_bigrams", "body_units")


@dataclass(frozen=True)
class Term:
    """Documents that have the term in the field."""

    field: str
    text: str


@dataclass(frozen=True)
class Chain:
    """Documents that have the terms in the field at these distances: ``((0, a), (2, b))``."""

    field: str
    terms: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class OneOf:
    """Documents whose field is one of the values (``id``, ``source``, ``tags``)."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """Documents whose number is at least ``low`` and below ``high``; None is no bound."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True)
class All:
    """Documents that match every one of ``nodes`` and none of ``but_not``."""

    nodes: tuple[Node, ...]
    but_not: tuple[Node, ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """Documents that match at least this many of ``nodes``."""

    nodes: tuple[Node, ...]
    at_least: int = 1


@dataclass(frozen=True)
class Everything:
    """Every document."""


@dataclass(frozen=True)
class NothingAtAll:
    """No document."""


Node = Union[Term, Chain, OneOf, Between, All, AnyOf, Everything, NothingAtAll]  # noqa: UP007


@dataclass(frozen=True)
class Score:
    """A term whose BM25, times ``weight``, counts towards the rank of a matching document."""

    term: Term
    weight: float


@dataclass(frozen=True)
class Plan:
    """What to match, without influence on the score, and what to add up for the score."""

    match: Node
    scores: tuple[Score, ...] = ()
