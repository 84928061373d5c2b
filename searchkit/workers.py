"""workers: documents -> entries, made by several processes, in the order of the documents.

The segmenter holds the interpreter lock, so threads would not help. The processes are started with nothing
but this module, not by `multiprocessing`: a program that indexes needs no ``if __name__ == "__main__"``, and
nothing is forked while an engine has threads. Each has a thread here that hands it a chunk of documents and
takes back what came of it; only as many chunks are under way as keep all of them busy.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from searchkit.document import Document
from searchkit.engines.base import Entry
from searchkit.entry import make_entry
from searchkit.errors import DocumentError, SearchkitError
from searchkit.report import Failure
from searchkit.settings import Settings

__all__ = ["Made", "made_entries", "serve"]

Made = Entry | Failure
"""What came of a document."""

_CHUNK = 64
# Fewer are done before other processes are up.
_WORTH_IT = 500


def made_entries(
    documents: Iterable[Document | Mapping[str, Any]], settings: Settings, workers: int | None
) -> Iterator[Made]:
    """The entries of the documents, or why there is none, in their order.

    With ``workers`` processes; None is one for each processor, once there are enough documents.
    """
    documents = iter(documents)
    if workers is None:
        first = list(islice(documents, _WORTH_IT))
        if len(first) < _WORTH_IT:
            yield from (made(document, settings) for document in first)
            return
        documents = chain(first, documents)
        workers = os.cpu_count() or 1
    if workers < 2 or not sys.executable:
        yield from (made(document, settings) for document in documents)
    else:
        yield from _made_by_others(documents, settings, workers)


def made(document: Document | Mapping[str, Any], settings: Settings) -> Made:
    """The entry of a document, or why there is none."""
    try:
        if not isinstance(document, Document):
            document = Document.from_dict(document)
        return make_entry(document, settings)
    except DocumentError as error:
        return Failure(error.id or "", error.reason)


def _made_by_others(
    documents: Iterator[Document | Mapping[str, Any]], settings: Settings, workers: int
) -> Iterator[Made]:
    with ExitStack() as stack:
        free: deque[_Worker] = deque(stack.enter_context(_Worker(settings)) for _ in range(workers))
        threads = stack.enter_context(ThreadPoolExecutor(workers, thread_name_prefix="searchkit"))
        under_way: deque[Future[list[Made]]] = deque()
        stack.callback(lambda: [future.cancel() for future in under_way])

        def hand_over(chunk: list[Document | Failure]) -> list[Made]:
            worker = free.popleft()  # there are as many threads as workers
            try:
                return worker.made(chunk)
            finally:
                free.append(worker)

        while chunk := list(map(_checked, islice(documents, _CHUNK))):
            under_way.append(threads.submit(hand_over, chunk))
            if len(under_way) > 2 * workers:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


def _checked(document: Document | Mapping[str, Any]) -> Document | Failure:
    """A mapping may hold what no other process takes."""
    try:
        return document if isinstance(document, Document) else Document.from_dict(document)
    except DocumentError as error:
        return Failure(error.id or "", error.reason)


class _Worker:
    """A process that makes entries; a context manager."""

    def __init__(self, settings: Settings) -> None:
        package = str(Path(__file__).parents[1])
        program = f"import sys; sys.path.insert(0, {package!r}); from searchkit.workers import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lock = threading.Lock()
        self._to = cast("BinaryIO", self._process.stdin)
        self._from = cast("BinaryIO", self._process.stdout)
        self._to.write(json.dumps(settings.metadata()).encode() + b"\n")
        self._to.flush()

    def made(self, chunk: list[Document | Failure]) -> list[Made]:
        """What comes of the documents."""
        with self._lock:
            try:
                pickle.dump(chunk, self._to, pickle.HIGHEST_PROTOCOL)
                self._to.flush()
                result: list[Made] = pickle.load(self._from)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                status = self._process.wait()
                raise SearchkitError(
                    f"a process that analyses documents ended with status {status}; nothing was committed"
                ) from error
            return result

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with suppress(OSError):  # it ended before it took everything
            self._to.close()
        self._from.close()
        self._process.kill()
        self._process.wait()


def serve() -> None:
    """What a worker does: chunks of documents in, lists of entries out, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that indexes
    documents, entries = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    settings = Settings.from_metadata(json.loads(documents.readline()), "worker")
    # When the process that indexes is gone, so are its pipes, perhaps in the middle of a chunk.
    with suppress(EOFError, pickle.UnpicklingError, OSError):
        while True:
            chunk: list[Document | Failure] = pickle.load(documents)
            found = [one if isinstance(one, Failure) else made(one, settings) for one in chunk]
            pickle.dump(found, entries, pickle.HIGHEST_PROTOCOL)
            entries.flush()
    os._exit(0)  # at once: what is left to write has nobody to read it
