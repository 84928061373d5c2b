"""Analyzer: text -> terms, the same for documents and for queries.

A text is normalized and segmented; its terms are in three channels. *Words* rank what the text is about,
*bigrams* match every phrase, *unigrams* (the tokens: single characters, Latin words) rank what words and
bigrams miss, and match one character alone. docs/decisions/0001-channels.md has what each of them adds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple
from zlib import crc32

from searchkit.analysis import kernel
from searchkit.analysis.characters import characters_checksum
from searchkit.analysis.jieba_tokenizer import jieba_version
from searchkit.analysis.kernel import normalize, visible
from searchkit.analysis.normalizer import normalization_columns
from searchkit.analysis.segmenter import Segmenter, segmenter
from searchkit.text import well_formed

# Raised whenever the terms of a text change, so that an older index says so.
_RULES = 4


class Terms(NamedTuple):
    """The terms of one text in each channel, joined by single spaces; and the normalized text."""

    words: str
    bigrams: str
    unigrams: str
    normalized: str


class Analyzer:
    """Makes terms, with words of one's own and stop words.

    ``user_words`` are kept whole by the segmenter (names, products, jargon); ``stop_words`` are left out of
    the words channel. Neither changes what a phrase in quotes finds. Both may be in any script.
    """

    def __init__(self, user_words: Iterable[str] = (), stop_words: Iterable[str] = ()) -> None:
        self.user_words = _clean_words("user_words", user_words)
        self.stop_words = _clean_words("stop_words", stop_words)
        self._stop = frozenset(visible(normalize(word)) for word in self.stop_words)

    @cached_property
    def _segmenter(self) -> Segmenter:
        return segmenter(self.user_words)

    def terms(self, text: str) -> Terms:
        """The terms of a title or body in all channels."""
        text = well_formed(text)
        unigram_terms, bigram_terms = kernel.terms(text)
        normalized = normalize(text)
        if self._stop:
            words = " ".join(self.words(normalized))
        else:
            words = self._segmenter.joined_words(visible(normalized))
        return Terms(words, bigram_terms, unigram_terms, normalized)

    def words(self, normalized: str) -> list[str]:
        """The words of normalized text in order, without stop words."""
        return self.segment(normalized)[1]

    def segment(self, normalized: str) -> tuple[list[str], list[str]]:
        """The words of normalized text in order: all of them, and those that are not stop words."""
        words = self._segmenter.words(visible(normalized))
        return words, [word for word in words if word not in self._stop] if self._stop else words

    def has_word(self, normalized: str) -> bool:
        """Whether the segmenter has this word of Han in its dictionary, or as one of one's own."""
        return self._segmenter.has_word(normalized)

    @property
    def settings(self) -> dict[str, list[str]]:
        """`Analyzer(**settings)` is the same analyzer again. JSON, stored with the index."""
        return {"user_words": list(self.user_words), "stop_words": list(self.stop_words)}

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything that terms depend on: equal fingerprints, equal terms."""
        made_of = {
            "rules": _RULES,
            "rjieba": jieba_version(),
            "normalization": [crc32(column.encode()) for column in normalization_columns()],
            "characters": characters_checksum(),
            **self.settings,
        }
        return f"{crc32(json.dumps(made_of, sort_keys=True).encode()):08x}"  # `hashlib` takes long to import


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
