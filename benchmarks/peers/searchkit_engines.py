"""searchkit with its kernel in Python, and on its other engines: the same calls."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.util import find_spec
from typing import ClassVar

import searchkit
from benchmarks.peers.base import Answer, Question
from benchmarks.peers.opensearch_server import address
from benchmarks.peers.searchkit_embedded import SearchkitEmbedded
from searchkit import Document

__all__ = ["SearchkitOpenSearch", "SearchkitPython", "SearchkitWhoosh"]


class SearchkitPython(SearchkitEmbedded):
    """Without the compiled kernel, as on a machine that has no C compiler."""

    name = "searchkit-python"
    label = "searchkit, its kernel in Python"
    environment: ClassVar[dict[str, str]] = {"SEARCHKIT_KERNEL": "python"}  # searchkit looks at its first use


class SearchkitWhoosh(SearchkitEmbedded):
    """The engine in pure Python; words by rjieba where it is installed, which gives the same."""

    name = "searchkit-whoosh"
    label = "searchkit on Whoosh"
    packages: ClassVar[tuple[str, ...]] = ("searchkit", "whoosh3", "rjieba")

    @classmethod
    def why_not(cls) -> str | None:
        return None if find_spec("whoosh") else "the package whoosh is not installed"

    @property
    def place(self) -> str:
        return f"whoosh:{self.location}"


class SearchkitOpenSearch(SearchkitEmbedded):
    """One shard without replicas, on the server at SEARCHKIT_BENCH_OPENSEARCH (http://127.0.0.1:9200)."""

    name = "searchkit-opensearch"
    label = "searchkit on OpenSearch"
    packages: ClassVar[tuple[str, ...]] = ("searchkit", "opensearch-py", "rjieba")

    @classmethod
    def why_not(cls) -> str | None:
        if not find_spec("opensearchpy"):
            return "the package opensearchpy is not installed"
        try:
            searchkit.open(_place("searchkit-bench-nothing"))
        except searchkit.IndexNotFoundError:
            return None
        except searchkit.SearchkitError as error:
            return str(error)
        return None

    @property
    def place(self) -> str:
        return _place(f"searchkit-bench-{hashlib.sha256(str(self.location).encode()).hexdigest()[:16]}")

    def _index(self, documents: Iterable[Document]) -> int:
        from benchmarks.peers.opensearch_cjk import client

        with client(timeout=60) as server:
            server.indices.delete(index=self.place.rpartition("/")[2], ignore_unavailable=True)
        with searchkit.create(f"{self.place}?replicas=0") as index:
            index.add(documents)
            return len(index)

    def answer(self, question: Question) -> Answer:
        try:
            return super().answer(question)
        except searchkit.SearchkitError as error:
            if "too many terms" not in str(error):
                raise
            return Answer([], 0)  # OpenSearch takes up to 1,024 in a query

    def size(self) -> int:
        with searchkit.open(self.place) as index:
            return index.stats().bytes


def _place(name: str) -> str:
    return f"opensearch://{address().rpartition('//')[2].rstrip('/')}/{name}"
