"""Analyzer: text -> terms, the same for documents and for queries.

Fold, then segment, then several channels, a kind of term each: *words* rank what the text is
about, *bigrams* hold every passage, *units* (single characters, Latin words) rank what
words and bigrams miss and find one character alone. docs/decisions/0001-channels.md has
what each of them adds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from searchkit.analysis.jieba_tokenizer import jieba_version
from searchkit.analysis.normalizer import normalization_columns, normalize
from searchkit.analysis.segmenter import Segmenter, segmenter
from searchkit.analysis.tokenizer import is_latin, tokenize, unigram_and_bigram_terms
from searchkit.text import well_formed

__all__ = ["Analyzer", "Terms"]

# Raised whenever the terms of a text change, so that an index made before says so.
_RULES = 2


class Terms(NamedTuple):
    """The terms of one text, a channel each, joined by single spaces; and the text they are in."""

    words: str
    bigrams: str
    tokens: str
    normalized: str


class Analyzer:
    """Makes terms, with words of one's own and stop words.

    ``user_words`` are kept whole by the segmenter (names, products, jargon); ``stop_words``
    are left out of the words channel. Neither changes what a passage in quotes
    finds. Both may be given in any script.
    """

    def __init__(self, user_words: Iterable[str] = (), stop_words: Iterable[str] = ()) -> None:
        self.user_words = _clean_words("user_words", user_words)
        self.stop_words = _clean_words("stop_words", stop_words)
        self._stop = frozenset(normalize(word) for word in self.stop_words)

    @cached_property
    def _segmenter(self) -> Segmenter:
        return segmenter(self.user_words)

    def terms(self, text: str) -> Terms:
        """The terms of a title or body in all channels."""
        normalized = normalize(well_formed(text))
        unigram_terms, bigram_terms = unigram_and_bigram_terms(normalized)
        return Terms(" ".join(self.words(normalized)), bigram_terms, unigram_terms, normalized)

    def words(self, normalized: str) -> list[str]:
        """The words of folded text that are no stop words, in order."""
        words = self._segmenter.words(normalized)
        return [word for word in words if word not in self._stop] if self._stop else words

    def query_words(self, normalized: str) -> list[str]:
        """The words of folded text that a document should have, each once.

        Text of stop words alone asks for these. Each word consists of units of the text, so that it can be
        found by them; where the segmenter cut a Latin one, the unit is the word.
        """
        all_tokens = tokenize(normalized)
        pieces, in_order = dict.fromkeys(all_tokens), _joined(all_tokens)
        words = {word: tokenize(word) for word in self.words(normalized) or self._segmenter.words(normalized)}
        whole = {word: parts for word, parts in words.items() if parts and _joined(parts) in in_order}
        covered = {part for parts in whole.values() for part in parts}
        return [*whole, *(token for token in pieces if is_latin(token) and token not in covered)] or list(
            pieces
        )

    @property
    def settings(self) -> dict[str, list[str]]:
        """What `Analyzer(**settings)` makes the same analyzer from: JSON, stored with the index."""
        return {"user_words": list(self.user_words), "stop_words": list(self.stop_words)}

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all that decides about terms: equal fingerprints, equal terms."""
        made_of = {
            "rules": _RULES,
            "rjieba": jieba_version(),
            "fold": normalization_columns(),
            **self.settings,
        }
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]


def _joined(pieces: Iterable[str]) -> str:
    """Neighbours are within their text, pieces that only occur there are not."""
    return "\n" + "\n".join(pieces) + "\n"


def _clean_words(name: str, words: Iterable[str]) -> tuple[str, ...]:
    if isinstance(words, str):
        raise TypeError(f"{name} must be a list of words, not the text {words!r}")
    cleaned = set()
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"{name}: {word!r} is {type(word).__name__}, not text")
        if word.strip():
            cleaned.add(well_formed(word.strip()))
    return tuple(sorted(cleaned))
