"""nDCG@10 of searchkit on test sets in the BEIR layout.

    python -m benchmarks.relevance FOLDER...   # each with corpus.jsonl, queries.jsonl, qrels/test.tsv
    python -m benchmarks.relevance --sample 500 FOLDER     # every n-th query, so that 500 remain
    python -m benchmarks.relevance --set QUESTION_NEEDS=2 FOLDER
    python -m benchmarks.relevance --keywords 3 FOLDER     # the first three content words of each query

Queries are read as a search box reads them, leniently.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import statistics
import time
from collections import defaultdict
from pathlib import Path

import searchkit
from searchkit.analysis import Analyzer
from searchkit.query import matching, ranking
from searchkit.query.function_words import QUESTION_WORDS
from searchkit.query.words import WordsOf

CUT = 10


def main() -> None:
    parser = argparse.ArgumentParser(description="nDCG@10 on BEIR folders")
    parser.add_argument("folders", nargs="+", type=Path)
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
        help="a constant of matching or ranking, for this run",
    )
    arguments = parser.parse_args()
    for setting in arguments.set:
        name, _, value = setting.partition("=")
        module = next((module for module in (matching, ranking) if hasattr(module, name)), None)
        if module is None:
            parser.error(f"neither matching nor ranking has a constant {name}")
        setattr(module, name, ast.literal_eval(value))
    for folder in arguments.folders:
        index = index_of(folder)
        queries, judged = read_queries(folder)
        queries = thinned(queries, arguments.sample)
        if arguments.keywords:
            queries = {id: keywords(text, arguments.keywords) for id, text in queries.items()}
        print(report(folder.name, index, queries, judged, arguments.match))


def index_of(folder: Path) -> searchkit.Index:
    """The corpus of a test set, indexed in memory."""
    index = searchkit.create(":memory:")
    index.add(searchkit.read_articles(folder / "corpus.jsonl"))
    return index


def read_queries(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """The queries by id, and for each the documents judged relevant with their grade."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for row in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = row.split("\t")
        judged[query][document] = int(grade)
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["_id"]: row["text"] for row in rows if row["_id"] in judged}, judged


def thinned(queries: dict[str, str], most: int) -> dict[str, str]:
    """Evenly spaced queries, at most ``most`` of them; 0 is all."""
    step = max(1, len(queries) // most) if most else 1
    return dict(list(queries.items())[::step])


def keywords(text: str, most: int) -> str:
    """The content words of a question as one part of a query, as somebody types them who asks no question."""
    words = WordsOf(Analyzer())(text).content
    return "".join([word for word in words if word not in QUESTION_WORDS][:most]) or text


def ndcg(found: list[str], grades: dict[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten."""
    gain = sum(grades.get(id, 0) / math.log2(rank + 2) for rank, id in enumerate(found[:CUT]))
    best = sorted(grades.values(), reverse=True)[:CUT]
    return gain / sum(grade / math.log2(rank + 2) for rank, grade in enumerate(best))


def report(
    name: str, index: searchkit.Index, queries: dict[str, str], judged: dict[str, dict[str, int]], match: str
) -> str:
    """One line: quality, how many are found in all, and the time of a query."""
    scores, totals, times = [], [], []
    for id, text in queries.items():
        started = time.perf_counter()
        results = index.search(text, limit=CUT, lenient=True, match=match)  # type: ignore[arg-type]
        found = [hit.id for hit in results]
        times.append(time.perf_counter() - started)
        scores.append(ndcg(found, judged[id]))
        totals.append(results.total)
    return (
        f"{name:12} {len(index):7} documents {len(queries):6} queries   nDCG@10 {statistics.mean(scores):.4f}"
        f"   median total {statistics.median(totals):7.0f}   p50 {statistics.median(times) * 1000:.2f} ms"
    )


if __name__ == "__main__":
    main()
