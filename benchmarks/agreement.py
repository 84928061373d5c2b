"""Agreement of the engines: the same totals, the same first hits, and rankings of equal quality.

    make cluster
    python -m benchmarks.agreement --articles FOLDER --documents 20000
    python -m benchmarks.agreement --articles FOLDER --documents 20000 --sets FOLDER... --cluster http://host:9200

Every engine indexes the same articles, chosen by a fixed seed, and answers the queries of
`benchmarks.questions`: tantivy, Whoosh, and OpenSearch with one shard and with five. nDCG@10 is measured on
test sets in the BEIR layout. The exit status is 1 if a total differs, if OpenSearch shares less than
`OVERLAP` of tantivy's first ten hits on average, or if its nDCG@10 differs by more than `NDCG`.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from opensearchpy import OpenSearch

import searchkit
from benchmarks.arguments import existing
from benchmarks.judged_sets import JudgedSet, SetError, read_beir, thinned
from benchmarks.peers.base import Question
from benchmarks.peers.searchkit_embedded import options, typed
from benchmarks.questions import questions
from benchmarks.tuning import ndcg
from searchkit import Document, Index
from tools.cluster import running_url

__all__ = ["Agreement", "compare", "engines", "main", "mean_ndcg"]

OVERLAP, NDCG = 0.95, 0.005
REFERENCE = "tantivy"
SEED = 1
_FIRST = 10

Ranking = list[str]


@dataclass
class Agreement:
    """How the answers of an engine compare with those of the reference."""

    questions: int = 0
    overlaps: list[float] = field(default_factory=list)
    """For each question, how many of the first hits are the same, of all that either has."""
    other_totals: list[str] = field(default_factory=list)
    """What was asked where the number of hits differs."""

    @property
    def overlap(self) -> float:
        return sum(self.overlaps) / len(self.overlaps)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=existing, metavar="FOLDER", help="articles to compare answers on")
    parser.add_argument("--documents", type=int, default=20_000, metavar="N", help="how many of them")
    parser.add_argument("--queries", type=int, default=300, metavar="N", help="how many questions about them")
    parser.add_argument("--sets", type=existing, nargs="*", default=[], metavar="FOLDER", help="test sets")
    parser.add_argument("--sample", type=int, default=0, help="how many queries of each set; 0 is all")
    parser.add_argument("--cluster", default=running_url(), help="by default that of `make cluster`")
    parser.add_argument("--without", nargs="*", default=[], metavar="ENGINE", help="leave out, as whoosh")
    given = parser.parse_args(arguments)
    if given.cluster is None:
        parser.error("no cluster runs: `make cluster` starts one, or --cluster names another")
    if not given.articles and not given.sets:
        parser.error("give --articles, --sets or both")
    try:
        sets = [thinned(read_beir(folder), given.sample) for folder in given.sets]
    except SetError as error:
        parser.error(str(error))
    wrong: list[str] = []
    if given.articles:
        documents = some_of(given.articles, given.documents)
        made = questions(documents, SEED, per_class=given.queries // 10)
        asked = [question for of_class in made.values() for question in of_class]
        with engines(documents, given.cluster, given.without) as indexes:
            found = compare(indexes, asked)
        print(f"\n{len(documents):,} articles, {len(asked)} questions\n")
        print("| engine | other totals | first ten in common |\n|---|---|---|")
        for name, one in found.items():
            print(f"| {name} | {len(one.other_totals)} | {one.overlap:.4f} |", flush=True)
            wrong += [f"{name} has another total for {text}" for text in one.other_totals]
            if one.overlap < OVERLAP:
                wrong.append(f"{name}: the first ten have {one.overlap:.4f} in common")
    for judged_set in sets:
        with engines(judged_set.documents, given.cluster, given.without) as indexes:
            values = {name: mean_ndcg(index, judged_set) for name, index in indexes.items()}
        sizes = f"{len(judged_set.documents):,} documents, {len(judged_set.queries):,} queries"
        print(f"\n{judged_set.name}: {sizes}\n\n| engine | nDCG@10 | difference |\n|---|---|---|")
        for name, value in values.items():
            difference = value - values[REFERENCE]
            print(f"| {name} | {value:.4f} | {difference:+.4f} |", flush=True)
            if abs(difference) > NDCG:
                wrong.append(f"{judged_set.name}: nDCG@10 of {name} differs by {difference:+.4f}")
    for each in wrong:
        print(each, file=sys.stderr)
    sys.exit(1 if wrong else 0)


def some_of(folder: Path, most: int) -> list[Document]:
    """Articles of the folder, each id once."""
    documents: dict[str, Document] = {}
    for document in searchkit.read_articles(folder):
        documents[document.id] = document
        if len(documents) == most:
            break
    return list(documents.values())


@contextmanager
def engines(
    documents: Sequence[Document], cluster: str, without: Sequence[str] = ()
) -> Iterator[dict[str, Index]]:
    """A temporary index of the documents in each engine."""
    hosts = cluster.rpartition("//")[2].rstrip("/")
    scheme = "opensearchs" if cluster.startswith("https:") else "opensearch"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        locations = {REFERENCE: str(folder / "tantivy"), "whoosh": f"whoosh:{folder / 'whoosh'}"}
        for shards in (1, 5):
            name = f"searchkit-agreement-{secrets.token_hex(4)}"
            locations[f"opensearch, shards={shards}"] = (
                f"{scheme}://{hosts}/{name}?shards={shards}&replicas=0"
            )
            stack.callback(_remove, cluster, name)
        indexes = {}
        for name, location in locations.items():
            if name in without:
                continue
            started = time.perf_counter()
            index = stack.enter_context(searchkit.create(location))
            report = index.add(documents)
            if report.added != len(documents):
                raise RuntimeError(f"{name}: {report.added} of {len(documents)} documents were indexed")
            print(f"{name}: indexed in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
            indexes[name] = index
        yield indexes


def compare(indexes: Mapping[str, Index], asked: Sequence[Question]) -> dict[str, Agreement]:
    """The answers of each engine, compared with those of the reference."""
    found = {name: Agreement() for name in indexes if name != REFERENCE}
    for question in asked:
        total, first = _answer(indexes[REFERENCE], question)
        for name, agreement in found.items():
            its_total, its_first = _answer(indexes[name], question)
            agreement.questions += 1
            agreement.overlaps.append(_overlap(first, its_first))
            if its_total != total:
                agreement.other_totals.append(f"{typed(question)}: {its_total}, not {total}")
    return found


def mean_ndcg(index: Index, judged_set: JudgedSet) -> float:
    """nDCG@10 of the queries as a person types them."""
    values = [
        ndcg([hit.id for hit in index.search(text, limit=_FIRST, lenient=True)], judged_set.judged[id])
        for id, text in judged_set.queries.items()
    ]
    return sum(values) / len(values)


def _answer(index: Index, question: Question) -> tuple[int, Ranking]:
    results = index.search(typed(question), limit=_FIRST, lenient=True, **options(question))
    return results.total, [hit.id for hit in results]


def _remove(cluster: str, name: str) -> None:
    with closing(OpenSearch(cluster.split(","))) as client:
        client.indices.delete(index=name, ignore_unavailable=True)


def _overlap(one: Ranking, other: Ranking) -> float:
    most = max(len(one), len(other))
    return len({*one} & {*other}) / most if most else 1.0


if __name__ == "__main__":
    main()
