"""Fuzzing for time: random and worst-case queries, each answered within a bound or refused.

    python tests/fuzz/dear_queries.py --random 50000 --worst 5000 --articles FOLDER --bound 200
    make fuzz-time                                 fewer of them, on generated articles, with a generous bound

Prints the slowest queries, of each shape how many were refused, and every undocumented error. It fails for
an error, or where a query took longer than the bound, in milliseconds of processor time: the search with its
facets, highlights, suggestion and hints.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import Any

import searchkit
from benchmarks.generated import generated

FREQUENT = "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
OPTIONS: tuple[dict[str, Any], ...] = (
    *({}, {}, {}, {}, {"match": "any"}, {"match": "all"}, {"facets": ["source", "tags", "month"]}),
    *(
        {"sort": "newest"},
        {"recency": "30d"},
        {"collapse": "near-duplicates"},
        {"limit": 100},
        {"since": "2015-06-01"},
    ),
)
LONGEST = 10_000


class Queries:
    """Makes queries of what the documents of an index have."""

    def __init__(self, index: searchkit.Index, source: random.Random) -> None:
        self._source = source
        documents = source.sample([*islice(index, 3000)], min(len(index), 300))
        self._bodies = [document.body for document in documents if len(document.body) > 50]
        self.shapes: dict[str, Callable[[], str]] = {
            name.removeprefix("_worst_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_worst_")
        }

    def random(self) -> str:
        """A query of some of all constructs, a few of them nested."""
        return " ".join(self._part(0) for _ in range(self._source.choice((1, 1, 1, 2, 2, 3, 5, 12))))

    def _part(self, depth: int) -> str:
        choose = self._source
        kind = choose.randrange(14 if depth < 3 else 10)
        if kind == 0:
            return f'"{self._passage(12)}"'
        if kind == 1:
            words = " ".join(self._passage(4) for _ in range(choose.randint(2, 4)))
            return f'"{words}"~{choose.randint(1, 100)}'
        if kind == 2:
            return self._latin()[: choose.randint(1, 4)] + "*"
        if kind == 3:
            return self._signs(self._latin())
        if kind == 4:
            return f"{self._latin()}~{choose.choice('12')}"
        if kind == 5:
            return choose.choice(
                ("date:2015..2018", "date:2020", "source:新华社", "tag:a", "title:", "body:")
            )
        if kind == 6:
            return choose.choice(FREQUENT)
        if kind == 10:
            return f"({self._part(depth + 1)} OR {self._part(depth + 1)})"
        if kind == 11:
            return f"-{self._part(depth + 1)}"
        if kind == 12:
            return f"({self._part(depth + 1)} {self._part(depth + 1)})^3"
        return self._passage(choose.choice((2, 4, 8, 30, 200)))

    def _passage(self, most: int) -> str:
        body = self._source.choice(self._bodies)
        start = self._source.randrange(len(body))
        found = body[start : start + self._source.randint(1, most)]
        return "".join(found.replace('"', "").split()) or "的"

    def _latin(self) -> str:
        return "".join(self._source.choices(LETTERS, k=self._source.randint(1, 7)))

    def _signs(self, word: str) -> str:
        return "".join(self._source.choice((one, one, "?", "*", one + "*")) for one in word)

    def _frequent(self, least: int, most: int) -> list[str]:
        return self._source.choices(FREQUENT, k=self._source.randint(least, most))

    def _loose(self, words: list[str]) -> str:
        return f'"{" ".join(words)}"~{self._source.choice((1, 3, 5, 10, 30, 90, 100))}'

    def _many(self, part: Callable[[], str], joint: str, most: int = 200) -> str:
        parts: list[str] = []
        size = 0
        for _ in range(self._source.choice((2, 5, 20, most))):
            parts.append(part())
            size += len(parts[-1]) + len(joint)
            if size > LONGEST:
                break
        return joint.join(parts)[:LONGEST]

    def _worst_loose_characters(self) -> str:
        return self._loose(self._frequent(2, 6))

    def _worst_loose_words(self) -> str:
        return self._loose([self._passage(4) for _ in range(self._source.randint(2, 20))])

    def _worst_loose_repeated(self) -> str:
        return self._loose(
            [self._source.choice(("中国", "的人", "我们", self._passage(3)))] * self._source.randint(2, 30)
        )

    def _worst_many_loose(self) -> str:
        return self._many(self._worst_loose_characters, " OR ")

    def _worst_many_loose_words(self) -> str:
        return self._many(
            lambda: self._loose([self._passage(3), self._passage(3)]), self._source.choice((" ", " OR "))
        )

    def _worst_repeated(self) -> str:
        unit = "".join(self._frequent(1, 3))
        return unit * (self._source.choice((10, 300, 3000, LONGEST)) // len(unit))

    def _worst_repeated_in_quotes(self) -> str:
        return f'"{self._worst_repeated()[: LONGEST - 2]}"'

    def _worst_many_characters(self) -> str:
        return self._many(lambda: self._source.choice(FREQUENT), self._source.choice((" ", " OR ")), 490)

    def _worst_many_words(self) -> str:
        return self._many(lambda: self._passage(4), self._source.choice((" ", " OR ")), 490)

    def _worst_many_prefixes(self) -> str:
        return self._many(lambda: self._latin()[: self._source.randint(1, 2)] + "*", " OR ", 490)

    def _worst_many_wildcards(self) -> str:
        return self._many(lambda: self._signs(self._latin()), self._source.choice((" ", " OR ")), 490)

    def _worst_wide_wildcards(self) -> str:
        ends = self._source.choice(("?", "*")), self._source.choice(("?", "*", ""))
        return self._many(lambda: ends[0] * self._source.randint(1, 9) + self._latin() + ends[1], " OR ", 100)

    def _worst_many_fuzzies(self) -> str:
        return self._many(lambda: f"{self._latin()}~2", self._source.choice((" ", " OR ")), 490)

    def _worst_many_ranges(self) -> str:
        return self._many(lambda: f"date:{self._source.randint(1990, 2010)}..2025", " OR ", 490)

    def _worst_excluded(self) -> str:
        return "* " + self._many(lambda: f"-{self._source.choice(FREQUENT)}", " ", 490)

    def _worst_groups(self) -> str:
        depth = self._source.randint(1, 60)
        return (
            "(" * depth
            + "的"
            + "".join(f" {self._source.choice(('OR ', '-', ''))}{self._part(2)})" for _ in range(depth))
        )

    def _worst_equal_scores(self) -> str:
        return f"{self._passage(3)} OR *"

    def _worst_mixture(self) -> str:
        return self._many(lambda: self.shapes[self._source.choice([*self.shapes])]()[:100], " OR ", 20)

    def _worst_headline(self) -> str:
        return self._passage(self._source.choice((30, 500, 5000))) + " " + self._passage(500)

    def _worst_letters(self) -> str:
        return "".join(self._source.choices(LETTERS + "   .-", k=self._source.choice((50, 1000, LONGEST))))


def ask(index: searchkit.Index, text: str, options: dict[str, Any]) -> bool:
    """Everything that a page shows of a search; False where it is refused."""
    try:
        results = index.search(text, **options)
        for hit in results:
            hit.title.html(), hit.snippet.html()
        assert results.suggestion is None or results.suggestion
        results.hints  # noqa: B018 - it is computed
    except searchkit.QueryTooExpensiveError:
        return False
    except searchkit.QuerySyntaxError:
        assert not options.get("lenient")
    except ValueError as error:  # behind the first thousand hits
        assert "near-duplicates" in str(error), error
    return True


def shown(ms: float, shape: str, text: str, options: dict[str, Any]) -> str:
    return f"{ms:8.1f} ms  {shape:24} {len(text):6} characters  {text[:60]!r}  {options}"


def run(index: searchkit.Index, source: random.Random, counts: tuple[int, int], bound: float) -> bool:
    """Ask all of the queries; returns whether each was answered in time, or refused."""
    queries = Queries(index, source)
    shapes = [*queries.shapes]
    made: Iterator[tuple[str, str]] = (("random", queries.random()) for _ in range(counts[0]))
    worst = ((name := source.choice(shapes), queries.shapes[name]()) for _ in range(counts[1]))
    taken: list[tuple[float, str, str, dict[str, Any]]] = []
    refused: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    errors = 0
    for text in ("特郎普", "trunp"):  # what is loaded once, also for suggestions
        ask(index, text, {})
    for shape, text in (*made, *worst):
        options = {**source.choice(OPTIONS), "lenient": source.random() < 0.7}
        started = time.thread_time()
        asked[shape] += 1
        try:
            refused[shape] += not ask(index, text, options)
        except Exception:
            errors += 1
            print(f"{shape}: {text[:300]!r} {options}\n{traceback.format_exc()}")
        taken.append((1000 * (time.thread_time() - started), shape, text, options))
        if taken[-1][0] > bound:
            print(shown(*taken[-1]), flush=True)
    for ms, shape, text, options in nlargest(15, taken, key=lambda one: one[0]):
        print(shown(ms, shape, text, options))
    for shape in asked:
        times = sorted(ms for ms, name, *_ in taken if name == shape)
        p99, most = times[len(times) * 99 // 100], times[-1]
        refusals = f"{asked[shape]:6} asked {refused[shape]:6} refused"
        print(f"{shape:24} {refusals}  p99 {p99:7.1f}  most {most:7.1f} ms")
    slow = sum(ms > bound for ms, *_ in taken)
    print(f"{len(taken)} queries, {errors} undocumented errors, {slow} slower than {bound:g} ms")
    return not errors and not slow


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--random", type=int, default=50_000, metavar="N")
    parser.add_argument("--worst", type=int, default=5_000, metavar="N")
    parser.add_argument("--articles", help="a folder of articles; without, they are generated")
    parser.add_argument("--documents", type=int, default=20_000, help="how many are generated")
    parser.add_argument("--index", type=Path, help="where the index is, or is kept for the next time")
    parser.add_argument("--bound", type=float, default=200.0, metavar="MS")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        location = given.index or Path(folder) / "index"
        if location.exists():
            index = searchkit.open(location)
        else:
            index = searchkit.create(location)
            index.add(
                searchkit.read_articles(given.articles) if given.articles else generated(given.documents)
            )
        with index:
            ok = run(index, random.Random(given.seed), (given.random, given.worst), given.bound)
    sys.exit(not ok)


if __name__ == "__main__":
    main()
