"""The query tree: what a query means, before anything is known of terms or engines.

Made by `searchkit.query.parser` from what a person typed, turned into a plan for an engine
by `searchkit.query.planner`. Nodes are values: equal trees mean the same, and the
text of a tree parses to the tree again.
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
    """Running text without spaces: its words count, as many as ``match`` asks for."""

    text: str
    field: Field | None = None

    def __str__(self) -> str:
        return _in_field(self.field, self.text)


@dataclass(frozen=True)
class PhraseNode:
    """Text in quotes: it stands in the document as it is, but for script, width, case and punctuation.

    With ``slop``, so many characters may stand between its pieces, which spaces separate.
    """

    text: str
    field: Field | None = None
    slop: int = 0

    def __str__(self) -> str:
        return _in_field(self.field, _quoted(self.text) + (f"~{self.slop}" if self.slop else ""))


@dataclass(frozen=True)
class PrefixNode:
    """What begins with this text: of Latin words the beginning, of Chinese the characters."""

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
    """Documents whose ``source`` is exactly this, or one of whose tags (``tag``)."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}:{_quoted(self.value)}"


@dataclass(frozen=True)
class DateRangeNode:
    """Documents published from the first day to the last, in UTC, both included; None is no bound."""

    first: date | None
    last: date | None

    def __str__(self) -> str:
        first, last = (day.isoformat() if day else "" for day in (self.first, self.last))
        return f"date:{first}..{last}"


@dataclass(frozen=True)
class BoostNode:
    """The child, counting ``weight`` times for the rank."""

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
"""What opens a passage, and what closes it then."""


def _quoted(text: str) -> str:
    # A passage came out of some quotes, so there are some that it does not hold.
    opening = next(opening for opening, closing in QUOTES.items() if not {*closing} & {*text})
    return f"{opening}{text}{QUOTES[opening][0]}"


def _in_field(field: Field | None, text: str) -> str:
    return f"{field}:{text}" if field else text


def _grouped(query: QueryNode) -> str:
    return f"({query})" if isinstance(query, AndNode | OrNode) else str(query)
