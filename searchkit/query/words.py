"""Words: text of a query -> its words, worked out once for matching, ranking and highlighting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from searchkit.analysis import Analyzer, normalize, tokenize
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.query.ast import TextNode

__all__ = ["Words", "WordsOf"]


class Words:
    """The words of one text."""

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        self._text = text
        self._analyzer = analyzer
        self.normalized = normalize(text)
        self._alternatives: dict[str, list[Words]] = {}

    def add_alternative(self, word: str, other: Words) -> None:
        """Let a word of the text be found by other ones."""
        known = self._alternatives.setdefault(word, [])
        if other.tokens and other not in known:
            known.append(other)

    def alternatives(self, word: str) -> Sequence[Words]:
        """What else finds a word of the text."""
        return self._alternatives.get(word, ())

    @cached_property
    def tokens(self) -> list[str]:
        """The units of the text, in order."""
        return tokenize(self.normalized)

    @cached_property
    def all(self) -> list[str]:
        """The words that are no stop words, in order; one that comes twice is here twice."""
        return self._analyzer.words(self.normalized)

    @cached_property
    def ranking(self) -> list[str]:
        """No question words, where there are others: an answer has no need of these."""
        return [word for word in self.all if word not in QUESTION_WORDS] or self.all

    @cached_property
    def asked(self) -> list[str]:
        """Each word once; stop words only where there is nothing else."""
        return self._analyzer.query_words(self.normalized)

    @cached_property
    def content(self) -> list[str]:
        """The words that decide about a match: no function words, unless there is nothing else."""
        return [word for word in self.asked if word not in FUNCTION_WORDS] or self.asked

    @cached_property
    def is_question(self) -> bool:
        """Does the text ask for an answer, which may be in other words?"""
        return self._text.endswith(("?", "？")) or not QUESTION_WORDS.isdisjoint(self.asked)


class WordsOf:
    """Gives the `Words` of a text, the same ones each time: called like a function."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._known: dict[str, Words] = {}
        self._of_parts: dict[int, tuple[TextNode, Words]] = {}

    def part(self, part: TextNode) -> Words:
        """Those of this part of a query, and of no other with the same text: what it may be found by
        depends on where it stands."""
        if id(part) not in self._of_parts:
            self._of_parts[id(part)] = part, Words(part.text, self._analyzer)
        return self._of_parts[id(part)][1]

    def __call__(self, text: str) -> Words:
        if text not in self._known:
            self._known[text] = Words(text, self._analyzer)
        return self._known[text]
