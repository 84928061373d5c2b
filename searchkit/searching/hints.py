"""Hints: a query that was perhaps not read as it was meant -> what can be asked instead.

A word that is written like an operator or a field, and a value that no document has. Results stay as they
are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal

from msgspec import structs

from searchkit.analysis import Kind, normalize, tokenize
from searchkit.engine.base import Snapshot
from searchkit.engine.plan import MatchAll
from searchkit.highlight.likeness import letters_wrong
from searchkit.query import parse
from searchkit.query.ast import (
    FieldNode,
    MatchAllNode,
    QueryNode,
    TermNode,
    TextNode,
    wanted_nodes,
    with_leaves,
)
from searchkit.query.lexer import OPERATORS, Lexer, Token, names_of_fields
from searchkit.schema import Schema, engine_name, label_forms
from searchkit.searching.facets import Facet, count_facets
from searchkit.searching.options import SearchOptions
from searchkit.text import as_list

_MOST_SHOWN = 3
_MOST_HINTS = 5
_MOST_COMPARED = 2000
"""Of more values the most frequent are compared letter by letter."""
_SHORTEST_NAME = 3
_OPERATOR = re.compile(rf"\b(?!(?:{'|'.join(OPERATORS)})\b)(?i:{'|'.join(OPERATORS)})\b")
# What stands on either side of an operator. A bracket says nothing about the language.
_ENDS = ("text", "phrase", "close")
_BEGINNINGS = ("text", "phrase", "open", "minus", "NOT", "field")
_NAMED = re.compile(r"([^\W\d]\w*)[:：](?![:：/])(?=\S)")
_LABELS = {"source": "source", "tag": "tags"}


@dataclass(frozen=True)
class Hint:
    """What to do about a part of a query; its text is a sentence in English.

    ``kind`` is ``operator`` for a word that is an operator in capitals, ``field`` for one before a colon that
    nearly names a field, ``value`` for a value that no document has, and ``everything`` for an empty query.
    """

    kind: Literal["operator", "field", "value", "everything"]
    typed: str
    """The part of the query."""
    instead: tuple[str, ...]
    """What could be in its place; of a value those that there are, the most alike first."""
    queries: tuple[str, ...] = ()
    """The whole query with each of these; none where the value was not in the query."""

    def __str__(self) -> str:
        there_is = f"there {'is' if len(self.instead) == 1 else 'are'} {', '.join(self.instead)}"
        match self.kind:
            case "operator":
                return f"{self.typed} is text here; an operator is in capitals: {self.queries[0]}"
            case "field":
                return f"there is no field {self.typed}, so it is text; {there_is}"
            case "value":
                return f"no document has {self.typed}" + (f"; {there_is}" if self.instead else "")
            case _:
                return "an empty query without filters finds nothing; * finds every document"

    def to_dict(self) -> dict[str, Any]:
        """The hint as JSON values."""
        values = {"kind": self.kind, "typed": self.typed, "text": str(self)}
        return values | {"instead": [*self.instead], "queries": [*self.queries]}


def hints(
    text: str, query: QueryNode, total: int, options: SearchOptions, snapshot: Snapshot, fields: Schema
) -> tuple[Hint, ...]:
    """The hints for a query with so many matches; those about fields and values where it has none."""
    if not text.strip() and query != MatchAllNode():
        return (Hint("everything", text, ("*",), ("*",)),)
    found: Iterator[Hint] = _operators(text, fields, options.lenient)
    if not total:
        found = chain(found, _fields(query, fields), _values(query, options, snapshot, fields))
    return tuple(islice(found, _MOST_HINTS))


# -- operators


def _operators(text: str, fields: Schema, lenient: bool) -> Iterator[Hint]:
    """``or``, ``and``, ``not`` between parts of which one is Chinese."""
    if not _OPERATOR.search(text):
        return
    meant = text
    words: dict[str, None] = {}
    tokens = Lexer(text, lenient, fields.declared).tokens()
    for before, token, behind in zip(tokens, tokens[1:], tokens[2:]):
        if token.kind != "text" or not _OPERATOR.fullmatch(token.text):
            continue
        if before.kind in _ENDS and behind.kind in _BEGINNINGS and (_has_han(before) or _has_han(behind)):
            words[token.text] = None
            end = token.position + len(token.text)
            meant = meant[: token.position] + token.text.upper() + meant[end:]
    if words:
        yield Hint("operator", ", ".join(words), (", ".join(words).upper(),), (meant,))


def _has_han(token: Token) -> bool:
    return Kind.HAN in tokenize(token.text).kinds


# -- fields


def _fields(query: QueryNode, fields: Schema) -> Iterator[Hint]:
    """Words before a colon that nearly name a field."""
    names = names_of_fields(fields.declared)
    for node in wanted_nodes(query):
        if not isinstance(node, TextNode) or not (match := _NAMED.match(node.text)):
            continue
        word = match[1].lower()
        near = [name for name in dict.fromkeys(names.values()) if letters_wrong(word, name.lower(), 1) <= 1]
        if near and len(word) >= _SHORTEST_NAME:
            value = node.text[match.end() :]
            meant = [parse(f"{name}:{value}", lenient=True, fields=fields) for name in near]
            queries = tuple(str(_with(query, node, other)) for other in meant)
            yield Hint("field", f"{match[1]}:", tuple(f"{name}:" for name in near), queries)


# -- values


def _values(query: QueryNode, options: SearchOptions, snapshot: Snapshot, fields: Schema) -> Iterator[Hint]:
    """Sources, tags and texts of declared fields that no document has."""
    for node in wanted_nodes(query):
        is_text = isinstance(node, FieldNode) and fields.declared[node.name] == "text"
        if isinstance(node, TermNode | FieldNode) and (is_text or node.name in _LABELS):
            others = _existing_instead_of(node, snapshot, fields)
            if others is not None:
                queries = tuple(str(_with(query, node, other)) for other in others)
                yield Hint("value", str(node), tuple(map(str, others)), queries)
    for name, values in (("source", options.source), ("tag", options.tags)):
        for value in as_list(name, values):
            others = _existing_instead_of(node := TermNode(name, value), snapshot, fields)
            if others is not None:
                yield Hint("value", str(node), tuple(map(str, others)))


def _existing_instead_of(
    node: TermNode | FieldNode, snapshot: Snapshot, fields: Schema
) -> list[TermNode | FieldNode] | None:
    """The same with the values that are most like it, or most frequent; None where there is this value."""
    name = _LABELS.get(node.name, node.name)
    if any(snapshot.doc_freqs(engine_name(name), label_forms([node.value]))):
        return None
    counts = count_facets(snapshot, MatchAll(), [Facet(name)], fields)[name]
    return [structs.replace(node, value=value) for value in _nearest(node.value, counts)]


def _nearest(value: str, counts: Mapping[str, int]) -> list[str]:
    wanted = normalize(value)
    frequent = sorted(filter(None, counts), key=lambda one: (-counts[one], one))
    normalized = {one: normalize(one) for one in frequent}
    tests: list[Callable[[str], bool]] = [
        lambda other: other == wanted,
        lambda other: other.startswith(wanted),
        lambda other: wanted in other,
        lambda other: len(other) > 1 and other in wanted,
    ]
    near = dict.fromkeys(one for test in tests for one in frequent if test(normalized[one]))
    if not near and len(wanted) > 1:
        most = 1 if len(wanted) < 6 else 2
        compared = frequent[:_MOST_COMPARED]
        near = dict.fromkeys(one for one in compared if letters_wrong(wanted, normalized[one], most) <= most)
    return [*(near or frequent)][:_MOST_SHOWN]


def _with(query: QueryNode, node: QueryNode, other: QueryNode) -> QueryNode:
    """The query with another node in the place of one."""
    return with_leaves(query, lambda one: other if one is node else one)
