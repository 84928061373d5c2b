"""Planned: what the planner makes of a query, for an engine, for highlights and for who asks why."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from searchkit.engine import plan as engine
from searchkit.engine.plan import Clause
from searchkit.query.analyzed_text import AnalyzedText
from searchkit.query.ast import Field, QueryNode
from searchkit.query.matching import word_clause


class HighlightTerm(NamedTuple):
    """Neighbouring tokens to mark in one field, or in all.

    Of a ``prefix`` the Latin word at the end may go on. In words and numbers ``*`` and ``?`` stand for
    other letters and digits. In a single word up to ``distance`` letters may differ.
    """

    tokens: tuple[str, ...]
    field: Field | None = None
    prefix: bool = False
    distance: int = 0

    @property
    def is_inexact(self) -> bool:
        """Does it stand for words that are only like it?"""
        for token in self.tokens:  # any() would call a function for each
            if "*" in token or "?" in token:
                return True
        return self.distance > 0


@dataclasses.dataclass(frozen=True)
class Planned:
    """A plan for an engine, what to highlight in its hits, and the query as it was understood."""

    plan: engine.Plan
    highlight_terms: tuple[HighlightTerm, ...]
    parts: tuple[tuple[QueryNode, Clause], ...] = dataclasses.field(compare=False)
    """The parts of the query that a document has to satisfy, each with its clause."""
    leaves: tuple[tuple[QueryNode, Clause], ...] = dataclasses.field(compare=False)
    """The same for every node of the tree that has no others within."""
    texts: tuple[tuple[AnalyzedText, tuple[str, ...]], ...] = dataclasses.field(compare=False)
    """The running text that decides about a match, without that of one field, and where it is looked for."""

    def content_words(self) -> dict[str, Clause]:
        """The words of running text that decide about a match, each with what a document needs to have it."""
        return {
            word.text: word_clause(word, text, places)
            for text, places in self.texts
            for word in text.content_words
        }
