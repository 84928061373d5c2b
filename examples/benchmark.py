"""A test set in the format of BEIR -> a run in the format of TREC, and its nDCG@10.

    python examples/benchmark.py examples/beir run.trec

The set beside this script is small and our own. A run goes into trec_eval or ir_measures as it is.
`python -m benchmarks.relevance` does more: several engines, the other script, significance.
"""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from math import log2
from pathlib import Path

import searchkit

Run = dict[str, dict[str, float]]
"""The score of each document that was found, best first, by the id of the query."""


def run(folder: Path, depth: int = 100) -> Run:
    """What is found for each question of the set."""
    with searchkit.create(":memory:") as index:
        report = index.add(searchkit.read_articles(folder / "corpus.jsonl"), on_error="raise")
        print(f"{report.added} documents", file=sys.stderr)
        found = {}
        for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
            query = json.loads(line)
            hits = index.search(query["text"], limit=depth, lenient=True)  # a question is no syntax error
            found[query["_id"]] = {hit.id: hit.score for hit in hits}
    return found


def judgements(folder: Path) -> dict[str, dict[str, int]]:
    """How relevant documents are, by the id of the query."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            judged[row["query-id"]][row["corpus-id"]] = int(row["score"])
    return judged


def ndcg(found: Run, judged: Mapping[str, Mapping[str, int]], depth: int = 10) -> float:
    """The mean over all queries that are judged, as trec_eval's ndcg_cut."""

    def gain(grades: list[int]) -> float:
        return sum(grade / log2(rank + 2) for rank, grade in enumerate(grades[:depth]))

    total = 0.0
    for query, grades in judged.items():
        ideal = gain(sorted(grades.values(), reverse=True))
        if ideal:
            total += gain([grades.get(id, 0) for id in found.get(query, {})]) / ideal
    return total / len(judged)


def main(folder: Path, target: Path) -> None:
    found = run(folder)
    with target.open("w", encoding="utf-8") as file:
        for query, scores in found.items():
            for rank, (id, score) in enumerate(scores.items(), 1):
                file.write(f"{query} Q0 {id} {rank} {score:.6f} searchkit\n")
    print(f"nDCG@10 {ndcg(found, judgements(folder)):.4f}, {len(found)} queries, {target}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/benchmark.py SET RUN")
    if not (Path(sys.argv[1]) / "corpus.jsonl").exists():
        sys.exit(f"{sys.argv[1]}: this is no set in the format of BEIR: it has no corpus.jsonl")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
