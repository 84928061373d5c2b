"""OpenSearch, with its analyzer for Chinese, Japanese and Korean, or with the plugin analysis-smartcn.

The server is at SEARCHKIT_BENCH_OPENSEARCH, http://127.0.0.1:9200 by default.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from opensearchpy import OpenSearch, helpers
from opensearchpy.exceptions import OpenSearchException, RequestError

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task
from benchmarks.peers.opensearch_server import address
from benchmarks.peers.texts import day_millis, published_millis

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["OpenSearchCjk", "OpenSearchSmartcn"]

_FIELDS = ["title", "body"]
_CHUNK = 500
_HIGHLIGHT = {
    "type": "unified",
    "encoder": "html",
    "pre_tags": ["<mark>"],
    "post_tags": ["</mark>"],
    "fields": {
        "title": {"number_of_fragments": 0, "no_match_size": 1000},
        "body": {"number_of_fragments": 1, "fragment_size": 160, "no_match_size": 160},
    },
}
_NOTHING: dict[str, Any] = {"total": {"value": 0}, "hits": []}


def client(**options: Any) -> OpenSearch:
    """A client of the server that the environment names."""
    return OpenSearch([address()], **options)


class OpenSearchCjk(Peer):
    """One shard without replicas; while it is filled no refresh and a translog that is synced now and then.

    All words are asked for, in title and body together: ``cross_fields`` with the operator "and", where its
    own default is any; `rank` leaves that default. ``match`` queries have no operators in their text. The
    bulk settings are those of https://docs.opensearch.org/latest/tuning-your-cluster/performance/, and
    offsets are indexed, which spares the unified highlighter taking texts apart again:
    https://docs.opensearch.org/latest/search-plugins/searching-data/highlight/.
    """

    name = "opensearch-cjk"
    label = "OpenSearch, cjk"
    packages: ClassVar[tuple[str, ...]] = ("opensearch-py",)
    cannot: ClassVar[dict[Task, str]] = {
        "one character": "a character is found only where it stands alone: its terms are pairs",
        "other script": "it does not normalize characters",
    }
    analyzer: ClassVar[str] = "cjk"
    comes_with: ClassVar[str] = "the module analysis-common"

    def __init__(self, location: Path) -> None:
        super().__init__(location)
        self.index_name = f"{self.name}-{hashlib.sha256(str(location).encode()).hexdigest()[:16]}"

    @classmethod
    def why_not(cls) -> str | None:
        try:
            with client(timeout=2, max_retries=0) as server:
                server.info()
                return cls._not_with(server)
        except OpenSearchException as error:
            return f"no OpenSearch answers: {type(error).__name__}"

    @classmethod
    def _not_with(cls, server: OpenSearch) -> str | None:
        """Why this peer cannot be measured on a server that answers."""
        try:
            server.indices.analyze(body={"analyzer": cls.analyzer, "text": "中文"})
        except RequestError:
            return f"this OpenSearch has no analyzer {cls.analyzer}: it is without {cls.comes_with}"
        return None

    def settings(self) -> dict[str, Any]:
        """The settings and fields of the index."""
        text = {"type": "text", "analyzer": self.analyzer, "index_options": "offsets"}
        return {
            "settings": {
                "index": {
                    "number_of_shards": 1,
                    "number_of_replicas": 0,
                    "refresh_interval": "-1",
                    "translog": {"durability": "async", "flush_threshold_size": "1gb"},
                }
            },
            "mappings": {
                "dynamic": "strict",
                "properties": {
                    "id": {"type": "keyword", "index": False},
                    "title": text,
                    "body": text,
                    "published": {"type": "date", "format": "epoch_millis"},
                },
            },
        }

    def actions(self, documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
        """What the bulk helper takes; OpenSearch makes the ids, which spares it looking for them."""
        for document in documents:
            source: dict[str, Any] = {"id": document.id, "title": document.title, "body": document.body}
            if document.published is not None:
                source["published"] = published_millis(document)
            yield {"_op_type": "index", "_index": self.index_name, "_source": source}

    def search(self, question: Question) -> dict[str, Any]:
        """The body of a search."""
        query = {"query": question.text, "fields": _FIELDS}
        if question.kind == "passage":
            query["type"] = "phrase"
        elif question.match == "all":
            query |= {"type": "cross_fields", "operator": "and"}
        asked: dict[str, Any] = {"must": [{"multi_match": query}]}
        if question.since:
            asked["filter"] = [{"range": {"published": {"gte": day_millis(question.since)}}}]
        body: dict[str, Any] = {
            "size": 10,
            "query": {"bool": asked},
            "track_total_hits": True,
            "_source": ["id"],
        }
        if not question.ids_only:
            body["highlight"] = _HIGHLIGHT
        if question.newest:
            body["sort"] = [{"published": {"order": "desc", "missing": "_last"}}]
        return body

    def ranking(self, query: str, limit: int) -> dict[str, Any]:
        """The body of a search for any of the words."""
        return {
            "size": limit,
            "query": {"multi_match": {"query": query, "fields": _FIELDS}},
            "track_total_hits": False,
            "_source": ["id"],
        }

    def index(self, documents: Iterable[Document]) -> int:
        with client(timeout=600) as server:
            server.indices.delete(index=self.index_name, ignore_unavailable=True)
            server.indices.create(index=self.index_name, body=self.settings())
            sent = helpers.parallel_bulk(
                server, self.actions(documents), thread_count=os.cpu_count() or 1, chunk_size=_CHUNK
            )
            deque(sent, maxlen=0)  # it raises when a document is refused
            server.indices.refresh(index=self.index_name)
            server.indices.flush(index=self.index_name, wait_if_ongoing=True)
            return int(server.count(index=self.index_name)["count"])

    def open(self) -> None:
        self._server = client(timeout=60, pool_maxsize=os.cpu_count() or 1)

    def answer(self, question: Question) -> Answer:
        found = self._found(self.search(question))
        hits = []
        for hit in found["hits"]:
            title, snippet = (hit.get("highlight", {}).get(field, [""])[0] for field in _FIELDS)
            hits.append(Hit(hit["_source"]["id"], hit["_score"] or 0.0, title, snippet))
        return Answer(hits, found["total"]["value"])

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        found = self._found(self.ranking(query, limit))
        return [(hit["_source"]["id"], hit["_score"]) for hit in found["hits"]]

    def _found(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._server.search(index=self.index_name, body=body)["hits"]
        except RequestError as error:
            if "maxClauseCount" not in str(error):
                raise
            return _NOTHING  # it takes up to 1,024 words
        return found

    def size(self) -> int:
        with client(timeout=60) as server:
            stats = server.indices.stats(index=self.index_name, metric="store")
            return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])

    def close(self) -> None:
        self._server.close()


class OpenSearchSmartcn(OpenSearchCjk):
    """With words by the plugin analysis-smartcn, which is made for Simplified Chinese."""

    name = "opensearch-smartcn"
    label = "OpenSearch, smartcn"
    cannot: ClassVar[dict[Task, str]] = {
        "one character": "a character is found only where the segmenter left it alone",
        "other script": "it does not normalize characters",
    }
    analyzer: ClassVar[str] = "smartcn"
    comes_with: ClassVar[str] = "the plugin analysis-smartcn"
