"""The search engines that searchkit is compared with, one small module each.

`PEERS` has them by name. A module is imported when its peer is used. A peer whose package is missing says so
in `Peer.why_not`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from benchmarks.peers.base import Answer, Peer, Question

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["PEERS"]

_PLACES = {
    "searchkit": ("searchkit_embedded", "SearchkitEmbedded"),
    "searchkit-python": ("searchkit_engines", "SearchkitPython"),
    "searchkit-whoosh": ("searchkit_engines", "SearchkitWhoosh"),
    "searchkit-opensearch": ("searchkit_engines", "SearchkitOpenSearch"),
    "ceiling": ("ceiling", "Ceiling"),
    "tantivy-ngram": ("tantivy_ngram", "TantivyNgram"),
    "tantivy-words": ("tantivy_words", "TantivyWords"),
    "fts5-trigram": ("fts5_trigram", "Fts5Trigram"),
    "fts5-words": ("fts5_words", "Fts5Words"),
    "whoosh-jieba": ("whoosh_jieba", "WhooshJieba"),
    "xapian-cjk": ("xapian_cjk", "XapianCjk"),
    "zvec": ("zvec_jieba", "ZvecJieba"),
    "lancedb": ("lancedb_icu", "LancedbIcu"),
    "duckdb-words": ("duckdb_words", "DuckdbWords"),
    "milvus-lite": ("milvus_lite_jieba", "MilvusLiteJieba"),
    "bm25s-jieba": ("bm25s_jieba", "Bm25sJieba"),
    "opensearch-cjk": ("opensearch_cjk", "OpenSearchCjk"),
    "opensearch-smartcn": ("opensearch_cjk", "OpenSearchSmartcn"),
}


class _Peers(Mapping[str, type[Peer]]):
    def __getitem__(self, name: str) -> type[Peer]:
        return _peer(name, *_PLACES[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


PEERS: Mapping[str, type[Peer]] = _Peers()


@cache
def _peer(name: str, module: str, of: str) -> type[Peer]:
    try:
        peer: type[Peer] = getattr(import_module(f"{__name__}.{module}"), of)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("benchmarks", "searchkit"):
            raise
        return _missing(name, f"the package {error.name} is not installed")
    return peer


def _missing(peer_name: str, reason: str) -> type[Peer]:
    """A peer that can only say why it is unavailable."""

    class Missing(Peer):
        name = label = peer_name

        @classmethod
        def why_not(cls) -> str:
            return reason

        def index(self, documents: Iterable[Document]) -> int:
            raise NotImplementedError(reason)

        def open(self) -> None:
            raise NotImplementedError(reason)

        def answer(self, question: Question) -> Answer:
            raise NotImplementedError(reason)

        def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
            raise NotImplementedError(reason)

    return Missing
