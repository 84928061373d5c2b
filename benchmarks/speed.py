"""Index a folder of articles and time queries, from typed text to ten highlighted snippets.

    python -m benchmarks.speed FOLDER [--index LOCATION] [--rounds 20] [--pinyin]

Query classes are made from the articles themselves, so any folder will do. An index that is already
at the location is searched as it is.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import searchkit

SEED = 20260101
PER_CLASS = 25
OPTIONS: dict[str, dict[str, Any]] = {
    "newest": {"sort": "newest"},
    "facets": {"facets": ("source", "year", "month")},
    "recency": {"recency": "30d"},
    "collapsed": {"collapse": "near-duplicates"},
}
"""Classes of queries of one word that are searched with these options."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--index", type=Path, help="where to build it; a temporary folder by default")
    parser.add_argument("--rounds", type=int, default=20, help="how often each query is asked")
    parser.add_argument("--pinyin", action="store_true", help="with pinyin, which suggestions then take")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        location = arguments.index or Path(temporary) / "index"
        if not (location / "index.json").exists():
            build(arguments.folder, location, arguments.pinyin)
        with searchkit.open(location) as index:
            print(size(index))
            for name, queries in query_classes(index).items():
                print(search_times(name, index, queries, arguments.rounds))
            for name, calls in other_calls(index).items():
                print(call_times(name, calls, arguments.rounds))


def build(folder: Path, location: Path, pinyin: bool) -> None:
    """Index the folder and print what became of every file."""
    started = time.perf_counter()
    with searchkit.create(location, pinyin=pinyin) as index:
        report = index.add(searchkit.read_articles(folder))
    took = time.perf_counter() - started
    given = report.added + report.updated + report.replaced + len(report.failures)
    print(
        f"{given} files: {report.added} added, {report.replaced} replaced by a later one, "
        f"{len(report.failures)} failed; {took:.1f} s, {given / took:.0f} a second"
    )
    for reason, count in Counter(failure.reason for failure in report.failures).most_common(5):
        print(f"    {count} × {reason}")


def size(index: searchkit.Index) -> str:
    """Bytes of the index against bytes of text in UTF-8."""
    text = sum(len(document.title.encode()) + len(document.body.encode()) for document in index)
    stats = index.stats()
    return (
        f"{stats.documents} documents, {text / 1e6:.1f} MB of text, index {stats.bytes / 1e6:.1f} MB "
        f"({stats.bytes / text:.2f} times the text), {dict(stats.details)}"
    )


def query_classes(index: searchkit.Index) -> dict[str, list[str]]:
    """Queries of several kinds, cut from the documents of the index."""
    choose = random.Random(SEED)
    documents = choose.sample(list(islice(index, 20_000)), min(len(index), 400))
    runs = [run for document in documents for run in re.findall(r"[一-鿿]{2,}", document.title)]
    bodies = [line for document in documents for line in document.body.split("\n") if len(line) > 60]

    def some(make: Callable[[], Iterator[str]]) -> list[str]:
        return list(islice(make(), PER_CLASS))

    def cut(length: int) -> Iterator[str]:
        while True:
            line = choose.choice(bodies)
            start = choose.randrange(len(line) - length)
            if re.fullmatch(rf"[一-鿿]{{{length}}}", passage := line[start : start + length]):
                yield passage

    def words(length: int) -> Iterator[str]:
        while True:
            yield choose.choice([run for run in runs if len(run) >= length])[:length]

    return {
        "one word": some(lambda: words(2)),
        "two words": [
            f"{a} {b}" for a, b in zip(some(lambda: words(2)), some(lambda: words(2)), strict=True)
        ],
        "passage": [f'"{passage}"' for passage in some(lambda: cut(6))],
        "one character": some(lambda: cut(1)),
        "headline": [document.title for document in documents if document.title][:PER_CLASS],
        "latin": ["covid-19", "5G", "GPT-4", "iPhone", "WHO", "C++"],
        **{name: some(lambda: words(2)) for name in OPTIONS},
        "no match": ["饕餮熵增", "zzzzqqqq"],
    }


def other_calls(index: searchkit.Index) -> dict[str, list[Callable[[], object]]]:
    """What else somebody may wait for: suggestions as letters are typed, a mended query, similar articles."""
    choose = random.Random(SEED)
    documents = choose.sample(list(islice(index, 20_000)), min(len(index), PER_CLASS))
    typed = [document.title[:end] for document in documents for end in range(1, 7)]
    sounds = [
        "z",
        "zh",
        "zhong",
        "zhongg",
        "zhongguo",
        "w",
        "wa",
        "wang",
        "wangy",
        "wangyi",
        "wy",
        "bj",
        "the",
    ]
    wrong = ["coronavirs", "pyhton", "微信微心", "新冠肺言", "中国中国中国", "饕餮熵增"]
    return {
        "suggest": [partial(index.suggest, text) for text in typed],
        "pinyin": [partial(index.suggest, text) for text in sounds],
        "did you mean": [lambda query=query: index.search(query, limit=0).suggestion for query in wrong],  # type: ignore[misc]
        "similar": [partial(index.similar, document.id) for document in documents],
    }


def search_times(name: str, index: searchkit.Index, queries: list[str], rounds: int) -> str:
    """Median and 95th percentile over all queries and rounds, and of the search without highlights."""
    whole, searched, totals = [], [], []
    for _ in range(rounds):
        for query in queries:
            started = time.perf_counter()
            results = index.search(query, lenient=True, **OPTIONS.get(name, {}))
            searched.append(time.perf_counter() - started)
            for hit in results:
                hit.title.spans, hit.snippet.spans  # noqa: B018 - made when asked for
            whole.append(time.perf_counter() - started)
            totals.append(results.total)
    return (
        f"{name:14} {spread(whole)}   search alone {statistics.median(searched) * 1000:6.2f} ms   "
        f"median of matches {statistics.median(totals):6.0f}"
    )


def call_times(name: str, calls: list[Callable[[], object]], rounds: int) -> str:
    """The same for other calls, and the slowest first one, when nothing is remembered yet."""
    times: list[list[float]] = []
    for _ in range(rounds):
        times.append([])
        for call in calls:
            started = time.perf_counter()
            call()
            times[-1].append(time.perf_counter() - started)
    return f"{name:14} {spread([taken for one in times for taken in one])}   first round {spread(times[0])}"


def spread(times: list[float]) -> str:
    """Median and 95th percentile of seconds, in milliseconds."""
    p95 = statistics.quantiles(times, n=20)[18]
    return f"p50 {statistics.median(times) * 1000:6.2f} ms   p95 {p95 * 1000:6.2f} ms"


if __name__ == "__main__":
    main()
