"""The query tree: what a query means, before anything is known of terms or engines.

Made by `searchkit.query.parser` from what a person typed, turned into a plan for an engine
by `searchkit.query.planner`. Nodes are values: equal trees mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Union

__all__ = ["And", "Field", "Not", "Nothing", "Or", "Part", "Passage", "Query"]

Field = Literal["title", "body"]


@dataclass(frozen=True)
class Part:
    """Running text without spaces: its words count, as many as ``match`` asks for."""

    text: str
    field: Field | None = None


@dataclass(frozen=True)
class Passage:
    """Text in quotes: it stands in the document as it is, but for script, width, case and punctuation."""

    text: str
    field: Field | None = None


@dataclass(frozen=True)
class And:
    """Each of these."""

    children: tuple[Query, ...]


@dataclass(frozen=True)
class Or:
    """At least one of these."""

    children: tuple[Query, ...]


@dataclass(frozen=True)
class Not:
    """Documents without this."""

    child: Query


@dataclass(frozen=True)
class Nothing:
    """No document: what an empty query means."""


Query = Union[Part, Passage, And, Or, Not, Nothing]  # noqa: UP007 - forward references, Python 3.10
