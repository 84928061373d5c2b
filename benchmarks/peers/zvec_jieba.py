"""zvec, Alibaba's embedded vector database, by its full-text index with jieba's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import zvec
from zvec import DataType, Doc, FieldSchema, Fts, FtsIndexParam, FtsQueryParam, InvertIndexParam, Query

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task
from benchmarks.peers.texts import batches, day_millis, published_millis

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["ZvecJieba"]

_RUN = re.compile(r"[^\W_]+")
_OPERATORS = {"and", "or", "not"}


class ZvecJieba(Peer):
    """Title and body are one text to it: a query is for one field, and those of several are fused by rank.

    The tokenizer "jieba" is the one its documentation has for Chinese, https://zvec.org/en/docs/db/. All
    words are asked for with its operator AND, where its own default is OR; a passage is a phrase of its query
    language. Spaces and punctuation are words to its tokenizer, so queries are without. `optimize` merges and
    builds indexes when all documents are there, as it recommends.
    """

    name = "zvec"
    label = "zvec, jieba words"
    packages: ClassVar[tuple[str, ...]] = ("zvec",)
    cannot: ClassVar[dict[Task, str]] = {
        "snippets": "it has no highlights",
        "newest": "it has no other order than its scores",
        "one character": "a character is found only where the segmenter left it alone",
        "other script": "it does not normalize characters",
        "total": "it gives the best and does not count",
    }

    def index(self, documents: Iterable[Document]) -> int:
        schema = zvec.CollectionSchema(
            name="articles",
            fields=[
                FieldSchema("text", DataType.STRING, index_param=FtsIndexParam("jieba", ["lowercase"])),
                FieldSchema("published", DataType.INT64, index_param=InvertIndexParam()),
            ],
        )
        self.location.parent.mkdir(parents=True, exist_ok=True)
        collection = zvec.create_and_open(str(self.location), schema)
        for some in batches(documents):
            statuses = collection.insert(
                [
                    Doc(
                        one.id,
                        fields={"text": f"{one.title}\n{one.body}", "published": published_millis(one)},
                    )
                    for one in some
                ]
            )
            if failed := [status for status in statuses if not status.ok()]:
                raise ValueError(failed[0].message())
        collection.optimize()
        collection.flush()
        count = int(collection.stats.doc_count)
        collection.close()
        return count

    def open(self) -> None:
        self._collection = zvec.open(str(self.location), zvec.CollectionOption(read_only=True))

    def answer(self, question: Question) -> Answer:
        if question.kind == "passage":
            passage = question.text.replace("\\", " ").replace('"', " ")
            query = f'"{passage}"' if passage.strip() else ""
        else:
            query = _words(question.text)
        since = f"published >= {day_millis(question.since)}" if question.since else None
        found = self._found(query, "OR" if question.match == "any" else "AND", 10, since)
        return Answer([Hit(id, score, "", "") for id, score in found], None)

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        return self._found(_words(query), "OR", limit)

    def _found(
        self, query: str, operator: str, limit: int, condition: str | None = None
    ) -> list[tuple[str, float]]:
        if not query:
            return []
        asked = Query("text", fts=Fts(query_string=query), param=FtsQueryParam(operator))
        found = self._collection.query(asked, topk=limit, filter=condition, output_fields=[])
        return [(one.id, one.score or 0.0) for one in found]

    def close(self) -> None:
        self._collection.close()


def _words(query: str) -> str:
    """The runs of letters and digits, in its query language, where operators may be in lower case."""
    return " ".join(f'"{run}"' if run in _OPERATORS else run for run in _RUN.findall(query.lower()))
