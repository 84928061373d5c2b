"""The query tree: what a query means, without terms or engines.

`searchkit.query.parser` makes it from what a person typed, `searchkit.query.planner` makes a plan for an
engine from it. Nodes are values: equal trees mean the same, and the text of a tree parses to the tree again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from types import UnionType

from msgspec import Struct, structs

Field = str
"""``title``, ``body``, or a declared field of text."""

QUOTES = {'"': '"＂', "＂": '"＂', "“": "”", "「": "」", "『": "』", "｢": "｣"}
"""What opens a phrase, and what closes it."""


# A number, a date, a range of them, or a truth value: nothing in it means anything else.
_PLAIN_VALUE = re.compile(r"[0-9.+-]+|true|false")


class QueryNode(Struct, frozen=True):
    """A node of the tree."""

    def __str__(self) -> str:
        return _text_of(self)


class TextNode(QueryNode, frozen=True):
    """Text without spaces: as many of its words are needed as ``match`` says."""

    text: str
    field: Field | None = None


class PhraseNode(QueryNode, frozen=True):
    """Text in quotes: the document has it as it is, apart from script, width, case and punctuation.

    With ``slop``, up to so many characters may stand where the text has a space.
    """

    text: str
    field: Field | None = None
    slop: int = 0


class PrefixNode(QueryNode, frozen=True):
    """Words that begin with this text; of Chinese, the text itself."""

    text: str
    field: Field | None = None


class WildcardNode(QueryNode, frozen=True):
    """One word of letters, of digits, or of both; ``*`` stands for any of them, ``?`` for one."""

    pattern: str
    field: Field | None = None


class FuzzyNode(QueryNode, frozen=True):
    """One word of letters, or one number, with up to ``distance`` of them wrong, missing or swapped."""

    text: str
    field: Field | None = None
    distance: int = 1


class TermNode(QueryNode, frozen=True):
    """Documents that have exactly this ``source``, or this ``tag``."""

    name: str
    value: str


class FieldNode(QueryNode, frozen=True):
    """Documents whose declared field has this value, or one in this range, as `Schema.where` reads it."""

    name: str
    value: str


class DateRangeNode(QueryNode, frozen=True):
    """Documents published from the first day to the last, both included; None is no bound.

    Days are those of the time zone of the index.
    """

    first: date | None
    last: date | None


class BoostNode(QueryNode, frozen=True):
    """The child, which counts ``weight`` times for the rank."""

    child: QueryNode
    weight: float


class AndNode(QueryNode, frozen=True):
    """Each of these."""

    children: tuple[QueryNode, ...]


class OrNode(QueryNode, frozen=True):
    """At least one of these."""

    children: tuple[QueryNode, ...]


class NotNode(QueryNode, frozen=True):
    """Documents without this."""

    child: QueryNode


class MatchAllNode(QueryNode, frozen=True):
    """Every document."""


class MatchNoneNode(QueryNode, frozen=True):
    """No document: what an empty query means."""


def wanted_nodes(query: QueryNode) -> Iterator[QueryNode]:
    """The query and the nodes in it, without those that are excluded."""
    yield query
    match query:
        case AndNode(children) | OrNode(children):
            for child in children:
                yield from wanted_nodes(child)
        case BoostNode(child, _):
            yield from wanted_nodes(child)


def with_leaves(query: QueryNode, change: Callable[[QueryNode], QueryNode]) -> QueryNode:
    """The query with what ``change`` makes of each node that has no others within, or excludes some."""
    match query:
        case AndNode(children) | OrNode(children):
            return structs.replace(query, children=tuple(with_leaves(child, change) for child in children))
        case BoostNode(child, _):
            return structs.replace(query, child=with_leaves(child, change))
        case _:
            return change(query)


def _text_of(query: QueryNode) -> str:
    match query:
        case TextNode(text, field) | WildcardNode(text, field):
            return _in_field(field, text)
        case PhraseNode(text, field, slop):
            return _in_field(field, _quoted(text) + (f"~{slop}" if slop else ""))
        case PrefixNode(text, field):
            return _in_field(field, f"{text}*")
        case FuzzyNode(text, field, distance):
            return _in_field(field, f"{text}~{distance}")
        case TermNode(name, value):
            return f"{name}:{_quoted(value)}"
        case FieldNode(name, value):
            return f"{name}:{value if _PLAIN_VALUE.fullmatch(value) else _quoted(value)}"
        case DateRangeNode(first, last):
            return f"date:{first or ''}..{last or ''}"
        case BoostNode(child, weight):
            return f"{_grouped(child, AndNode | OrNode | BoostNode)}^{weight:g}"
        case AndNode(children):
            return " ".join(_grouped(child) for child in children)
        case OrNode(children):
            return " OR ".join(_grouped(child, OrNode) for child in children)
        case NotNode(child):
            return f"-{_grouped(child)}"
        case MatchAllNode():
            return "*"
        case _:
            return ""


def _in_field(field: Field | None, text: str) -> str:
    return f"{field}:{text}" if field else text


def _quoted(text: str) -> str:
    # A phrase stood in some quotes, so there are some that it does not contain.
    opening = next(opening for opening, closing in QUOTES.items() if not {*closing} & {*text})
    return f"{opening}{text}{QUOTES[opening][0]}"


def _grouped(query: QueryNode, kinds: UnionType | type = AndNode | OrNode) -> str:
    return f"({query})" if isinstance(query, kinds) else str(query)
