"""nDCG@10 of searchkit with other constants, on test sets in the BEIR layout.

    python -m benchmarks.tuning FOLDER...                  # each with corpus.jsonl, queries.jsonl, qrels/
    python -m benchmarks.tuning --sample 500 FOLDER        # every n-th query, so that 500 remain
    python -m benchmarks.tuning --set QUESTION_NEEDS=2 FOLDER
    python -m benchmarks.tuning --keywords 3 FOLDER        # the first three content words of each query

Queries are parsed leniently, as in a search box. Needs searchkit only; benchmarks.relevance compares it with
others.
"""

from __future__ import annotations

import argparse
import ast
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace

import searchkit
from benchmarks.arguments import existing
from benchmarks.judged_sets import JudgedSet, SetError, read_beir, thinned
from searchkit.analysis import Analyzer
from searchkit.analysis.function_words import QUESTION_WORDS
from searchkit.query import matching, planner, scoring
from searchkit.query.analyzed_text import analyze_text

CUT = 10


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=existing)
    parser.add_argument("--sample", type=int, default=0, help="how many queries of each set; 0 is all")
    parser.add_argument(
        "--keywords", type=int, default=0, metavar="N", help="ask for the first N content words of each query"
    )
    parser.add_argument("--match", default="most", choices=["most", "all", "any"])
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a constant of matching or scoring, for this run",
    )
    given = parser.parse_args(arguments)
    for setting in given.set:
        name, _, value = setting.partition("=")
        module = next((module for module in (matching, planner, scoring) if hasattr(module, name)), None)
        if module is None:
            parser.error(f"no module of the planning has a constant {name}")
        setattr(module, name, ast.literal_eval(value))
    for folder in given.folders:
        try:
            judged_set = thinned(read_beir(folder), given.sample)
        except SetError as error:
            parser.error(str(error))
        if given.keywords:
            queries = {id: keywords(text, given.keywords) for id, text in judged_set.queries.items()}
            judged_set = replace(judged_set, queries=queries)
        print(report(judged_set, given.match))


def keywords(text: str, most: int) -> str:
    """The content words of a question as one part of a query, as somebody types them who asks no question."""
    words = analyze_text(text, Analyzer()).content_words
    return "".join([word.text for word in words if word.text not in QUESTION_WORDS][:most]) or text


def ndcg(found: list[str], grades: dict[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten."""
    gain = sum(grades.get(id, 0) / math.log2(rank + 2) for rank, id in enumerate(found[:CUT]))
    best = sorted(grades.values(), reverse=True)[:CUT]
    return gain / sum(grade / math.log2(rank + 2) for rank, grade in enumerate(best))


def report(judged_set: JudgedSet, match: str) -> str:
    """One line: quality, number of hits, and time of a query."""
    scores, totals, times = [], [], []
    with searchkit.create(":memory:") as index:
        index.add(judged_set.documents)
        for id, text in judged_set.queries.items():
            started = time.perf_counter()
            results = index.search(text, limit=CUT, lenient=True, match=match)  # type: ignore[arg-type]
            found = [hit.id for hit in results]
            times.append(time.perf_counter() - started)
            scores.append(ndcg(found, judged_set.judged[id]))
            totals.append(results.total)
    return (
        f"{judged_set.name:12} {len(judged_set.documents):7} documents {len(scores):6} queries"
        f"   nDCG@10 {statistics.mean(scores):.4f}   median total {statistics.median(totals):7.0f}"
        f"   p50 {statistics.median(times) * 1000:.2f} ms"
    )


if __name__ == "__main__":
    main()
