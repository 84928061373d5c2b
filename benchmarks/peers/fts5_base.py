"""The base of the two peers on SQLite FTS5: one transaction to write, the best ten by ``rank``, a count.

Words are quoted as its documentation says, so no character is an operator, and stand side by side, which asks
for all of them: https://www.sqlite.org/fts5.html#full_text_query_syntax. The journal is the default one, not
WAL, and there is a single commit; 'optimize' is optional and left out.
"""

from __future__ import annotations

import sqlite3
from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from benchmarks.peers.base import Answer, Hit, Peer, Question
from benchmarks.peers.texts import END, START, PerThread, day_millis

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["Fts5Peer", "Wanted", "document_id", "marked_by_fts5", "quoted"]

_DATABASE = "index.db"
_CACHE_KIB = 256 * 1024


class Wanted(NamedTuple):
    """A query: for MATCH of FTS5, and substrings that LIKE looks for in addition."""

    match: str = ""
    contains: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """What to mark where FTS5 has not found it itself."""


class Fts5Peer(Peer):
    """A table ``fts`` and a table ``documents`` with the same rowids."""

    tables: ClassVar[tuple[str, ...]]
    """What creates them."""

    @abstractmethod
    def wanted(self, question: Question) -> Wanted:
        """The query for a question."""

    @abstractmethod
    def any_of(self, query: str) -> Wanted:
        """The query for documents that have any of what is asked for."""

    @abstractmethod
    def add(self, database: sqlite3.Connection, documents: Iterable[Document]) -> None:
        """Fill the tables."""

    @abstractmethod
    def shown(self, database: sqlite3.Connection, wanted: Wanted, row: int) -> tuple[str, str, str]:
        """Id, title and snippet of a row, as HTML with the matches marked."""

    def index(self, documents: Iterable[Document]) -> int:
        self.location.mkdir(parents=True)
        database = self._connect()
        try:
            for statement in self.tables:
                database.execute(statement)
            database.execute("BEGIN")
            self.add(database, documents)
            database.execute("COMMIT")
            # Built after all rows are inserted, which is faster than updating it for each.
            database.execute("CREATE INDEX by_date ON documents(published)")
            return int(database.execute("SELECT count(*) FROM documents").fetchone()[0])
        finally:
            database.close()

    def open(self) -> None:
        self._databases = PerThread(self._connect, sqlite3.Connection.close)

    def answer(self, question: Question) -> Answer:
        wanted = self.any_of(question.text) if question.match == "any" else self.wanted(question)
        if not (wanted.match or wanted.contains):
            return Answer([], 0)
        database = self._databases.get()
        tables, condition, values = _condition(wanted, question)
        order = "documents.published DESC" if question.newest else _best_first(wanted)
        score = "-fts.rank" if wanted.match and not question.newest else "0.0"
        source = f"FROM {' JOIN '.join(tables)} WHERE {condition}"
        # LIKE reads every row, so it counts on the way; MATCH counts quicker without ranks.
        count = "count(*) OVER ()" if wanted.contains else f"(SELECT count(*) {source})"
        rows = database.execute(
            f"SELECT {tables[0]}.rowid, {score}, {count} {source} ORDER BY {order} LIMIT 10",
            values if wanted.contains else values * 2,
        ).fetchall()
        hits = []
        for row, points, _ in rows:
            if question.ids_only:
                id, title, snippet = document_id(database, row), "", ""
            else:
                id, title, snippet = self.shown(database, wanted, row)
            hits.append(Hit(id, points, title, snippet))
        return Answer(hits, rows[0][2] if rows else 0)

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        wanted = self.any_of(query)
        if not wanted.match:
            return []
        rows = self._databases.get().execute(
            "SELECT documents.id, -best.rank FROM (SELECT rowid AS row, rank FROM fts WHERE fts MATCH ? "
            "ORDER BY rank LIMIT ?) AS best JOIN documents ON documents.rowid = best.row ORDER BY best.rank",
            (wanted.match, limit),
        )
        return rows.fetchall()

    def close(self) -> None:
        self._databases.close()

    def _connect(self) -> sqlite3.Connection:
        # Each thread has its own connection; only closing happens in another thread, which the check forbids.
        path = self.location / _DATABASE
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return database


def _condition(wanted: Wanted, question: Question) -> tuple[list[str], str, list[object]]:
    """The tables to search, the condition and its values; FTS5 alone where it will do, as it sorts itself."""
    conditions: list[str] = []
    values: list[object] = []
    if wanted.match:
        conditions.append("fts MATCH ?")
        values.append(wanted.match)
    for text in wanted.contains:
        conditions.append(r"(documents.title LIKE ? ESCAPE '\' OR documents.body LIKE ? ESCAPE '\')")
        values += [_like(text)] * 2
    if question.since:
        conditions.append("documents.published >= ?")
        values.append(day_millis(question.since))
    tables = ["fts"] if wanted.match else []
    if wanted.contains or question.since or question.newest:
        tables.append("documents ON documents.rowid = fts.rowid" if tables else "documents")
    return tables, " AND ".join(conditions), values


def _best_first(wanted: Wanted) -> str:
    """Without MATCH there is nothing to rank by."""
    return "fts.rank" if wanted.match else "documents.rowid"


def _like(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return f"%{text}%"


def marked_by_fts5(database: sqlite3.Connection, wanted: Wanted, row: int) -> tuple[str, str, str]:
    """Id, title and snippet of a row that MATCH has found, with START and END around the matches."""
    title, snippet = database.execute(
        "SELECT highlight(fts, 0, ?1, ?2), snippet(fts, 1, ?1, ?2, '…', 64) FROM fts "
        "WHERE fts MATCH ?3 AND rowid = ?4",
        (START, END, wanted.match, row),
    ).fetchone()
    return document_id(database, row), title, snippet


def document_id(database: sqlite3.Connection, row: int) -> str:
    """The id of a row's document."""
    (id,) = database.execute("SELECT id FROM documents WHERE rowid = ?", (row,)).fetchone()
    return str(id)


def quoted(text: str) -> str:
    """The text as a string of FTS5's query language."""
    return '"' + text.replace('"', '""') + '"'
