"""LanceDB, by its full-text index with the words of ICU."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

import lancedb
import pyarrow as pa
from lancedb.index import FTS, BTree
from lancedb.query import ColumnOrdering, FullTextOperator, FullTextQuery, MatchQuery, PhraseQuery

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task
from benchmarks.peers.texts import batches, day_millis, published_millis

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["LancedbIcu"]

_TABLE = "articles"
_SCHEMA = pa.schema({"id": pa.string(), "text": pa.string(), "published": pa.int64()})


class LancedbIcu(Peer):
    """Title and body are one text to it, so that all words may be asked for in both together.

    The tokenizer "icu" is the one that it has for Chinese without a model of its own (jieba's has to be
    installed beside it), https://docs.lancedb.com/oss/v0-41-0/indexing/fts-index. Stemming and stop words,
    which are for English, are off. All words are asked for by the operator AND, where its own default is OR;
    positions are indexed for phrases.
    """

    name = "lancedb"
    label = "LanceDB, ICU words"
    packages: ClassVar[tuple[str, ...]] = ("lancedb", "pyarrow")
    cannot: ClassVar[dict[Task, str]] = {
        "snippets": "it has no highlights",
        "one character": "a character is found only where the segmenter left it alone",
        "other script": "it does not normalize characters",
        "total": "it gives the best and does not count",
    }

    def index(self, documents: Iterable[Document]) -> int:
        self.location.mkdir(parents=True)
        table = lancedb.connect(self.location).create_table(_TABLE, _arrow(documents), schema=_SCHEMA)
        words = FTS(base_tokenizer="icu", stem=False, remove_stop_words=False, with_position=True)
        table.create_index("text", config=words)
        table.create_index("published", config=BTree())
        return int(table.count_rows())

    def open(self) -> None:
        self._table = lancedb.connect(self.location).open_table(_TABLE)

    def answer(self, question: Question) -> Answer:
        query: FullTextQuery
        if question.kind == "passage":
            query = PhraseQuery(question.text, "text")
        else:
            operator = FullTextOperator.OR if question.match == "any" else FullTextOperator.AND
            query = MatchQuery(question.text, "text", operator=operator)
        asked = self._table.search(query).limit(10).select(["id", "_score"])
        if question.since:
            asked = asked.where(f"published >= {day_millis(question.since)}")
        if question.newest:
            newest = ColumnOrdering(column_name="published", ascending=False)
            asked = asked.order_by([newest]).select(["id", "published", "_score"])
        found = asked.to_list()
        hits = [Hit(one["id"], 0.0 if question.newest else one["_score"], "", "") for one in found]
        return Answer(hits, None)

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        found = self._table.search(MatchQuery(query, "text")).limit(limit).select(["id", "_score"])
        return [(one["id"], one["_score"]) for one in found.to_list()]


def _arrow(documents: Iterable[Document]) -> Iterator[pa.RecordBatch]:
    for some in batches(documents):
        columns = {
            "id": [one.id for one in some],
            "text": [f"{one.title}\n{one.body}" for one in some],
            "published": [published_millis(one) for one in some],
        }
        yield pa.RecordBatch.from_pydict(columns, schema=_SCHEMA)
