"""The query tree: what a query means, without terms or engines.

`searchkit.query.parser` makes it from what a person typed, `searchkit.query.planner` makes a plan for an
engine from it. Nodes are values: equal trees mean the same, and the text of a tree parses to the tree again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Union

__all__ = [
    "QUOTES",
    "AndNode",
    "BoostNode",
    "DateRangeNode",
    "Field",
    "FuzzyNode",
    "MatchNoneNode",
    "NotNode",
    "OrNode",
    "PhraseNode",
    "PrefixNode",
    "QueryNode",
    "TermNode",
    "TextNode",
    "WildcardNode",
]

Field = Literal["title", "body"]


@dataclass(frozen=True)
class TextNode:
    """Text without spaces: as many of its words are needed as ``match`` says."""

    text: str
    field: Field | None = None

    def __str__(self) -> str:
        return _in_field(self.field, self.text)


@dataclass(frozen=True)
class PhraseNode:
    """Text in quotes: the document has it as it is, apart from script, width, case and punctuation.

    With ``slop``, up to so many characters may stand between its parts, which are separated by spaces.
    """

    text: str
    field: Field | None = None
    slop: int = 0

    def __str__(self) -> str:
        return _in_field(self.field, _quoted(self.text) + (f"~{self.slop}" if self.slop else ""))


@dataclass(frozen=True)
class PrefixNode:
    """Words that begin with this text; of Chinese, the text itself."""

    text: str
    field: Field | None = None

    def __str__(self) -> str:
        return _in_field(self.field, f"{self.text}*")


@dataclass(frozen=True)
class WildcardNode:
    """One Latin word; ``*`` stands for any letters, ``?`` for one."""

    pattern: str
    field: Field | None = None

    def __str__(self) -> str:
        return _in_field(self.field, self.pattern)


@dataclass(frozen=True)
class FuzzyNode:
    """One Latin word with up to ``distance`` letters wrong, missing, too many or swapped."""

    text: str
    field: Field | None = None
    distance: int = 1

    def __str__(self) -> str:
        return _in_field(self.field, f"{self.text}~{self.distance}")


@dataclass(frozen=True)
class TermNode:
    """Documents that have exactly this ``source``, or this ``tag``."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}:{_quoted(self.value)}"


@dataclass(frozen=True)
class DateRangeNode:
    """Documents published from the first day to the last, both included, in UTC; None is no bound."""

    first: date | None
    last: date | None

    def __str__(self) -> str:
        first, last = (day.isoformat() if day else "" for day in (self.first, self.last))
        return f"date:{first}..{last}"


@dataclass(frozen=True)
class BoostNode:
    """The child, which counts ``weight`` times for the rank."""

    child: QueryNode
    weight: float

    def __str__(self) -> str:
        child = f"({self.child})" if isinstance(self.child, BoostNode) else _grouped(self.child)
        return f"{child}^{self.weight:g}"


@dataclass(frozen=True)
class AndNode:
    """Each of these."""

    children: tuple[QueryNode, ...]

    def __str__(self) -> str:
        return " ".join(_grouped(child) for child in self.children)


@dataclass(frozen=True)
class OrNode:
    """At least one of these."""

    children: tuple[QueryNode, ...]

    def __str__(self) -> str:
        return " OR ".join(
            f"({child})" if isinstance(child, OrNode) else str(child) for child in self.children
        )


@dataclass(frozen=True)
class NotNode:
    """Documents without this."""

    child: QueryNode

    def __str__(self) -> str:
        return f"-{_grouped(self.child)}"


@dataclass(frozen=True)
class MatchNoneNode:
    """No document: what an empty query means."""

    def __str__(self) -> str:
        return ""


QueryNode = Union[  # noqa: UP007 - forward references, Python 3.10
    TextNode,
    PhraseNode,
    PrefixNode,
    WildcardNode,
    FuzzyNode,
    TermNode,
    DateRangeNode,
    BoostNode,
    AndNode,
    OrNode,
    NotNode,
    MatchNoneNode,
]

QUOTES = {'"': '"＂', "＂": '"＂', "“": "”", "「": "」", "『": "』", "｢": "｣"}
"""What opens a phrase, and what closes it."""


def _quoted(text: str) -> str:
    # A phrase stood in some quotes, so there are some that it does not contain.
    opening = next(opening for opening, closing in QUOTES.items() if not {*closing} & {*text})
    return f"{opening}{text}{QUOTES[opening][0]}"


def _in_field(field: Field | None, text: str) -> str:
    return f"{field}:{text}" if field else text


def _grouped(query: QueryNode) -> str:
    return f"({query})" if isinstance(query, AndNode | OrNode) else str(query)
