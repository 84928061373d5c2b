"""The writer of tantivy of an index, which outlives a batch while it merges.

tantivy merges segments in threads of its writer. To wait for them took ten seconds and more after some
commits; to stop them would let them begin anew each time. So a batch whose commit lets merges begin leaves
the writer and its lock behind: the next batch of this process goes on with it at once, while a thread waits
for the merges, and then closes it and lets other processes in. What was committed is durable all the time.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from enum import Enum
from pathlib import Path

import tantivy

from searchkit.engine import forks
from searchkit.engine.lock import WriterLock
from searchkit.engine.tantivy.errors import writing
from searchkit.engine.tantivy.files import keep_checksums, leftovers, remove_unfinished, segments_of
from searchkit.engine.tantivy.merge_policy import merge_is_due
from searchkit.errors import SearchkitError

_LEAST_MEMORY = 15_000_000
_LOOK_AGAIN = 0.05  # seconds
_STANDSTILL = 5.0  # seconds after which a merge that writes nothing has failed, or nearly so


class _State(Enum):
    IN_USE = "a batch has it"
    LINGERING = "it merges, and the next batch may have it"
    CLOSING = "it merges or is closed; nobody may have it"


class LiveWriter:
    """A writer of tantivy, made when it is needed, and the lock of the index, from the beginning to `close`.

    Without a folder it is that of an index in memory, which does not linger.
    """

    def __init__(
        self, location: str, data: Path | None, index: tantivy.Index, lock: WriterLock | None
    ) -> None:
        self._location = location
        self._data = data
        self._index = index
        self._lock = lock
        self._writer: tantivy.IndexWriter | None = None
        self._memory = self._threads = 0
        self._state = _State.IN_USE
        self._batches = 0
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self.is_of_parent = False
        """Whether this process was forked while there was this writer."""
        forks.watch(self)

    # -- for a batch

    @property
    def schema(self) -> tantivy.Schema:
        """The fields of the index."""
        return self._index.schema

    @property
    def has_begun(self) -> bool:
        """Whether there is a writer of tantivy already."""
        return self._writer is not None

    def writer(self, memory: int, *, threads: int | None) -> tantivy.IndexWriter:
        """The writer of tantivy, with at most so much memory and so many threads; 0: one a processor.

        None is the one that there is, or one of a single thread. One that does not fit ends its merges first.
        """
        if self._writer is not None and (self._memory > memory or threads not in (None, self._threads)):
            self.end()
        if self._writer is None:
            self._memory, self._threads = memory, 1 if threads is None else threads
            with writing(self._location):
                # Of an index opened anew: tantivy keeps its list of files (.managed.json) in memory, and with
                # one from before another writer's commit it would forget that one's files.
                index = tantivy.Index.open(str(self._data)) if self._data else self._index
                self._writer = index.writer(self._memory, self._threads)
        return self._writer

    def check_held(self) -> None:
        """Raise `IndexReplacedError` where another index is in the folder, or the lock was removed."""
        if self._lock:
            self._lock.check_held()

    def end(self) -> None:
        """Let running merges end, and drop what is not committed; a rollback would stop the merges.

        A merge that fails, on a full disk, leaves what was to be merged as it is.
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(SearchkitError), writing(self._location):
                writer.wait_merging_threads()

    def drop(self) -> None:
        """Stop the merges after an error: one that ends might commit what could not be committed."""
        if self._writer is not None:
            with suppress(SearchkitError), writing(self._location):
                self._writer.rollback()
        self.end()

    def tidy(self) -> None:
        """Remove what writers left that failed or were killed; there must be no writer of tantivy now."""
        with suppress(SearchkitError, OSError), writing(self._location):
            self.check_held()
            if self._data:
                keep_checksums(self._data)
            if self._data and leftovers(self._data):
                # By tantivy, as readers that open a commit just now must find its files.
                collector = tantivy.Index.open(str(self._data)).writer(_LEAST_MEMORY, 1)
                collector.garbage_collect_files()
                collector.wait_merging_threads()
                remove_unfinished(self._data)

    def let_go(self, *, committed: bool, at_once: bool) -> bool:
        """Close it when its merges have ended; returns whether that takes time, for which no batch waits.

        What is not ``committed`` is dropped, and no other batch can `take` it then.
        """
        if not at_once and self._merges():
            with self._changed:
                self._state = _State.LINGERING if committed else _State.CLOSING
                self._batches += 1
                # Not a daemon: the end of the program waits for it.
                thread = threading.Thread(
                    target=self._wait_and_close, args=(self._batches,), name="searchkit-merges"
                )
            with suppress(RuntimeError):  # the program is ending, and starts no threads any more
                thread.start()
                return True
        self.close()
        return False

    def take(self) -> bool:
        """Have it for another batch, if it lingers."""
        with self._changed:
            lingers = self._state is _State.LINGERING
            if lingers:
                self._state = _State.IN_USE
                self._batches += 1
                self._changed.notify_all()
        return lingers

    def wait(self) -> None:
        """Wait until it is closed."""
        if self.take():
            self.close()
        self._closed.wait()

    def close(self) -> None:
        """Close it when its merges have ended, and let the next writer in."""
        self._state = _State.CLOSING
        try:
            self.end()
            self.tidy()
        finally:
            if self._lock:
                self._lock.release()
            self._closed.set()

    # -- while it lingers

    def _wait_and_close(self, batch: int) -> None:
        with self._changed:
            last, since = -1, time.monotonic()
            while self._batches == batch and self._state is _State.LINGERING and self._merges():
                if (written := self._written()) != last:
                    last, since = written, time.monotonic()
                if time.monotonic() - since > _STANDSTILL:
                    break
                self._changed.wait(_LOOK_AGAIN)
            if self._batches != batch:
                return  # another batch has it, or had it
            self._state = _State.CLOSING
        self.close()

    def _merges(self) -> bool:
        """Whether merges are to be expected, by the segments of the latest commit."""
        if self._writer is None or not self._data:
            return False
        with suppress(SearchkitError):
            return merge_is_due(segments_of(self._data))
        return False

    def _written(self) -> int:
        """How many bytes merges have written so far."""
        with suppress(SearchkitError, OSError):
            return sum(leftovers(self._data).values()) if self._data else 0
        return 0

    # -- in a forked process

    def after_fork(self) -> None:
        """Leave it to the parent, where it goes on with its threads; the lock does the same."""
        self.is_of_parent = True
        writer, self._writer = self._writer, None
        if writer is not None:
            forks.keep(writer, forever=True)
        self._state, self._changed, self._closed = _State.CLOSING, threading.Condition(), threading.Event()
        self._closed.set()
