"""The writer of an index: one `SegmentWriter` of Whoosh for each commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from whoosh.codec.base import Segment
from whoosh.index import FileIndex
from whoosh.util.filelock import try_for
from whoosh.writing import CLEAR, MERGE_SMALL, OPTIMIZE, SegmentWriter

from searchkit.engine import forks
from searchkit.engine.base import EngineWriter, IndexDocument, id_term
from searchkit.engine.lock import WriterLock
from searchkit.engine.storage import IndexFolder
from searchkit.engine.whoosh.files import INDEX, DurableStorage, reading, tidy, writing
from searchkit.engine.whoosh.schema import document_of
from searchkit.errors import IndexLockedError, SearchkitError

_MEMORY = 128_000_000


class WhooshWriter(EngineWriter):
    """What one writer adds to an engine; the locks are held from when it is made until it is closed."""

    def __init__(
        self, folder: IndexFolder, location: str, timeout: float, force_merge: bool, memory: int | None
    ) -> None:
        self._data = folder.data
        self._location = location
        self._compact = force_merge
        self._megabytes = (memory or _MEMORY) // 1_000_000
        self._writer: SegmentWriter | None = None
        self._numbers: dict[str, int] = {}  # of the documents that Whoosh does not find before the commit
        self._cleared = False
        self._is_open = True
        self._is_of_parent = False
        with ExitStack() as locks:
            self._lock = WriterLock(folder.path, timeout=timeout, check=folder.check_same)
            locks.enter_context(self._lock)
            with reading(location):
                self._index = FileIndex(DurableStorage(folder.data), indexname=INDEX)
            with writing(location):
                lock = self._index.lock("WRITELOCK")  # for whoever writes to the index by Whoosh alone
                if not try_for(lock.acquire, timeout=timeout):
                    why = "the index is being written by a program that uses Whoosh"
                    raise IndexLockedError(f"{location}: {why}")
                locks.callback(lock.release)
                tidy(self._data)
            self._locks = locks.pop_all()
        forks.watch(self)

    def upsert(self, indexed: IndexDocument) -> None:
        self.delete(indexed.id)
        with self._all_or_nothing() as writer:
            self._numbers[id_term(indexed.id)] = writer.doc_count()
            writer.add_document(**document_of(indexed, writer.schema))

    def delete(self, id: str) -> None:
        key = id_term(id)
        with self._all_or_nothing() as writer:
            if (number := self._numbers.pop(key, None)) is not None:
                writer.newsegment.delete_document(number)
            elif writer.segments and not self._cleared:
                with reading(self._location):
                    writer.delete_by_term("id", key)

    def delete_all(self) -> None:
        with self._all_or_nothing() as writer:
            for number in self._numbers.values():
                writer.newsegment.delete_document(number)
            self._numbers, self._cleared = {}, True

    def commit(self) -> None:
        with self._all_or_nothing() as writer:
            self._lock.check_held()
            writer.commit(mergetype=CLEAR if self._cleared else self._merged)
            self._writer, self._numbers, self._cleared = None, {}, False

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            with self._locks, suppress(OSError, SearchkitError):  # the next writer tidies up as well
                if self._writer is not None:
                    with suppress(Exception):  # what is in its files is of no account
                        self._writer.cancel()
                    self._writer = None  # which closes what it has left open
                self._lock.check_held()
                tidy(self._data)

    def after_fork(self) -> None:
        """Leave the batch and the locks to the parent."""
        forks.keep((self._writer, self._locks), forever=True)
        self._is_open, self._is_of_parent = False, True

    @contextmanager
    def _all_or_nothing(self) -> Iterator[SegmentWriter]:
        """The writer of Whoosh; what fails in the middle is not to be committed later."""
        if self._is_of_parent:
            raise forks.refused(f"{self._location}: this batch")
        if not self._is_open:
            raise SearchkitError("this writer is closed")
        try:
            with writing(self._location):
                if self._writer is None:
                    self._writer = self._index.writer(limitmb=self._megabytes, _lk=False)
                yield self._writer
        except BaseException:
            self.close()
            raise

    def _merged(self, writer: SegmentWriter, segments: list[Segment]) -> list[Segment]:
        """The segments that stay, by Whoosh's own policies; the others go into the one that is written."""
        segments = [one for one in segments if one.doc_count()]
        is_one = len(segments) == 1 and not segments[0].has_deletions() and not writer.doc_count()
        merged = [
            one for one in segments if (self._compact and not is_one) or one.deleted_count() > one.doc_count()
        ]
        with reading(self._location):
            OPTIMIZE(writer, merged)
            return list(MERGE_SMALL(writer, [one for one in segments if one not in merged]))
