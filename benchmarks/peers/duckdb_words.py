"""DuckDB's full-text search extension fed with words of rjieba, spaces between."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, ClassVar

import duckdb
import pyarrow as pa

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task
from benchmarks.peers.texts import (
    PerThread,
    batches,
    day_millis,
    published_millis,
    spaced_words,
    typed_words,
)

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["DuckdbWords"]

_DATABASE = "index.db"
_EXTENSION = f"extensions/v{duckdb.__version__}/fts.duckdb_extension"


class DuckdbWords(Peer):
    """All words of the query are asked for (``conjunctive``), or any; a passage is looked up in every text.

    The extension knows no Chinese and no positions, so it gets spaced words, without stemming and stop words,
    https://duckdb.org/docs/stable/core_extensions/full_text_search. It comes from the package
    duckdb-extension-fts, as DuckDB itself would download it at first use. The spaced texts are dropped when
    they are indexed.
    """

    name = "duckdb-words"
    label = "DuckDB fts, rjieba words"
    packages: ClassVar[tuple[str, ...]] = ("duckdb", "duckdb-extension-fts", "rjieba")
    cannot: ClassVar[dict[Task, str]] = {
        "snippets": "it has no highlights",
        "other script": "it does not normalize characters",
    }

    def index(self, documents: Iterable[Document]) -> int:
        self.location.mkdir(parents=True)
        database = self._connect(read_only=False)
        database.execute(
            "CREATE TABLE documents(number BIGINT, id VARCHAR, published BIGINT, title VARCHAR, body VARCHAR)"
        )
        database.execute("CREATE TABLE words(number BIGINT, title VARCHAR, body VARCHAR)")
        count = 0
        for some in batches(documents):
            numbers = range(count, count + len(some))
            count += len(some)
            _insert(
                database,
                "documents",
                number=numbers,
                id=[one.id for one in some],
                published=[published_millis(one) for one in some],
                title=[one.title for one in some],
                body=[one.body for one in some],
            )
            _insert(
                database,
                "words",
                number=numbers,
                title=[spaced_words(one.title) for one in some],
                body=[spaced_words(one.body) for one in some],
            )
        database.execute(
            "PRAGMA create_fts_index('words', 'number', 'title', 'body', stemmer = 'none', "
            r"stopwords = 'none', strip_accents = 0, ignore = '[^\p{L}\p{N}]+')"
        )
        database.execute("DROP TABLE words")
        database.close()
        return count

    def open(self) -> None:
        self._database = self._connect(read_only=True)
        # Its documentation: a cursor for each thread.
        self._cursors = PerThread(self._database.cursor, duckdb.DuckDBPyConnection.close)

    def answer(self, question: Question) -> Answer:
        if question.kind == "passage" or _is_one_character(question):
            score = "CASE WHEN contains(title, $words) OR contains(body, $words) THEN 0.0 END"
            words = question.text
        else:
            score = _bm25(conjunctive=question.match == "all")
            words = _words(question.text)
        if not words.strip():
            return Answer([], 0)
        values: dict[str, object] = {"words": words}
        condition = ""
        if question.since:
            condition = "WHERE published >= $since"
            values["since"] = day_millis(question.since)
        order = "published DESC" if question.newest else "score DESC"
        rows = (
            self._cursors.get()
            .execute(
                f"SELECT id, score, count(*) OVER () FROM (SELECT id, published, {score} AS score "
                f"FROM documents {condition}) WHERE score IS NOT NULL ORDER BY {order} LIMIT 10",
                values,
            )
            .fetchall()
        )
        hits = [Hit(id, 0.0 if question.newest else score, "", "") for id, score, _ in rows]
        return Answer(hits, rows[0][2] if rows else 0)

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        found = self._cursors.get().execute(
            f"SELECT id, {_bm25(conjunctive=False)} AS score FROM documents WHERE score IS NOT NULL "
            "ORDER BY score DESC LIMIT $limit",
            {"words": _words(query), "limit": limit},
        )
        return found.fetchall()

    def close(self) -> None:
        self._cursors.close()
        self._database.close()

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        database = duckdb.connect(self.location / _DATABASE, read_only=read_only)
        with as_file(files("duckdb_extension_fts") / _EXTENSION) as extension:
            database.load_extension(str(extension))
        return database


def _bm25(*, conjunctive: bool) -> str:
    return f"fts_main_words.match_bm25(number, $words, conjunctive := {int(conjunctive)})"


def _insert(database: duckdb.DuckDBPyConnection, table: str, **columns: Iterable[object]) -> None:
    database.register("given", pa.table({name: list(values) for name, values in columns.items()}))
    database.execute(f"INSERT INTO {table} SELECT * FROM given")
    database.unregister("given")


def _words(query: str) -> str:
    return " ".join(typed_words(spaced_words(query)))


def _is_one_character(question: Question) -> bool:
    """Which is a word only where the segmenter left it alone."""
    return len(question.text.strip()) == 1
