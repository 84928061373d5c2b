"""Index documents -> segments -> a commit, by the one writer of an index."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import tantivy
from tantivy import Query

from searchkit.engine import forks
from searchkit.engine.atomic_files import unwritable
from searchkit.engine.base import EngineWriter, IndexDocument, id_term
from searchkit.engine.plan import TermSet
from searchkit.engine.tantivy.backlog import Backlog
from searchkit.engine.tantivy.errors import writing
from searchkit.engine.tantivy.files import Segment
from searchkit.engine.tantivy.live_writer import LiveWriter
from searchkit.engine.tantivy.merge_policy import MERGED_AT, levels, merge_is_due
from searchkit.engine.tantivy.query import match_query
from searchkit.engine.ties import tie_key
from searchkit.errors import SearchkitError

if TYPE_CHECKING:
    from searchkit.engine.tantivy.engine import TantivyEngine

MEMORY = 300_000_000
"""Half of it is for the segments that threads make, a quarter for documents that wait for them.

The rest is for what threads take that finish a segment. Less makes more and smaller segments; eight of them
are merged, which takes half as long as to make them.
"""
WRITER_MEMORY = MEMORY // 2
_LEAST_OF_A_THREAD = 15_000_000
_BYTES = 2.5  # of a character of terms, which are Chinese mostly, with spaces between them
TIES = "tie_key"
"""The field with the `tie_key` of each document."""
MERGE_FROM = 5000
"""A writer that added so many documents, most of what there is, lets its small segments be merged.

It adds a quarter to the time of the engine; docs/decisions/0012-scored-terms.md has what searches gain by it.
"""
_WORTH_MERGING = 3  # segments
_FEW, _MANY = 64, 500
"""So many changes wait for more: fewer are made by one thread, as each makes a segment of its own.

More where a writer lingers, as one of a single thread has to end its merges before there can be others.
"""
_ONE = Segment("", 1, 0, None)
_AT_ONCE = 1000
"""Documents that are deleted by one query: tantivy keeps a kilobyte for each query until the commit."""
_FILLER = " " * 200  # longer than any `id_term`

_Change = Callable[[tantivy.IndexWriter], object]


class TantivyWriter(EngineWriter):
    """What one writer adds to an engine, which lends it the one `LiveWriter` until it is closed."""

    def __init__(
        self, engine: TantivyEngine, live: LiveWriter, force_merge: bool, memory: int | None
    ) -> None:
        self._engine = engine
        self._live = live
        self._force_merge = force_merge
        self._memory = max((memory or MEMORY) // 2, _LEAST_OF_A_THREAD)
        self._backlog = Backlog((memory or MEMORY) // 4)
        self._writer: tantivy.IndexWriter | None = None
        self._waiting: list[_Change] | None = []
        """The first changes; None once tantivy has them, and takes what follows at once."""
        in_memory = engine.location == ":memory:"  # where all is put again, and one thread makes one segment
        self.repeats = sys.maxsize if in_memory else MERGED_AT
        self._threads = 1 if force_merge and in_memory else 0
        self._is_open = True
        self._is_committed = True
        self._added = 0
        self._gone: list[str] = []
        """Keys of documents that are to be deleted before any other change."""
        self._latest: dict[str, tantivy.Document] = {}
        """Some of the latest documents by their key, to make segments of."""

    def upsert(self, indexed: IndexDocument) -> None:
        if self._gone:
            self._delete_gone()
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
        self._backlog.add(len(indexed.stored) + int(sum(map(len, indexed.terms.values())) * _BYTES))
        self._change(lambda writer: _put(writer, key, document))
        self._added += 1
        self._latest.pop(key, None)
        self._latest[key] = document
        if len(self._latest) > MERGED_AT:
            del self._latest[next(iter(self._latest))]

    def delete(self, id: str) -> None:
        self._check_open()
        key = id_term(id)
        self._gone.append(key)
        self._latest.pop(key, None)
        if len(self._gone) >= _AT_ONCE:
            self._delete_gone()

    def _delete_gone(self) -> None:
        keys, self._gone = tuple(self._gone), []
        if len(keys) == 1:
            self._change(lambda writer: writer.delete_documents_by_term("id", keys[0]))
        elif keys:
            self._change(lambda writer: writer.delete_documents_by_query(self._having(keys)))

    def _having(self, keys: tuple[str, ...]) -> Query:
        return match_query(TermSet("id", keys), self._live.schema)

    def delete_all(self) -> None:
        self._gone.clear()
        # Unlike delete_all_documents, this takes what was put before the last commit and after it alike.
        self._change(lambda writer: writer.delete_documents_by_query(Query.all_query()))
        self._latest.clear()

    def commit(self) -> None:
        self._check_open()
        self._delete_gone()
        with self._all_or_nothing():
            self._live.check_held()
            if self._waiting:
                self._begin(threads=None)
            if self._writer is not None and not self._is_committed:
                self._writer.commit()
                self._is_committed = True
        self._waiting = []
        if self._force_merge:
            with self._all_or_nothing():
                self._merge_all()
        self._engine.keep_checksums()
        self._engine.reload()

    def close(self) -> None:
        if not self._is_open or self._live.is_of_parent:
            return
        if self._is_committed:
            with suppress(SearchkitError), self._all_or_nothing():
                self._live.check_held()  # else a merge would end in the index that is there now
                self._merge()
        self._end(committed=self._is_committed)

    def _change(self, change: _Change) -> None:
        self._check_open()
        if self._waiting is None:
            self._is_committed = False
            with self._all_or_nothing():
                change(self._begun())
            return
        self._waiting.append(change)
        if len(self._waiting) > (_MANY if self._live.has_begun else _FEW):
            with self._all_or_nothing():
                self._begin(threads=self._threads)

    def _begin(self, *, threads: int | None) -> None:
        """Let tantivy make the changes that have waited, with so many threads, as in `LiveWriter.writer`."""
        waiting, self._waiting = self._waiting or [], None
        self._writer = self._live.writer(self._memory, threads=threads)
        self._is_committed = False
        for change in waiting:
            change(self._writer)

    def _begun(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._live.writer(self._memory, threads=None)
        return self._writer

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """What fails in the middle is not to be committed later, not even by a merge that ends."""
        try:
            with writing(self._engine.location):
                yield
        except BaseException:
            self._end(committed=False, stop_merges=True)
            raise

    def _end(self, *, committed: bool, stop_merges: bool = False) -> None:
        """Give back what was lent, once: a block that Ctrl-C left may end after the writer."""
        if not self._is_open:
            return
        self._is_open = False
        self._writer = None
        if stop_merges:
            self._live.drop()
        self._engine.take_back(self._live, committed=committed)

    def _check_open(self) -> None:
        if self._live.is_of_parent:
            raise forks.refused(f"{self._engine.location}: this batch")
        if not self._is_open:
            raise SearchkitError("this writer is closed")

    # -- merges

    def _merge(self) -> None:
        """Let tantivy merge the smaller segments of a large batch, which it does when there are eight.

        It cannot be asked to, so as many as are missing are made, of a document each: one of those just
        committed is replaced by itself. Every commit on the way has the same documents.
        """
        if self._added < MERGE_FROM:
            return  # as most writers; the sizes stand in a file
        if self._added < sum(one.documents for one in self._engine.segments()) // 2:
            return
        for key, document in self._latest.items():
            small = len(levels([*self._engine.segments(), _ONE])[-1]) - 1
            if not _WORTH_MERGING <= small < MERGED_AT:
                return
            self._commit_only(self._begun(), {key: document})

    def _merge_all(self) -> None:
        """Let tantivy merge all segments into one, and wait for it.

        Segments are of one size for it that come behind a larger one which has lost most of its documents. So
        such a one is made, of as many empty documents as it takes, which are deleted at once, and one that
        stays.
        """
        self._live.end()  # as what is being merged counts for nothing
        segments = self._engine.segments()
        if len(segments) + sum(one.deleted for one in segments) <= 1 or not self._latest:
            return
        writer = self._live.writer(self._memory, threads=1)  # which makes one segment
        waiting = dict(self._latest)
        if sum(one.left for one in segments) > len(waiting):
            filler = tantivy.Document()
            filler.add_text("id", _FILLER)
            for _ in range(max(one.documents for one in segments)):
                writer.add_document(filler)
            writer.delete_documents_by_term("id", _FILLER)
            self._commit_only(writer, dict([waiting.popitem()]))
            while waiting and len(self._engine.segments()) < MERGED_AT:
                self._commit_only(writer, dict([waiting.popitem()]))
        else:
            self._commit_only(writer, waiting)
        self._live.end()
        if merge_is_due(self._engine.segments()):
            raise unwritable(self._engine.location, "its segments could not be merged")

    def _commit_only(self, writer: tantivy.IndexWriter, documents: dict[str, tantivy.Document]) -> None:
        """Replace documents by themselves, in a commit of their own."""
        for key, document in documents.items():
            _put(writer, key, document)
        writer.commit()


def _put(writer: tantivy.IndexWriter, key: str, document: tantivy.Document) -> None:
    writer.delete_documents_by_term("id", key)
    writer.add_document(document)
