"""The process pool: calls -> their results, in order, by several processes.

In Python, the analysis holds the interpreter lock, so threads would not help. The processes are started as
programs that import this module, not by `multiprocessing`: so a program that indexes needs no
``if __name__ == "__main__"``, and nothing is forked while an engine has threads. They get a few calls each in
turn, and their results are read in that order as they are needed: whoever is ahead waits with its next result
until there is room in its pipe. So no process holds more results than one, however long the documents are.
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
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from itertools import chain, cycle, islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, TypeVar, cast

from searchkit.analysis.kernel import KERNEL
from searchkit.errors import SearchkitError
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.settings import Settings

AT_ONCE = 500
"""How many documents or ids go into one request to an index, which may be far away."""
# Less work takes less time than to start other processes.
_WORTH_IT = 500
_CHUNK = 8  # calls that a process gets at once
_AHEAD = 3  # chunks under way for each process
_MOST_BYTES = 4_000_000  # of calls under way, as long as each process has a chunk
_PIPE = 1 << 18  # bytes, for the results of a chunk of typical articles
_NICE = 5

Result = TypeVar("Result")
_Item = TypeVar("_Item")


def batches(items: Iterable[_Item], size: int = AT_ONCE) -> Iterator[list[_Item]]:
    """The items in lists of ``size``; the last one may be shorter. Takes from ``items`` as it goes."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def results(
    work: Iterable[partial[Result] | Result], settings: Settings, workers: int | None
) -> Generator[Result, None, None]:
    """The results of the work, in order.

    A call is a `partial` that gets a `DocumentBuilder` as its last argument; it and its result can be
    pickled. What is no `partial` is a result already, and stays in this process.

    ``workers`` is the number of processes, 1 is this one alone; with None as many as keep the engine busy, if
    there is enough work.
    """
    work = iter(work)
    processes = workers if workers and workers > 1 else 0  # other than this one
    if workers is None:
        first = list(islice(work, _WORTH_IT))
        processes = _usual_processes() if len(first) == _WORTH_IT else 0
        work = chain(first, work)
    if not processes or not sys.executable or not _can_start_threads():
        builder = DocumentBuilder(settings)
        for one in work:
            yield one(builder) if isinstance(one, partial) else one
    else:
        yield from _results_of_others(work, settings, processes)


def _can_start_threads() -> bool:
    """Not while Python ends: a program that indexes then, in an `atexit` handler, does so by itself."""
    try:
        threading.Thread(target=int).start()
    except RuntimeError:
        return False
    return True


def _usual_processes() -> int:
    """How many other processes make as many documents as the engine can take.

    A document takes the threads of the engine twice as long as the compiled kernel and its reader. One other
    process is better than none: this one would hand over documents faster than the engine takes them, and all
    that wait are in memory.
    """
    processors = os.cpu_count() or 1
    return max(processors // 2, 1) if KERNEL == "compiled" else processors


def _results_of_others(
    work: Iterator[partial[Result] | Result], settings: Settings, processes: int
) -> Iterator[Result]:
    with ExitStack() as stack:
        in_turn = cycle([stack.enter_context(_Worker(settings)) for _ in range(processes)])
        under_way: deque[tuple[int, Iterator[Result]]] = deque()  # with the bytes of the calls
        size = 0
        for chunk in batches(work, _CHUNK):
            worker = next(in_turn)
            sent = worker.send([one for one in chunk if isinstance(one, partial)])
            size += sent
            received = worker.receive([_TO_COME if isinstance(one, partial) else one for one in chunk])
            under_way.append((sent, received))
            while len(under_way) > _AHEAD * processes or (size > _MOST_BYTES and len(under_way) > processes):
                sent, received = under_way.popleft()
                yield from received
                size -= sent
        for _, received in under_way:
            yield from received


_TO_COME: Any = object()
"""Stands for the result of a call."""


class _Worker:
    """A worker process; leaving the ``with`` block ends it."""

    def __init__(self, settings: Settings) -> None:
        path = str(Path(__file__).parents[2])
        program = f"import sys; sys.path.insert(0, {path!r}); from {__name__} import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._parent = os.getpid()
        self._to = cast("BinaryIO", self._process.stdin)
        self._from = cast("BinaryIO", self._process.stdout)
        _widen(self._from)
        # A process that waits for its results to be read takes no calls: whoever reads must not wait to send.
        self._unsent: SimpleQueue[bytes] = SimpleQueue()
        self._unsent.put(json.dumps(settings.metadata()).encode() + b"\n")
        self._sender = threading.Thread(target=self._send, name="searchkit", daemon=True)
        self._sender.start()

    def send(self, calls: list[partial[Result]]) -> int:
        """Let it make these calls; returns how many bytes they are."""
        data = pickle.dumps(calls, pickle.HIGHEST_PROTOCOL) if calls else b""
        if data:
            self._unsent.put(data)
        return len(data)

    def _send(self) -> None:
        with suppress(OSError):  # it has ended, which whoever reads finds out
            while data := self._unsent.get():
                self._to.write(data)
                self._to.flush()

    def receive(self, chunk: list[Result]) -> Iterator[Result]:
        """The chunk with the next results in the places of those that are to come."""
        for one in chunk:
            yield self._next_result() if one is _TO_COME else one

    def _next_result(self) -> Any:
        try:
            return pickle.load(self._from)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            status = self._process.wait()
            raise SearchkitError(
                f"a process that analyses documents ended with status {status}; nothing was committed"
            ) from error

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if os.getpid() != self._parent:
            return  # it works for the process from which this one was forked
        self._process.kill()
        self._process.wait()
        self._unsent.put(b"")
        self._sender.join()
        with suppress(OSError):  # it ended before it took everything
            self._to.close()
        self._from.close()


def _widen(pipe: BinaryIO) -> None:
    """Make room for some documents in the pipe, where the system has a way to do it."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def serve() -> None:
    """The main loop of a worker: reads lists of calls and writes their results, until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that indexes
    # What the engine has not indexed yet waits in memory: it comes first where there are too few processors.
    with suppress(AttributeError, OSError):  # there is no such thing everywhere
        os.nice(_NICE)
    calls, results = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    builder = DocumentBuilder(Settings.from_metadata(json.loads(calls.readline()), "worker"))
    # When the process that indexes is gone, its pipes are closed, perhaps in the middle of a list.
    with suppress(EOFError, pickle.UnpicklingError, OSError):
        while True:
            for call in pickle.load(calls):
                pickle.dump(call(builder), results, pickle.HIGHEST_PROTOCOL)
            results.flush()
    os._exit(0)  # at once: nobody reads what is still to be written
