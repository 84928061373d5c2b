"""Times of features that peers lack: facets, recency, near-duplicates, suggestions, similar articles.

    python -m benchmarks.features FOLDER [--index LOCATION] [--rounds 20] [--pinyin]

Queries are made from the articles, so any folder will do. An existing index at the location is searched
without changes.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import searchkit
from benchmarks.arguments import existing
from benchmarks.generated import SEED
from benchmarks.questions import PER_CLASS, questions
from searchkit import Document

Call = Callable[[], object]

_SAMPLE = 400
_OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "facets": {"facets": ("source", "year", "month")},
    "recency": {"recency": "30d"},
    "collapsed": {"collapse": "near-duplicates"},
}
"""The same queries of one word are searched with each of these."""
_LATIN = ("covid-19", "5G", "GPT-4", "iPhone", "WHO", "C++")
_SOUNDS = "z zh zhong zhongg zhongguo w wa wang wangy wangyi wy bj the".split()
_WRONG = ("coronavirs", "pyhton", "微信微心", "新冠肺言", "中国中国中国", "饕餮熵增")


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.features", description="Time the features that only searchkit has."
    )
    parser.add_argument("folder", type=existing)
    parser.add_argument("--index", type=Path, help="where to build it; a temporary folder by default")
    parser.add_argument("--rounds", type=int, default=20, help="how often each query is asked")
    parser.add_argument("--pinyin", action="store_true", help="with pinyin, which suggestions then take")
    arguments = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as temporary:
        location = arguments.index or Path(temporary) / "index"
        if not (location / "index.json").exists():
            _build(arguments.folder, location, arguments.pinyin)
        with searchkit.open(location) as index:
            print(_size(index))
            for name, calls in _all_calls(index).items():
                print(_times(name, calls, arguments.rounds))


def _build(folder: Path, location: Path, pinyin: bool) -> None:
    """Index the folder and print the report."""
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


def _size(index: searchkit.Index) -> str:
    """Bytes of the index against bytes of text in UTF-8."""
    text = sum(len(document.title.encode()) + len(document.body.encode()) for document in index)
    stats = index.stats()
    return (
        f"{stats.documents} documents, {text / 1e6:.1f} MB of text, index {stats.bytes / 1e6:.1f} MB "
        f"({stats.bytes / text:.2f} times the text), {dict(stats.details)}"
    )


def _all_calls(index: searchkit.Index) -> dict[str, list[Call]]:
    """All timed calls by their names."""
    documents = Random(SEED).sample(list(islice(index, 20_000)), min(len(index), _SAMPLE))
    words = [question.text for question in questions(documents, SEED)["one word"]]
    calls: dict[str, list[Call]] = {
        name: [partial(_search, index, word, options) for word in words] for name, options in _OPTIONS.items()
    }
    calls["latin"] = [partial(_search, index, word, {}) for word in _LATIN]
    return calls | _other_calls(index, documents[:PER_CLASS])


def _other_calls(index: searchkit.Index, documents: Sequence[Document]) -> dict[str, list[Call]]:
    """Suggestions while typing, corrected queries, similar articles."""
    typed = [document.title[:end] for document in documents for end in range(1, 7)]
    return {
        "suggest": [partial(index.suggest, text) for text in typed],
        "pinyin": [partial(index.suggest, text) for text in _SOUNDS],
        "did you mean": [partial(_suggestion, index, query) for query in _WRONG],
        "similar": [partial(index.similar, document.id) for document in documents],
    }


def _search(index: searchkit.Index, query: str, options: dict[str, Any]) -> None:
    """A search with its ten hits, including the lazy highlights."""
    for hit in index.search(query, lenient=True, **options):
        hit.title.spans, hit.snippet.spans  # noqa: B018


def _suggestion(index: searchkit.Index, query: str) -> str | None:
    return index.search(query, limit=0).suggestion


def _times(name: str, calls: list[Call], rounds: int) -> str:
    """Median and 95th percentile, and those of the first round, with empty caches."""
    times: list[list[float]] = []
    for _ in range(rounds):
        times.append([])
        for call in calls:
            started = time.perf_counter()
            call()
            times[-1].append(time.perf_counter() - started)
    return f"{name:14} {_spread([taken for one in times for taken in one])}   first round {_spread(times[0])}"


def _spread(times: list[float]) -> str:
    """Median and 95th percentile of seconds, in milliseconds."""
    p95 = statistics.quantiles(times, n=20)[18]
    return f"p50 {statistics.median(times) * 1000:6.2f} ms   p95 {p95 * 1000:6.2f} ms"


if __name__ == "__main__":
    main()
