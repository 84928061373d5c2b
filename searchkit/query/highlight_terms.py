"""highlight terms: what is marked in the documents that a query finds."""

from __future__ import annotations

from typing import NamedTuple

from searchkit.query.analyzed_text import AnalyzedText
from searchkit.query.ast import Field


class HighlightTerm(NamedTuple):
    """Neighbouring tokens to mark in one field, title or body, or in both.

    Of a ``prefix`` the Latin word at the end may go on. In a single Latin word ``*`` and ``?`` stand for
    other letters, and up to ``distance`` letters may differ.
    """

    tokens: tuple[str, ...]
    field: Field | None = None
    prefix: bool = False
    distance: int = 0

    @property
    def is_inexact(self) -> bool:
        """Does it stand for words that are only like it?"""
        return self.distance > 0 or "*" in self.tokens[0] or "?" in self.tokens[0]


def text_highlights(text: AnalyzedText, field: Field | None) -> list[HighlightTerm]:
    """The text as a whole, so that 中国的历史 is one highlight where it stands like this; and its words."""
    found = [text.tokens]
    for word in text.content_words:
        found.append(text.tokens_of[word])
        if word in text.alternatives:
            found += [other.tokens for other in text.alternatives[word]]
    return [HighlightTerm(tokens, field) for tokens in dict.fromkeys(map(tuple, found)) if tokens]
