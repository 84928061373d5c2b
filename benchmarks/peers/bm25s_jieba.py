"""bm25s fed with jieba's words: sparse matrices of scores, memory-mapped."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import bm25s
import jieba

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["Bm25sJieba"]

_IDS = "ids.json"

jieba.setLogLevel(logging.WARNING)  # it tells on stderr how long its dictionary took


class Bm25sJieba(Peer):
    """It adds up the scores of any words: it has no AND. Title and body are one text to it.

    It stores no texts, so a hit is an id.
    """

    name = "bm25s-jieba"
    label = "bm25s, jieba words"
    packages: ClassVar[tuple[str, ...]] = ("bm25s", "jieba", "numpy")
    cannot: ClassVar[dict[Task, str]] = {
        "snippets": "it ranks and stores no texts",
        "all words": "it adds up the scores of any words",
        "since": "it has no filters",
        "newest": "it has no other order than its scores",
        "one character": "a character is found only where the segmenter left it alone",
        "passage": "it knows no positions",
        "other script": "it does not normalize characters",
        "total": "it gives the best and does not count",
    }

    def index(self, documents: Iterable[Document]) -> int:
        ids, words = [], []
        for document in documents:
            ids.append(document.id)
            words.append(_words(f"{document.title}\n{document.body}"))
        scores = bm25s.BM25()
        scores.index(words, show_progress=False)
        self.location.mkdir(parents=True)
        scores.save(str(self.location), show_progress=False)
        (self.location / _IDS).write_text(json.dumps(ids), encoding="utf-8")
        return len(ids)

    def open(self) -> None:
        self._scores = bm25s.BM25.load(str(self.location), mmap=True, show_progress=False)
        self._ids: list[str] = json.loads((self.location / _IDS).read_text(encoding="utf-8"))

    def answer(self, question: Question) -> Answer:
        return Answer([Hit(id, score, "", "") for id, score in self.rank(question.text, 10)], None)

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        words = [word for word in _words(query) if word in self._scores.vocab_dict]
        if not words:
            return []
        found, scores = self._scores.retrieve([words], k=min(limit, len(self._ids)), show_progress=False)
        return [
            (self._ids[at], float(score)) for at, score in zip(found[0], scores[0], strict=True) if score > 0
        ]


def _words(text: str) -> list[str]:
    return [word for word in jieba.cut(text.lower()) if any(map(str.isalnum, word))]
