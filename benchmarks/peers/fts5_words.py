"""SQLite FTS5 fed with words of rjieba, spaces between, for its unicode61 tokenizer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from benchmarks.peers.base import Question, Task
from benchmarks.peers.fts5_base import Fts5Peer, Wanted, marked_by_fts5, quoted
from benchmarks.peers.texts import (
    escaped_and_marked,
    joined_words,
    published_millis,
    spaced_words,
    typed_words,
)

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["Fts5Words"]


class Fts5Words(Fts5Peer):
    """All words of the query are asked for, those inside running text as well; a passage is a phrase.

    What FTS5 stores, and makes snippets of, is the spaced text; for display the spaces are taken out again.
    The text as it was written stays where it was.
    """

    name = "fts5-words"
    label = "SQLite FTS5, rjieba words"
    packages: ClassVar[tuple[str, ...]] = ("rjieba",)
    cannot: ClassVar[dict[Task, str]] = {
        "one character": "a character is found only where the segmenter left it alone",
        "other script": "it does not normalize characters",
    }
    tables: ClassVar[tuple[str, ...]] = (
        "CREATE TABLE documents(rowid INTEGER PRIMARY KEY, id TEXT, published INTEGER)",
        "CREATE VIRTUAL TABLE fts USING fts5(title, body, tokenize = 'unicode61')",
    )

    def wanted(self, question: Question) -> Wanted:
        words = _words(question.text)
        if question.kind == "passage":
            return Wanted(quoted(" ".join(words)) if words else "")
        return Wanted(" ".join(map(quoted, dict.fromkeys(words))))

    def any_of(self, query: str) -> Wanted:
        return Wanted(" OR ".join(map(quoted, dict.fromkeys(_words(query)))))

    def add(self, database: sqlite3.Connection, documents: Iterable[Document]) -> None:
        for row, document in enumerate(documents, 1):
            database.execute(
                "INSERT INTO documents VALUES (?, ?, ?)", (row, document.id, published_millis(document))
            )
            database.execute(
                "INSERT INTO fts(rowid, title, body) VALUES (?, ?, ?)",
                (row, spaced_words(document.title), spaced_words(document.body)),
            )

    def shown(self, database: sqlite3.Connection, wanted: Wanted, row: int) -> tuple[str, str, str]:
        id, title, snippet = marked_by_fts5(database, wanted, row)
        return id, escaped_and_marked(joined_words(title)), escaped_and_marked(joined_words(snippet))


def _words(query: str) -> list[str]:
    return typed_words(spaced_words(query))
