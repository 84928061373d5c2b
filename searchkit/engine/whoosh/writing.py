"""The writer of an index of Whoosh: entries and deletions -> segments -> a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from searchkit.engine.base import EngineWriter, IndexDocument, id_term
from searchkit.engine.storage import IndexFolder, WriterLock
from searchkit.engine.whoosh.commit import (
    Commit,
    StoredSegment,
    read_commit,
    read_deleted,
    remove_others,
    write_commit,
    write_deleted,
)
from searchkit.engine.whoosh.errors import reading, writing
from searchkit.engine.whoosh.making import Batch, merged
from searchkit.engine.whoosh.ranking import Part
from searchkit.engine.whoosh.segment import Segment
from searchkit.errors import SearchkitError

__all__ = ["WhooshWriter"]

_BYTES_OF_A_POSTING = 60  # roughly, until it is written
_MEMORY, _COMPACT_MEMORY = 150_000_000, 420_000_000
_MERGED_AT_ONCE = 8


@dataclass
class _Kept:
    """A segment with what is deleted of it so far."""

    stored: StoredSegment
    segment: Segment
    deleted: set[int]

    @property
    def part(self) -> Part:
        return Part(self.segment, frozenset(range(self.segment.size)) - self.deleted)

    @property
    def left(self) -> int:
        return self.segment.size - len(self.deleted)


class WhooshWriter(EngineWriter):
    """Writes a segment when the memory for terms is full, and at a commit; a commit merges small ones."""

    def __init__(
        self,
        folder: IndexFolder,
        location: str,
        lock: WriterLock,
        on_commit: Callable[[], None],
        *,
        force_merge: bool,
        memory: int | None,
    ) -> None:
        self._folder = folder
        self._location = location
        self._lock = lock
        self._on_commit = on_commit
        self._force_merge = force_merge
        memory = memory or (_COMPACT_MEMORY if force_merge else _MEMORY)
        self._most = memory // _BYTES_OF_A_POSTING
        self._batch: Batch | None = None
        self._is_open = True
        lock.acquire()
        try:
            with reading(location):
                self._commit = read_commit(folder.data)
                self._kept = [
                    _Kept(stored, Segment(folder.data, stored), set(read_deleted(folder.data, stored)))
                    for stored in self._commit.segments
                ]
            with writing(location):
                remove_others(folder)
        except BaseException:
            self.close()
            raise

    def upsert(self, entry: IndexDocument) -> None:
        self._check_open()
        self._delete_kept(entry.id)
        with self._all_or_nothing():
            if self._batch is None:
                self._batch = Batch(self._folder.data, self._commit.fields)
            self._batch.add(entry)
            if self._batch.postings > self._most:
                self._write_batch()

    def delete(self, id: str) -> None:
        self._check_open()
        if self._batch is not None:
            self._batch.delete(id)
        self._delete_kept(id)

    def delete_all(self) -> None:
        self._check_open()
        self._abandon_batch()
        self._kept = []

    def commit(self) -> None:
        self._check_open()
        with self._all_or_nothing():
            self._write_batch()
            self._kept = [kept for kept in self._kept if kept.left]
            while some := self._to_merge():
                self._merge(some)
            for kept in self._kept:
                if len(kept.deleted) != kept.stored.deleted:
                    kept.stored = write_deleted(self._folder.data, kept.stored, kept.deleted)
            commit = Commit(self._commit.fields, tuple(kept.stored for kept in self._kept))
            write_commit(self._folder.data, commit)
            self._commit = commit
            remove_others(self._folder)
        self._on_commit()

    def close(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        try:
            self._abandon_batch()
            self._kept = []
            with suppress(OSError, SearchkitError):  # the disk is gone, or damaged: the next writer tidies up
                remove_others(self._folder)
        finally:
            self._lock.release()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """What fails in the middle is not to be committed later."""
        try:
            with writing(self._location):
                yield
        except BaseException:
            self.close()
            raise

    def _check_open(self) -> None:
        if not self._is_open:
            raise SearchkitError("this writer is closed")

    def _delete_kept(self, id: str) -> None:
        key = id_term(id)
        with reading(self._location):
            for kept in self._kept:
                kept.deleted.update(kept.segment.posting_list("id", key).documents)

    def _write_batch(self) -> None:
        batch, self._batch = self._batch, None
        if batch is None:
            return
        if len(batch) == len(batch.deleted):
            batch.abandon()
            return
        try:
            stored = batch.segment()
        except BaseException:
            batch.abandon()
            raise
        self._kept.append(_Kept(stored, Segment(self._folder.data, stored), batch.deleted))

    def _abandon_batch(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.abandon()

    def _to_merge(self) -> list[_Kept]:
        """Segments that had better be one: many of like size, or one of which much is deleted."""
        if self._force_merge:
            whole = len(self._kept) == 1 and not self._kept[0].deleted
            return [] if whole else list(self._kept)
        by_size: dict[int, list[_Kept]] = {}
        for kept in self._kept:
            if kept.left < len(kept.deleted):
                return [kept]
            by_size.setdefault(kept.left.bit_length() // 3, []).append(kept)
        return next((some for _, some in sorted(by_size.items()) if len(some) >= _MERGED_AT_ONCE), [])

    def _merge(self, some: list[_Kept]) -> None:
        with reading(self._location):
            stored = merged(self._folder.data, self._commit.fields, [kept.part for kept in some])
        first = self._kept.index(some[0])
        self._kept = [kept for kept in self._kept if kept not in some]
        self._kept.insert(first, _Kept(stored, Segment(self._folder.data, stored), set()))
