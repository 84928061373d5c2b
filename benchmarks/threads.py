"""Searches per second of several threads on one index, and the cost of the first search after a commit.

    python -m benchmarks.threads LOCATION [--rounds 5] [--commits 20]

Queries are made from the documents of the index. The index does not change: another process commits into a
backup of it. Compare ratios of one run only; they depend on how many processors were free.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

import searchkit
from benchmarks.background_writer import committing
from benchmarks.generated import SEED
from benchmarks.questions import questions

_SAMPLE = 400
_CLASSES = ("one word", "two words", "headline")
_THREADS = (1, 2, 4)
_REPEATS = 4  # how often each query is asked in one round, so that a round lasts


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.threads",
        description="Time searches of several threads, and searches after commits of another process.",
    )
    parser.add_argument("location", help="an index in a folder, with some hundred articles or more")
    parser.add_argument("--rounds", type=int, default=5, help="how often each number of threads is timed (5)")
    parser.add_argument("--commits", type=int, default=20, help="how many commits of another process (20)")
    arguments = parser.parse_args()
    # On the same disk, where a backup consists of hard links.
    with (
        searchkit.open(arguments.location) as original,
        tempfile.TemporaryDirectory(prefix=".threads-", dir=Path(arguments.location).parent) as folder,
    ):
        copy = Path(folder) / "index"
        original.backup(copy)
        with searchkit.open(copy) as index:
            queries = _queries(index)
            load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
            print(f"{len(index)} documents, {len(queries)} queries, {os.cpu_count()} processors, {load}")
            for name, search in (("totals only", _count), ("ten hits with snippets", _search)):
                _print_throughput(
                    name, [partial(search, index, query) for query in queries], arguments.rounds
                )
            _print_refresh(index, copy, queries, arguments.commits)


def _queries(index: searchkit.Index) -> list[str]:
    documents = Random(SEED).sample(list(islice(index, 20_000)), min(len(index), _SAMPLE))
    asked = questions(documents, SEED)
    return [question.text for kind in _CLASSES for question in asked.get(kind, ())]


def _count(index: searchkit.Index, query: str) -> None:
    index.count(query, lenient=True)


def _search(index: searchkit.Index, query: str) -> None:
    """A search with its ten hits, including the lazy highlights."""
    for hit in index.search(query, lenient=True):
        hit.title.spans, hit.snippet.spans  # noqa: B018


def _print_throughput(name: str, calls: Sequence[Callable[[], None]], rounds: int) -> None:
    """Every round takes all numbers of threads in turn, so other load affects them equally."""
    _per_second(calls, 1)  # what is remembered is remembered for all
    rates: dict[int, list[float]] = {threads: [] for threads in _THREADS}
    for number in range(rounds):
        for threads in _THREADS if number % 2 == 0 else reversed(_THREADS):
            rates[threads].append(_per_second(list(calls) * _REPEATS, threads))
    for threads, values in rates.items():
        ratios = [value / alone for value, alone in zip(values, rates[1])]
        print(
            f"{name}: {threads} threads {statistics.median(values):7.0f} searches a second, "
            f"{statistics.median(ratios):.2f} times that of one ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def _per_second(calls: Sequence[Callable[[], None]], threads: int) -> float:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(time.sleep, [0.01] * threads))  # the threads are there before the time runs
        started = time.perf_counter()
        list(pool.map(lambda call: call(), calls))
        return len(calls) / (time.perf_counter() - started)


def _print_refresh(index: searchkit.Index, location: Path, queries: Sequence[str], commits: int) -> None:
    """The first search after each commit of another process, compared with its repetition."""
    first: list[float] = []
    again: list[float] = []
    with committing(location) as commit:
        commit("0")  # what the writer does only once is not behind one of the commits that count
        for number in range(1, commits + 1):
            query = queries[number % len(queries)]
            index.search(query, lenient=True)
            commit(str(number))
            for times in (first, again):
                started = time.perf_counter()
                index.search(query, lenient=True)
                times.append(time.perf_counter() - started)
    differences = [one - other for one, other in zip(first, again)]
    print(
        f"{commits} commits of another process: the first search behind one {_milliseconds(first)}, "
        f"the same again {_milliseconds(again)}, the difference {_milliseconds(differences)}"
    )


def _milliseconds(times: Sequence[float]) -> str:
    highest = statistics.quantiles(times, n=20)[18]
    return f"{statistics.median(times) * 1000:.2f} ms (95 %: {highest * 1000:.2f} ms)"


if __name__ == "__main__":
    main()
