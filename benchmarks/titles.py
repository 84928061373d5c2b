"""Where documents stand whose title has the query, or is it: a folder of articles, each word a query.

    python -m benchmarks.titles FOLDER
    python -m benchmarks.titles --set TITLE_ALONE=4 FOLDER

One, two and three neighbouring words of titles are asked for. Of the documents whose title has all of them,
it tells the average precision among all that match, and the rank of the one in the middle and of the last, as
multiples of the best that these could be. Then a document is added for each of the queries: its title is the
query, and its body a long text of another subject. It should be the first.

Needs searchkit only.
"""

from __future__ import annotations

import argparse
import ast
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random

import searchkit
from benchmarks.arguments import existing
from searchkit import Document, Index
from searchkit.analysis import Analyzer, normalize
from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.query import scoring

LEAST, MOST = 5, 400
"""How many titles have the words of a query."""
PER_CLASS = 200


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=existing)
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a constant of scoring"
    )
    given = parser.parse_args(arguments)
    for setting in given.set:
        name, _, value = setting.partition("=")
        if not hasattr(scoring, name):
            parser.error(f"scoring has no constant {name}")
        setattr(scoring, name, ast.literal_eval(value))
    documents = list(searchkit.read_articles(given.folder))
    with searchkit.create(":memory:") as index:
        index.add(documents)
        asked = {words: title_queries(documents, words) for words in (1, 2, 3)}
        for words, queries in asked.items():
            print(report(index, words, queries))
        texts = [document.body for document in documents if len(document.body) > 500]
        queries_of_all = list(dict.fromkeys(query for queries in asked.values() for query in queries))
        index.add(
            Document(id=f"title {query}", title=f"《{query}》", body=texts[number % len(texts)])
            for number, query in enumerate(queries_of_all)
        )
        first = sum(
            hits[0].id == f"title {query}"
            for query in queries_of_all
            if (hits := index.search(query, limit=1))
        )
        print(f"title is the query: first {first} of {len(queries_of_all)}")


def title_queries(documents: Iterable[Document], words: int) -> list[str]:
    """Runs of so many words, with a content word at either end, that enough titles have."""
    analyzer = Analyzer()
    having: Counter[str] = Counter()
    for title in {document.title for document in documents}:
        found = analyzer.words(normalize(title))
        runs = {tuple(found[at : at + words]) for at in range(len(found) - words + 1)}
        having.update("".join(run) for run in runs if all(map(_is_content, (run[0], run[-1]))))
    enough = sorted(run for run, count in having.items() if LEAST <= count <= MOST and run.isalnum())
    return Random(1).sample(enough, min(PER_CLASS, len(enough)))


def report(index: Index, words: int, queries: Sequence[str]) -> str:
    """One line: how the titles that have all of each query stand."""
    precisions, middles, lasts = [], [], []
    for query in queries:
        wanted = {hit.id for hit in index.search(f'title:"{query}"', limit=100_000)}
        ranks = [rank for rank, hit in enumerate(index.search(query, limit=100_000), 1) if hit.id in wanted]
        precisions.append(statistics.mean(at / rank for at, rank in enumerate(ranks, 1)))
        middles.append(ranks[(len(ranks) - 1) // 2] / ((len(ranks) + 1) // 2))
        lasts.append(ranks[-1] / len(ranks))
    return (
        f"{words} words: {len(queries)} queries   average precision {statistics.mean(precisions):.3f}"
        f"   middle at {statistics.mean(middles):.2f}, last at {statistics.mean(lasts):.2f} times its best"
    )


def _is_content(word: str) -> bool:
    return len(word) > 1 and word not in FUNCTION_WORDS


if __name__ == "__main__":
    main()
