"""Milvus Lite, by its BM25 function with jieba's words."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import jieba
from milvus_lite import CollectionSchema, DataType, FieldSchema, MilvusLite
from milvus_lite.schema.types import Function, FunctionType

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task
from benchmarks.peers.texts import batches, day_millis, published_millis

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["MilvusLiteJieba"]

_COLLECTION = "articles"
_LONGEST_ID, _LONGEST_TEXT = 1024, 1 << 24

jieba.setLogLevel(logging.WARNING)  # it tells on stderr how long its dictionary took


class MilvusLiteJieba(Peer):
    """Title and body are one text to it, of which its function makes sparse vectors of words.

    Its engine is asked directly, as its README has it for those who need no protocol of Milvus between:
    https://github.com/milvus-io/milvus-lite. It scores any words; `text_match`, the filter for words, cuts
    texts by an analyzer without Chinese whatever that of the field is. A passage is a filter with LIKE beside
    the words of it.
    """

    name = "milvus-lite"
    label = "Milvus Lite, jieba words"
    packages: ClassVar[tuple[str, ...]] = ("milvus-lite", "jieba")
    cannot: ClassVar[dict[Task, str]] = {
        "snippets": "it has no highlights",
        "all words": "it adds up the scores of any words",
        "newest": "it has no other order than its scores",
        "one character": "a character is found only where the segmenter left it alone",
        "other script": "it does not normalize characters",
        "total": "it gives the best and does not count",
    }

    def index(self, documents: Iterable[Document]) -> int:
        words = {"tokenizer": {"type": "jieba", "mode": "search"}}
        schema = CollectionSchema(
            fields=[
                FieldSchema("id", DataType.VARCHAR, is_primary=True, max_length=_LONGEST_ID),
                FieldSchema(
                    "text",
                    DataType.VARCHAR,
                    max_length=_LONGEST_TEXT,
                    enable_analyzer=True,
                    analyzer_params=words,
                ),
                FieldSchema("published", DataType.INT64),
                FieldSchema("words", DataType.SPARSE_FLOAT_VECTOR, is_function_output=True),
            ],
            functions=[Function("bm25", FunctionType.BM25, ["text"], ["words"])],
        )
        self.location.parent.mkdir(parents=True, exist_ok=True)
        with MilvusLite(str(self.location)) as database:
            collection = database.create_collection(_COLLECTION, schema)
            for some in batches(documents):
                collection.insert(
                    [
                        {
                            "id": one.id,
                            "text": f"{one.title}\n{one.body}",
                            "published": published_millis(one),
                        }
                        for one in some
                    ]
                )
            collection.flush()
            collection.create_index("words", {"index_type": "SPARSE_INVERTED_INDEX", "metric_type": "BM25"})
            return int(collection.num_entities)

    def open(self) -> None:
        self._database = MilvusLite(str(self.location))
        self._collection = self._database.get_collection(_COLLECTION)
        self._collection.load()

    def answer(self, question: Question) -> Answer:
        conditions = []
        if question.kind == "passage":
            conditions.append(f'text like "%{_pattern(question.text)}%"')
        if question.since:
            conditions.append(f"published >= {day_millis(question.since)}")
        found = self._found(question.text, 10, " and ".join(conditions) or None)
        return Answer([Hit(id, score, "", "") for id, score in found], None)

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        return self._found(query, limit)

    def _found(self, query: str, limit: int, condition: str | None = None) -> list[tuple[str, float]]:
        (found,) = self._collection.search(
            [query], top_k=limit, anns_field="words", metric_type="BM25", expr=condition, output_fields=["id"]
        )
        return [_scored(one) for one in found]

    def close(self) -> None:
        self._database.close()


def _scored(found: dict[str, Any]) -> tuple[str, float]:
    """Its distances are negative scores."""
    return str(found["id"]), -float(found["distance"])


def _pattern(text: str) -> str:
    """A text inside a string and a pattern of its filters, which have no escape for % and _."""
    return text.replace("%", "_").replace("\\", "\\\\").replace('"', '\\"')
