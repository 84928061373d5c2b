"""workers: tasks -> what comes of them, in their order, by several processes.

The segmenter holds the interpreter lock, so threads would not help. The processes are started with nothing
but this module, not by `multiprocessing`: a program that indexes needs no ``if __name__ == "__main__"``, and
nothing is forked while an engine has threads. Each has a thread here that hands it a chunk of tasks and
takes back what came of them; only as many chunks are under way as keep all of them busy.
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
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar, cast

from searchkit.errors import SearchkitError
from searchkit.settings import Settings

__all__ = ["Task", "results", "serve"]

_CHUNK = 64
# Fewer are done before other processes are up.
_WORTH_IT = 500

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Task(Protocol[Result_co]):
    """Something to be done, perhaps by another process: it can be pickled, and so can its result."""

    def run(self, settings: Settings) -> Result_co:
        """What comes of it."""


def results(tasks: Iterable[Task[Result]], settings: Settings, workers: int | None) -> Iterator[Result]:
    """What comes of the tasks, in their order.

    With ``workers`` processes; None is one for each processor, once there are enough tasks.
    """
    tasks = iter(tasks)
    if workers is None:
        first = list(islice(tasks, _WORTH_IT))
        if len(first) < _WORTH_IT:
            yield from (task.run(settings) for task in first)
            return
        tasks = chain(first, tasks)
        workers = os.cpu_count() or 1
    if workers < 2 or not sys.executable:
        yield from (task.run(settings) for task in tasks)
    else:
        yield from _results_of_others(tasks, settings, workers)


def _results_of_others(tasks: Iterator[Task[Result]], settings: Settings, workers: int) -> Iterator[Result]:
    with ExitStack() as stack:
        free: deque[_Worker] = deque(stack.enter_context(_Worker(settings)) for _ in range(workers))
        threads = stack.enter_context(ThreadPoolExecutor(workers, thread_name_prefix="searchkit"))
        under_way: deque[Future[list[Result]]] = deque()
        stack.callback(lambda: [future.cancel() for future in under_way])

        def hand_over(chunk: list[Task[Result]]) -> list[Result]:
            worker = free.popleft()  # there are as many threads as workers
            try:
                return worker.results(chunk)
            finally:
                free.append(worker)

        while chunk := list(islice(tasks, _CHUNK)):
            under_way.append(threads.submit(hand_over, chunk))
            if len(under_way) > 2 * workers:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


class _Worker:
    """A process that does tasks; a context manager."""

    def __init__(self, settings: Settings) -> None:
        path = str(Path(__file__).parents[2])
        program = f"import sys; sys.path.insert(0, {path!r}); from {__name__} import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lock = threading.Lock()
        self._to = cast("BinaryIO", self._process.stdin)
        self._from = cast("BinaryIO", self._process.stdout)
        self._to.write(json.dumps(settings.metadata()).encode() + b"\n")
        self._to.flush()

    def results(self, chunk: list[Task[Result]]) -> list[Result]:
        """What comes of the tasks."""
        with self._lock:
            try:
                pickle.dump(chunk, self._to, pickle.HIGHEST_PROTOCOL)
                self._to.flush()
                results: list[Result] = pickle.load(self._from)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                status = self._process.wait()
                raise SearchkitError(
                    f"a process that analyses documents ended with status {status}; nothing was committed"
                ) from error
            return results

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with suppress(OSError):  # it ended before it took everything
            self._to.close()
        self._from.close()
        self._process.kill()
        self._process.wait()


def serve() -> None:
    """What a worker does: chunks of tasks in, lists of results out, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that indexes
    tasks, results = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    settings = Settings.from_metadata(json.loads(tasks.readline()), "worker")
    # When the process that indexes is gone, so are its pipes, perhaps in the middle of a chunk.
    with suppress(EOFError, pickle.UnpicklingError, OSError):
        while True:
            chunk: list[Task[Any]] = pickle.load(tasks)
            pickle.dump([task.run(settings) for task in chunk], results, pickle.HIGHEST_PROTOCOL)
            results.flush()
    os._exit(0)  # at once: what is left to write has nobody to read it
