"""tantivy fed with words of rjieba, spaces between, for its whitespace tokenizer."""

from __future__ import annotations

from typing import ClassVar

from tantivy import Filter, Query, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from benchmarks.peers.base import Task
from benchmarks.peers.tantivy_base import TantivyPeer
from benchmarks.peers.texts import joined_words, spaced_words

__all__ = ["TantivyWords"]


class TantivyWords(TantivyPeer):
    """Words with positions; the spaced text is what is stored, so that its snippets find the words in it.

    All words of the query are asked for, those inside running text as well.
    """

    name = "tantivy-words"
    label = "tantivy, rjieba words"
    packages: ClassVar[tuple[str, ...]] = ("tantivy", "rjieba")
    cannot: ClassVar[dict[Task, str]] = {
        "one character": "a character is found only where the segmenter left it alone",
        "other script": "it does not normalize characters",
    }

    def analyzer(self) -> TextAnalyzer:
        return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.lowercase()).build()

    def indexed(self, text: str) -> str:
        return spaced_words(text)

    def shown(self, escaped: str) -> str:
        return joined_words(escaped)

    def terms(self, query: str) -> list[str]:
        return [word for word in spaced_words(query.lower()).split() if any(map(str.isalnum, word))]

    def passage(self, text: str) -> Query:
        words = spaced_words(text.lower()).split()
        if len(words) < 2:
            return self.term(words[0]) if words else Query.empty_query()
        phrases = [Query.phrase_query(self._schema, field, list(words)) for field in ("title", "body")]
        return self.in_title_or_body(phrases)
