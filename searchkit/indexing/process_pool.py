"""The process pool: calls -> their results, in order, by several processes.

The segmenter holds the interpreter lock, so threads would not help. The processes are started as programs
that import this module, not by `multiprocessing`: so a program that indexes needs no
``if __name__ == "__main__"``, and nothing is forked while an engine has threads. Each process has a thread
here that sends it a chunk of calls and receives the results. Only as many chunks are under way as keep all
processes busy.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from searchkit.errors import SearchkitError
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.settings import Settings

AT_ONCE = 500
"""How many documents or ids go into one request to an index, which may be far away."""
_CHUNK = 64
# Less work takes less time than to start other processes.
_WORTH_IT = 500

Result = TypeVar("Result")
_Item = TypeVar("_Item")


def batches(items: Iterable[_Item], size: int = AT_ONCE) -> Iterator[list[_Item]]:
    """The items in lists of ``size``; the last one may be shorter. Takes from ``items`` as it goes."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def results(
    work: Iterable[partial[Result] | Result], settings: Settings, workers: int | None
) -> Iterator[Result]:
    """The results of the work, in order.

    A call is a `partial` that gets a `DocumentBuilder` as its last argument; it and its result can be
    pickled. What is no `partial` is a result already, and stays in this process.

    ``workers`` is the number of processes; None is one for each processor if there is enough work.
    """
    work = iter(work)
    builder = DocumentBuilder(settings)
    if workers is None:
        first = list(islice(work, _WORTH_IT))
        workers = 1 if len(first) < _WORTH_IT else os.cpu_count() or 1
        work = chain(first, work)
    if workers < 2 or not sys.executable:
        for one in work:
            yield one(builder) if isinstance(one, partial) else one
    else:
        yield from _results_of_others(work, settings, workers)


def _results_of_others(
    work: Iterator[partial[Result] | Result], settings: Settings, workers: int
) -> Iterator[Result]:
    with ExitStack() as stack:
        free: deque[_Worker] = deque(stack.enter_context(_Worker(settings)) for _ in range(workers))
        threads = stack.enter_context(ThreadPoolExecutor(workers, thread_name_prefix="searchkit"))
        under_way: deque[Future[list[Result]]] = deque()
        stack.callback(lambda: [future.cancel() for future in under_way])

        def do(chunk: list[partial[Result] | Result]) -> list[Result]:
            worker = free.popleft()  # there are as many threads as workers
            try:
                done = iter(worker.results([one for one in chunk if isinstance(one, partial)]))
            finally:
                free.append(worker)
            return [next(done) if isinstance(one, partial) else one for one in chunk]

        for chunk in batches(work, _CHUNK):
            under_way.append(threads.submit(do, chunk))
            if len(under_way) > 2 * workers:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


class _Worker:
    """A worker process; leaving the ``with`` block ends it."""

    def __init__(self, settings: Settings) -> None:
        path = str(Path(__file__).parents[2])
        program = f"import sys; sys.path.insert(0, {path!r}); from {__name__} import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._to = cast("BinaryIO", self._process.stdin)
        self._from = cast("BinaryIO", self._process.stdout)
        self._to.write(json.dumps(settings.metadata()).encode() + b"\n")
        self._to.flush()

    def results(self, calls: list[partial[Result]]) -> list[Result]:
        try:
            pickle.dump(calls, self._to, pickle.HIGHEST_PROTOCOL)
            self._to.flush()
            return cast("list[Result]", pickle.load(self._from))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            status = self._process.wait()
            raise SearchkitError(
                f"a process that analyses documents ended with status {status}; nothing was committed"
            ) from error

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with suppress(OSError):  # it ended before it took everything
            self._to.close()
        self._from.close()
        self._process.kill()
        self._process.wait()


def serve() -> None:
    """The main loop of a worker: reads lists of calls and writes lists of results, until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that indexes
    calls, results = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    builder = DocumentBuilder(Settings.from_metadata(json.loads(calls.readline()), "worker"))
    # When the process that indexes is gone, its pipes are closed, perhaps in the middle of a list.
    with suppress(EOFError, pickle.UnpicklingError, OSError):
        while True:
            chunk: list[partial[Any]] = pickle.load(calls)
            pickle.dump([call(builder) for call in chunk], results, pickle.HIGHEST_PROTOCOL)
            results.flush()
    os._exit(0)  # at once: nobody reads what is still to be written
