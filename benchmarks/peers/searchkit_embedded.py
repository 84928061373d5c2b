"""searchkit as it comes: ``create`` and ``add(read_articles)``, queries as a search box reads them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import searchkit
from benchmarks.peers.base import Answer, Hit, Peer, Question
from searchkit import Document

__all__ = ["SearchkitEmbedded"]


class SearchkitEmbedded(Peer):
    """All words are needed, or any of them, as the question says.

    What searchkit by itself lists behind those, where they are few, the others do not have.

    `rank` is searchkit as it comes and not OR, because this is what answers questions here.
    """

    name = "searchkit"
    label = "searchkit"
    packages: ClassVar[tuple[str, ...]] = ("searchkit", "tantivy", "rjieba")

    @property
    def place(self) -> str:
        """What searchkit opens."""
        return str(self.location)

    def index_articles(self, folder: Path) -> int:
        return self._index(searchkit.read_articles(folder))

    def index(self, documents: Iterable[Document]) -> int:
        return self._index(documents)

    def _index(self, documents: Iterable[Document]) -> int:
        with searchkit.create(self.place) as index:
            index.add(documents)
            return len(index)

    def open(self) -> None:
        self._opened = searchkit.open(self.place)

    def answer(self, question: Question) -> Answer:
        results = self._opened.search(typed(question), lenient=True, **options(question))
        if question.ids_only:  # snippets are made when they are looked at
            hits = [Hit(hit.id, hit.score, "", "") for hit in results]
        else:
            hits = [Hit(hit.id, hit.score, hit.title.html(), hit.snippet.html()) for hit in results]
        return Answer(hits, results.total)

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        return [(hit.id, hit.score) for hit in self._opened.search(query, limit=limit, lenient=True)]

    def close(self) -> None:
        self._opened.close()


def typed(question: Question) -> str:
    """The question as it is typed: a passage in quotes."""
    return f'"{question.text}"' if question.kind == "passage" else question.text


def options(question: Question) -> dict[str, Any]:
    """The options of a search for it."""
    return {
        "since": question.since,
        "sort": "newest" if question.newest else "relevance",
        "match": question.match,
    }
