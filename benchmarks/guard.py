"""The guard: fails when indexing, searching or ranking got worse than the recorded figures.

    python -m benchmarks.guard            compare with benchmarks/guard.json; exit code 1 if anything is worse
    python -m benchmarks.guard --update   record new figures, in the commit that is the reason for them

Wall-clock times are useless on a shared machine. So Python calls are counted, which is exact for one version
of Python. Work inside the engine and the segmenter is measured as processor time relative to a reference loop
that runs in turns with it, and only a large loss counts. Ranks and sizes are compared directly. All figures
are of the same generated articles. Each kernel has its own: ``SEARCHKIT_KERNEL`` chooses.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import searchkit
from benchmarks.generated import SEED, generated
from benchmarks.peers.base import Question
from benchmarks.peers.searchkit_embedded import options, typed
from benchmarks.questions import questions
from searchkit import Document, Index
from searchkit.analysis import Analyzer
from searchkit.analysis.kernel import KERNEL
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.settings import Settings

__all__ = ["Figures", "complaints", "main", "measured"]

Figures = dict[str, float]

BASELINE = Path(__file__).with_name("guard.json")
DOCUMENTS = 400
_ANALYSED = 60
_ROUNDS = 15
_FIRST = 10
_BEGINNING = 4

_ALLOWED = {"calls": 1.02, "time": 1.3, "bytes": 1.05}
"""How many times the written figure is still the same; times spread by a tenth on a busy machine."""
_RANKS_MAY_FALL = 0.003


def measured() -> Figures:
    """All figures of this working tree. Higher is better for ranks, lower for all others."""
    documents = list(generated(DOCUMENTS))
    # The written figures are of searches as they come, without those for any word.
    asked = [
        question
        for some in questions(documents, SEED, per_class=8).values()
        for question in some
        if question.match == "all"
    ]
    builder = DocumentBuilder(Settings(Analyzer()))

    def analyse() -> None:
        for document in documents[:_ANALYSED]:
            builder.build(document)

    with tempfile.TemporaryDirectory() as folder, _built(Path(folder) / "index", documents) as index:

        def search() -> None:
            for question in asked:
                _answer(index, question)

        return {
            **_work("analysis", analyse),
            **_work("search", search),
            "index: bytes for a byte of text": index.stats().bytes / _bytes_of(documents),
            "beginnings of headlines: mean reciprocal rank": _mean_reciprocal_rank(documents),
        }


def complaints(now: Mapping[str, float], before: Mapping[str, float]) -> Iterator[str]:
    """One line for each figure that got worse by more than its noise."""
    for name, was in before.items():
        if name not in now:
            yield f"{name}: is not measured any more; was {was:.4g}"
        elif "rank" in name:
            if now[name] < was - _RANKS_MAY_FALL:
                yield f"{name}: {now[name]:.4f}, was {was:.4f}"
        elif now[name] > was * (allowed := _allowed(name)):
            yield f"{name}: {now[name]:.4g}, was {was:.4g}; {allowed:g} times that is still the same"


def _allowed(name: str) -> float:
    return next(times for kind, times in _ALLOWED.items() if kind in name)


def _built(location: Path, documents: Sequence[Document]) -> Index:
    index = searchkit.create(location)
    index.add(documents, workers=1)
    index.optimize()  # how many segments there are, and with them the work of a search, is up to chance
    return index


def _answer(index: Index, question: Question) -> None:
    asked = {**options(question), "match": "most"}  # as searches come
    for hit in index.search(typed(question), lenient=True, **asked):
        hit.title.html(), hit.snippet.html()


def _mean_reciprocal_rank(documents: Sequence[Document]) -> float:
    """The beginning of each headline as a query for its body, in an index without headlines.

    Whole headlines nearly always find their body first, which leaves no room to improve.
    """
    index = searchkit.create(":memory:")
    index.add([replace(document, title="") for document in documents], workers=1)
    ranks = []
    for document in documents:
        beginning = document.title[:_BEGINNING]
        found = [hit.id for hit in index.search(beginning, limit=_FIRST, match="any", lenient=True)]
        ranks.append(1 / (found.index(document.id) + 1) if document.id in found else 0.0)
    return statistics.mean(ranks)


def _bytes_of(documents: Sequence[Document]) -> int:
    return sum(len(f"{document.title}{document.body}".encode()) for document in documents)


def _work(name: str, work: Callable[[], None]) -> Figures:
    """The number of Python calls, and the time relative to the reference, after a warm-up."""
    work()
    profile = cProfile.Profile()
    profile.runcall(work)
    calls = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    ratios = []
    for _ in range(_ROUNDS):
        reference = _seconds(_reference)
        ratios.append(_seconds(work) / reference)
    return {f"{name}: calls": calls, f"{name}: time over the reference": statistics.median(ratios)}


def _seconds(work: Callable[[], None]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def _reference() -> None:
    """A fixed loop of typical work: numbers, dictionaries and text."""
    text = "检索中文的文章，" * 500
    counts: dict[str, int] = {}
    for number in range(40_000):
        key = text[number % 4000 : number % 4000 + 2]
        counts[key] = counts.get(key, 0) + number % 7
    for key in sorted(counts):
        text = text.replace(key, key[::-1])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.guard", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--update", action="store_true", help="write the figures down")
    given = parser.parse_args(arguments)
    now = measured()
    for name, value in now.items():
        print(f"{name:36} {value:12,.4f}")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    calls = {name: value for name, value in now.items() if "calls" in name}
    others = {name: round(value, 4) for name, value in now.items() if "calls" not in name}
    of_kernels = json.loads(BASELINE.read_text(encoding="utf-8"))
    written = of_kernels.get(KERNEL, {"calls": {}, "others": {}})
    if given.update:
        of_kernels[KERNEL] = {"calls": {**written["calls"], version: calls}, "others": others}
        BASELINE.write_text(json.dumps(of_kernels, indent=1) + "\n", encoding="utf-8")
        return 0
    if version not in written["calls"]:
        print(f"guard.json has no counts for the {KERNEL} kernel on Python {version}: calls are not compared")
    worse = list(complaints(now, {**written["calls"].get(version, {}), **written["others"]}))
    for line in worse:
        print(f"WORSE {line}", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
