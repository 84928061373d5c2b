"""Index documents -> segments -> a commit, by the one writer of an index."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from math import inf, log2
from typing import TYPE_CHECKING

import tantivy
from tantivy import Query

from searchkit.engine import forks
from searchkit.engine.base import EngineWriter, IndexDocument, id_term
from searchkit.engine.lock import MemoryLock, WriterLock
from searchkit.engine.tantivy.errors import writing
from searchkit.engine.ties import tie_key
from searchkit.errors import SearchkitError

if TYPE_CHECKING:
    from searchkit.engine.tantivy.engine import TantivyEngine

WRITER_MEMORY = 150_000_000
"""Less makes more and smaller segments; eight of them are merged, which takes half as long as to make them.

While its threads finish their segments, a writer takes up to 80 MB more.
"""
TIES = "tie_key"
"""The field with the `tie_key` of each document."""
_COMPACT_MEMORY = 1_000_000_000
MERGE_FROM = 5000
"""A writer that added so many documents, most of what there is, merges its small segments before it closes.

It adds a quarter to the time of the engine; docs/decisions/0012-scored-terms.md has what searches gain by it.
"""
# tantivy merges segments when eight are of about one size; all below 10,000 documents are.
_MERGED_AT = 8
_SMALLEST = 10_000
_SAME_SIZE = 0.75  # as a difference of binary logarithms
_WORTH_MERGING = 3  # segments


class TantivyWriter(EngineWriter):
    """What one writer adds to an engine; the lock is held from when it is made until it is closed."""

    def __init__(
        self, engine: TantivyEngine, lock: WriterLock | MemoryLock, force_merge: bool, memory: int | None
    ) -> None:
        self._engine = engine
        self._lock = lock
        self._added = 0
        self._committed = False
        self._latest: dict[str, tantivy.Document] = {}
        """Some of the latest documents by their key, to make segments of."""
        self._is_of_parent = False
        self._writer: tantivy.IndexWriter | None = None
        self._lock.acquire()
        forks.watch(self)
        try:
            # Each thread makes a segment of its own whenever its share of the memory is full.
            usual, threads = (_COMPACT_MEMORY, 1) if force_merge else (WRITER_MEMORY, 0)
            with writing(engine.location):
                # Of an index opened anew: tantivy keeps its list of files (.managed.json) in memory, and with
                # one from before another writer's commit it would forget that one's files.
                self._writer = engine.fresh_index().writer(memory or usual, threads)
        except BaseException:
            self.close()
            raise

    def upsert(self, indexed: IndexDocument) -> None:
        document, key = tantivy.Document(), id_term(indexed.id)
        document.add_text("id", key)
        document.add_bytes("stored", indexed.stored)
        document.add_integer(TIES, tie_key(key))
        for field, terms in indexed.terms.items():
            if terms:
                document.add_text(field, terms)
        for field, value in indexed.values.items():
            if isinstance(value, int):
                document.add_integer(field, value)
            elif isinstance(value, float):
                document.add_float(field, value)
            else:
                for label in value:
                    document.add_text(field, label)
        writer = self._open()
        with writing(self._engine.location):
            writer.delete_documents_by_term("id", key)
            writer.add_document(document)
        self._added += 1
        self._committed = False
        self._latest.pop(key, None)
        self._latest[key] = document
        if len(self._latest) > _MERGED_AT:
            del self._latest[next(iter(self._latest))]

    def delete(self, id: str) -> None:
        key = id_term(id)
        self._committed = False
        self._latest.pop(key, None)
        with writing(self._engine.location):
            self._open().delete_documents_by_term("id", key)

    def delete_all(self) -> None:
        self._committed = False
        self._latest.clear()
        # Unlike delete_all_documents, this takes what was put before the last commit and after it alike.
        with writing(self._engine.location):
            self._open().delete_documents_by_query(Query.all_query())

    def commit(self) -> None:
        self._open()
        self._lock.check_held()  # with no writer in this frame: the error would keep it, and its lock
        with writing(self._engine.location):
            self._open().commit()
        self._engine.keep_checksums()
        self._engine.reload()
        self._committed = True

    def _merge(self, writer: tantivy.IndexWriter) -> None:
        """Let tantivy merge the smaller segments of a large batch, which it does when there are eight.

        It cannot be asked to, so as many as are missing are made, of a document each: one of those just
        committed is replaced by itself. Every commit on the way has the same documents.
        """
        if not self._committed or self._added < MERGE_FROM:
            return  # as most writers; the sizes stand in a file
        if self._added < sum(self._engine.segment_sizes()) // 2:
            return
        for key, document in self._latest.items():
            small = _smaller_segments([*self._engine.segment_sizes(), 1]) - 1
            if not _WORTH_MERGING <= small < _MERGED_AT:
                return
            writer.delete_documents_by_term("id", key)
            writer.add_document(document)
            writer.commit()

    def close(self) -> None:
        writer, self._writer = self._writer, None
        if self._is_of_parent:
            return
        try:
            if writer is not None:
                # Lets running merges end, and drops what is not committed; a rollback would stop the merges.
                # One that fails, on a full disk, leaves what was to be merged as it is.
                with suppress(SearchkitError):
                    self._lock.check_held()  # else a merge would end in the index that is there now
                    with suppress(SearchkitError), writing(self._engine.location):
                        self._merge(writer)
                    with writing(self._engine.location):
                        writer.wait_merging_threads()
                    self._engine.keep_checksums()
                with suppress(SearchkitError):  # whoever reads next is told
                    self._engine.reload()
        finally:
            self._lock.release()

    def after_fork(self) -> None:
        """Leave the batch to the parent; the lock does the same."""
        if self._writer is not None:
            forks.keep(self._writer, forever=True)
            self._writer, self._is_of_parent = None, True

    def _open(self) -> tantivy.IndexWriter:
        if self._is_of_parent:
            raise forks.refused(f"{self._engine.location}: this batch")
        if self._writer is None:
            raise SearchkitError("this writer is closed")
        return self._writer


def _smaller_segments(sizes: Iterable[int]) -> int:
    """How many segments there are of the smallest size, as tantivy sees it."""
    found, largest = 0, inf
    for size in sorted(sizes, reverse=True):
        magnitude = log2(max(size, _SMALLEST))
        if magnitude < largest - _SAME_SIZE:
            found, largest = 0, magnitude
        found += 1
    return found
