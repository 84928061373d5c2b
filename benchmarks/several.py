"""What a test set loses when its documents are in two indexes that are searched together.

    python -m benchmarks.several FOLDER... [--sample 500]    # BEIR: corpus.jsonl, queries.jsonl, qrels/

The documents are parted in three ways: at random in halves, at random one in ten, and the shorter half from
the longer one, which is as unlike as two indexes of one subject get. nDCG@10 of one index with all of them,
of `searchkit.search`, and of the hits of both indexes put together by the scores that each has alone; and the
time of a search in all queries, in milliseconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random

import searchkit
from benchmarks.judged_sets import JudgedSet, SetError, read_beir, thinned
from benchmarks.tuning import ndcg
from searchkit import Document, Hit, Index

__all__ = ["main", "measured", "partings"]

SEED = 1
_FIRST = 10

Rank = Callable[[str], Sequence[Hit]]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, help="test sets in the BEIR layout")
    parser.add_argument("--sample", type=int, default=0, help="how many queries of each set; 0 is all")
    given = parser.parse_args(arguments)
    print(f"{'set':16}{'parted':18}{'one index':>14}{'together':>14}{'own scores':>14}")
    for folder in given.folders:
        try:
            judged_set = thinned(read_beir(folder), given.sample)
        except SetError as error:
            parser.error(str(error))
        for name, parts in partings(judged_set.documents).items():
            figures = "".join(f"{value:>7.4f}{took:7.2f}" for value, took in measured(judged_set, parts))
            print(f"{judged_set.name:16}{name:18}{figures}", flush=True)


def partings(documents: Sequence[Document]) -> dict[str, tuple[list[Document], list[Document]]]:
    """The documents in two parts, in three ways."""
    mixed = list(documents)
    Random(SEED).shuffle(mixed)
    by_length = sorted(documents, key=lambda document: len(document.body))
    half, tenth = len(mixed) // 2, len(mixed) // 10
    return {
        "halves": (mixed[:half], mixed[half:]),
        "one in ten": (mixed[:tenth], mixed[tenth:]),
        "short, long": (by_length[:half], by_length[half:]),
    }


def measured(judged_set: JudgedSet, parts: Sequence[Sequence[Document]]) -> list[tuple[float, float]]:
    """nDCG@10 and the time of a query: of one index, of both together, and of both by their own scores."""
    with ExitStack() as stack:
        one, *several = [stack.enter_context(searchkit.create(":memory:")) for _ in range(1 + len(parts))]
        one.add(judged_set.documents)
        for index, part in zip(several, parts):
            index.add(part)
        ranks: list[Rank] = [
            lambda text: one.search(text, limit=_FIRST, lenient=True),
            lambda text: searchkit.search(several, text, limit=_FIRST, lenient=True),
            lambda text: _by_own_scores(several, text),
        ]
        return [_of(rank, judged_set) for rank in ranks]


def _of(rank: Rank, judged_set: JudgedSet) -> tuple[float, float]:
    total, started = 0.0, time.perf_counter()
    for id, text in judged_set.queries.items():
        total += ndcg([hit.id for hit in rank(text)], judged_set.judged[id])
    count = len(judged_set.queries)
    return total / count, (time.perf_counter() - started) / count * 1000


def _by_own_scores(indexes: Sequence[Index], text: str) -> Sequence[Hit]:
    found = [hit for index in indexes for hit in index.search(text, limit=_FIRST, lenient=True)]
    return sorted(found, key=lambda hit: -hit.score)[:_FIRST]


if __name__ == "__main__":
    main()
