"""SQLite FTS5 with its trigram tokenizer: substrings of three characters and more, shorter ones by LIKE."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from benchmarks.peers.base import Question, Task
from benchmarks.peers.fts5_base import Fts5Peer, Wanted, marked_by_fts5, quoted
from benchmarks.peers.texts import (
    cut_around,
    escaped_and_marked,
    published_millis,
    typed_words,
)

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["Fts5Trigram"]

_LEAST = 3
_RUN = re.compile(r"[^\W_]+")


class Fts5Trigram(Fts5Peer):
    """What stands between spaces is a substring, and all of them are asked for.

    https://www.sqlite.org/fts5.html#the_trigram_tokenizer: substrings of fewer than three characters match
    nothing; LIKE finds them by reading every row. Such a query has no rank. The texts are in a table of
    their own, which FTS5 indexes as external content, so they are stored once. `rank` takes any trigram of
    the query.
    """

    name = "fts5-trigram"
    label = "SQLite FTS5, trigrams"
    cannot: ClassVar[dict[Task, str]] = {
        "any word": "a word of two characters has no trigram",
        "other script": "it does not normalize characters",
    }
    tables: ClassVar[tuple[str, ...]] = (
        "CREATE TABLE documents"
        "(rowid INTEGER PRIMARY KEY, id TEXT, published INTEGER, title TEXT, body TEXT)",
        "CREATE VIRTUAL TABLE fts USING fts5(title, body, tokenize = 'trigram', content = 'documents')",
    )

    def wanted(self, question: Question) -> Wanted:
        words = (
            [question.text.replace("\x00", " ")] if question.kind == "passage" else typed_words(question.text)
        )
        words = [word for word in words if word.strip()]
        long = [word for word in words if len(word) >= _LEAST]
        short = tuple(word for word in words if len(word) < _LEAST)
        return Wanted(" ".join(map(quoted, long)), short, tuple(words))

    def any_of(self, query: str) -> Wanted:
        runs = _RUN.findall(query)
        trigrams = dict.fromkeys(run[at : at + _LEAST] for run in runs for at in range(len(run) - _LEAST + 1))
        return Wanted(" OR ".join(map(quoted, trigrams)))

    def add(self, database: sqlite3.Connection, documents: Iterable[Document]) -> None:
        database.executemany(
            "INSERT INTO documents(id, published, title, body) VALUES (?, ?, ?, ?)",
            ((one.id, published_millis(one), one.title, one.body) for one in documents),
        )
        database.execute("INSERT INTO fts(fts) VALUES ('rebuild')")

    def shown(self, database: sqlite3.Connection, wanted: Wanted, row: int) -> tuple[str, str, str]:
        if wanted.contains:  # what LIKE found, FTS5 cannot mark
            id, title, body = database.execute(
                "SELECT id, title, body FROM documents WHERE rowid = ?", (row,)
            ).fetchone()
            title, snippet = cut_around(title, wanted.words, None), cut_around(body, wanted.words)
        else:
            id, title, snippet = marked_by_fts5(database, wanted, row)
        return id, escaped_and_marked(title), escaped_and_marked(snippet)
