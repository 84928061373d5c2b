"""tantivy with its own n-gram tokenizer: every character and every two neighbours are terms."""

from __future__ import annotations

import re
from typing import ClassVar

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from benchmarks.peers.base import Task
from benchmarks.peers.tantivy_base import TantivyPeer

__all__ = ["TantivyNgram"]

_RUN = re.compile(r"[^\W_]+")


class TantivyNgram(TantivyPeer):
    """N-grams of one and two characters.

    All words are asked for by all their pairs; characters alone are asked for only where they stand alone.
    https://docs.rs/tantivy/latest/tantivy/tokenizer/struct.NgramTokenizer.html says that every gram is at
    position 0, so the index has no phrases.
    """

    name = "tantivy-ngram"
    label = "tantivy, n-grams 1-2"
    cannot: ClassVar[dict[Task, str]] = {
        "passage": "its n-gram tokenizer puts every gram at position 0, so there are no phrases",
        "other script": "it does not normalize characters",
    }

    def analyzer(self) -> TextAnalyzer:
        return TextAnalyzerBuilder(Tokenizer.ngram(1, 2, False)).filter(Filter.lowercase()).build()

    def terms(self, query: str) -> list[str]:
        runs = _RUN.findall(query.lower())
        return [gram for run in runs for gram in (map("".join, zip(run, run[1:])) if len(run) > 1 else [run])]
