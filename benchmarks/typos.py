"""How well `Results.suggestion` corrects words with one wrong character, and leaves right queries alone.

    python -m benchmarks.typos FOLDER --confusions FILE... [--index LOCATION] [--pinyin] [--count 300]

The folder has articles, or a test set in the BEIR layout. A file of confusions has a line for each character:
the character, then those that are typed for it, parted by spaces, tabs or commas, or not at all. Published
ones are ``same_pinyin.txt`` and ``same_stroke.txt`` of pycorrector, and the similar shapes of SIGHAN as
``SimilarShape_simplied.txt`` in SpellGCN has them.

Words of the articles get one character replaced by one of its confusions, the same for a seed. What is a word
of the dictionary after that is no mistake that can be seen, nor is what more than a tenth as many documents
have. Right queries are words of the articles, frequent or not, and headlines, or the queries of the set.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

import searchkit
from benchmarks.arguments import existing
from benchmarks.judged_sets import SHORTEST_HEADLINE, read_beir
from searchkit import Document
from searchkit.analysis import Analyzer, normalize
from searchkit.analysis.function_words import FUNCTION_WORDS

_WORD = re.compile("[一-鿿]{2,4}")
_LEAST = 20
"""In so many documents a word is that is typed wrong."""
_READ = 4000
"""From so many documents the words are taken."""
_TIMES_MORE = 10


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.typos", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("folder", type=existing)
    parser.add_argument("--confusions", type=existing, nargs="+", required=True)
    parser.add_argument("--index", type=Path, help="an index of the articles; a temporary one by default")
    parser.add_argument("--pinyin", action="store_true", help="make the temporary index with pinyin")
    parser.add_argument("--count", type=int, default=300, help="how many wrong words, of all files together")
    parser.add_argument("--right", type=int, default=100, help="how many right queries of each kind")
    parser.add_argument("--first", type=int, default=5, help="how many confusions of each character are used")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=10, help="how many mistakes of each kind are printed")
    given = parser.parse_args(arguments)
    documents, queries = _documents_and_queries(given.folder)
    with tempfile.TemporaryDirectory() as temporary:
        if given.index:
            index = searchkit.open(given.index)
        else:
            index = searchkit.create(Path(temporary) / "index", pinyin=given.pinyin)
            index.add(documents)
        with index:
            words = words_of(documents[:_READ])
            random = Random(given.seed)
            for file in given.confusions:
                confusions = {one: others[: given.first] for one, others in read_confusions(file).items()}
                wrong = typos(index, words, confusions, given.count // len(given.confusions), random)
                _report_wrong(file.stem, wrong, index, given.show)
            rare = random.sample(sorted(words), min(given.right, len(words)))
            _report_right("words", rare, index, given.show)
            some = random.sample(queries, min(given.right, len(queries)))
            _report_right("queries", some, index, given.show)


def _documents_and_queries(folder: Path) -> tuple[list[Document], list[str]]:
    """The documents, and the queries of the set or the headlines, in a fixed order."""
    if (folder / "corpus.jsonl").exists():
        judged = read_beir(folder)
        return judged.documents, sorted(judged.queries.values())
    documents = list(searchkit.read_articles(str(folder)))
    return documents, sorted({one.title for one in documents if len(one.title) >= SHORTEST_HEADLINE})


def read_confusions(file: Path) -> dict[str, str]:
    """For each character those that are typed for it, in normalized spelling."""
    found: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and (characters := normalize(re.sub(r"[\s,]", "", line))):
            found[characters[0]] = found.get(characters[0], "") + characters[1:]
    return found


def words_of(documents: Sequence[Document]) -> Counter[str]:
    """The words of Han and how many of the documents have each."""
    analyzer = Analyzer()
    counts: Counter[str] = Counter()
    for document in documents:
        found = {*analyzer.words(normalize(f"{document.title}\n{document.body}"))}
        counts.update(word for word in found - FUNCTION_WORDS if _WORD.fullmatch(word))
    return counts


def typos(
    index: searchkit.Index,
    words: Mapping[str, int],
    confusions: Mapping[str, str],
    count: int,
    random: Random,
) -> Iterator[tuple[str, str]]:
    """Wrong words, each with the right one."""
    analyzer = Analyzer()
    frequent = sorted(word for word, having in words.items() if having >= _LEAST)
    random.shuffle(frequent)
    for right in frequent:
        if count == 0:
            return
        at = random.randrange(len(right))
        others = [one for one in confusions.get(right[at], "") if one != right[at]]
        if not others:
            continue
        wrong = right[:at] + random.choice(others) + right[at + 1 :]
        if analyzer.has_word(wrong):
            continue
        if index.count(f'"{wrong}"') * _TIMES_MORE > index.count(f'"{right}"'):
            continue
        count -= 1
        yield wrong, right


def _report_wrong(name: str, wrong: Iterator[tuple[str, str]], index: searchkit.Index, show: int) -> None:
    counts: Counter[str] = Counter()
    others, missed, took = [], [], 0.0
    for query, right in wrong:
        started = time.perf_counter()
        suggestion = index.search(query, limit=0).suggestion
        took += time.perf_counter() - started
        if suggestion is None:
            counts["none"] += 1
            missed.append(f"{query} ({right})")
        elif normalize(suggestion) == right:
            counts["right"] += 1
        else:
            counts["other"] += 1
            others.append(f"{query} → {suggestion} ({right})")
    suggested = counts["right"] + counts["other"]
    print(
        f"{name}: {counts.total()} wrong words, {counts['right']} corrected, "
        f"precision {counts['right'] / max(suggested, 1):.3f}, recall "
        f"{counts['right'] / max(counts.total(), 1):.3f}, {took / max(counts.total(), 1) * 1000:.1f} ms"
    )
    print("  other:", "; ".join(others[:show]))
    print("  none:", "; ".join(missed[:show]))


def _report_right(name: str, queries: Sequence[str], index: searchkit.Index, show: int) -> None:
    found, took = [], 0.0
    for query in queries:
        started = time.perf_counter()
        suggestion = index.search(query, limit=0, lenient=True).suggestion
        took += time.perf_counter() - started
        if suggestion is not None:
            found.append(f"{query} → {suggestion}")
    milliseconds = took / max(len(queries), 1) * 1000
    print(f"right {name}: {len(found)} of {len(queries)} with a suggestion, {milliseconds:.1f} ms")
    print("  ", "; ".join(found[:show]))


if __name__ == "__main__":
    main()
