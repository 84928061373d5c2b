"""Writes `searchkit/query/regional.txt` from the three tables of regional words, or counts their words.

Run this when a table, the normalizer or the tokenizer changes:

    python tools/regional_words.py

It refuses a line whose forms are equal without it, and one that says nothing new. Before you add a line, see
how its words are used, in folders of articles or of test sets in the BEIR layout:

    python tools/regional_words.py --count FOLDER... [--sample N] [--all]

For each word: how often it occurs, how much of that at the borders of words (as the segmenter finds them),
and how often in texts in Simplified and in Traditional characters. Printed are the lines with a word that

* occurs mostly across the border of two words, as 定单 in 决定单独 (inside): put it before the arrow;
* is not the first, and frequent in Simplified texts (both): look whether it means the same there.

A word that occurs nowhere (never) may be one that nobody says.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import searchkit
from searchkit.analysis import Analyzer, normalize
from searchkit.query.regional import KINDS, Group, groups
from searchkit.query.synonyms import key_of_text

TARGET = Path(__file__).parent.parent / "searchkit" / "query"
HEADER = """\
# For the tokens of a word, what the same thing is called elsewhere, normalized: spellings, words, names.
# Written by tools/regional_words.py from the tables in tables/.
"""
FEW = 20
"""Of fewer occurrences, nothing is concluded."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="every N-th text only")
    parser.add_argument("--all", action="store_true", help="print every line")
    options = parser.parse_args()
    if options.count:
        texts = (text for n, text in enumerate(read(options.count)) if n % options.sample == 0)
        report(list(groups()), count(list(groups()), texts), every=options.all)
    else:
        write()


def write() -> None:
    """Write the file that is loaded. Exits for lines that are useless."""
    all_groups = list(groups())
    if found := [*useless(all_groups)]:
        raise SystemExit("\n".join(found))
    text = HEADER
    for kind in KINDS:
        table = merged(group for group in all_groups if group.kind == kind)
        text += "\n" + "".join("\t".join([key, *others]) + "\n" for key, others in sorted(table.items()))
        print(f"{kind}s: {sum(group.kind == kind for group in all_groups)} lines, {len(table)} words")
    (TARGET / "regional.txt").write_text(text, encoding="utf-8")


def merged(all_groups: Iterable[Group]) -> dict[str, list[str]]:
    """For the key of a word, the other words."""
    rows: dict[str, dict[str, None]] = {}
    for _, words, found in all_groups:
        for word in words:
            key = key_of_text(word)
            others = [other for other in (found or words) if key_of_text(other) != key]
            rows.setdefault(key, {}).update(dict.fromkeys(map(normalize, others)))
    return {key: list(others) for key, others in rows.items()}


def useless(all_groups: Iterable[Group]) -> Iterator[str]:
    """What is wrong with lines: equal forms, single characters, and pairs that are there already."""
    known: set[tuple[str, str]] = set()
    for kind, words, found in all_groups:
        forms = [*words, *found]
        keys = [key_of_text(form) for form in forms]
        line = f"{kind}s: {' '.join(forms)}"
        if len(set(keys)) < len(keys):
            yield f"{line}: equal forms"
        if len({len(form) == 1 for form in forms}) > 1:
            yield f"{line}: one character says too little to mean a word"
        pairs = {(a, b) for a in keys[: len(words)] for b in (keys[len(words) :] or keys) if a != b}
        if pairs <= known:
            yield f"{line}: says nothing new"
        known |= pairs


def read(folders: Iterable[Path]) -> Iterator[str]:
    """The texts of articles, and of test sets."""
    for folder in folders:
        corpus = folder / "corpus.jsonl"
        if corpus.exists():
            with corpus.open(encoding="utf-8") as lines:
                for line in lines:
                    document = json.loads(line)
                    yield f"{document.get('title', '')}\n{document['text']}"
        else:
            for article in searchkit.read_articles(str(folder)):
                yield f"{article.title}\n{article.body}"


def count(all_groups: Iterable[Group], texts: Iterable[str]) -> dict[str, Counter[str]]:
    """For each normalized word of the groups, its occurrences: all, at borders, in either script."""
    analyzer = Analyzer()
    forms = {normalize(form) for group in all_groups for form in (*group.words, *group.found)}
    begins: dict[str, list[str]] = {}
    for form in forms:
        begins.setdefault(form[:2], []).append(form)
    counts: dict[str, Counter[str]] = {form: Counter() for form in forms}
    for text in texts:
        normalized = normalize(text)
        changed = sum(a != b and b >= "\u4e00" for a, b in zip(text, normalized, strict=True))
        script = "traditional" if changed > len(text) / 20 else "simplified"
        borders, at = {0, len(text)}, 0
        for word in analyzer.segment(normalized)[0]:
            found = normalized.find(word, at)
            if found >= 0:  # words of letters and digits may have lost a sign
                at = found + len(word)
                borders |= {found, at}
        for start in range(len(normalized) - 1):
            for form in begins.get(normalized[start : start + 2], ()):
                if normalized.startswith(form, start):
                    counts[form][script] += 1
                    counts[form]["all"] += 1
                    if start in borders and start + len(form) in borders:
                        counts[form]["borders"] += 1
    return counts


def report(all_groups: Iterable[Group], counts: dict[str, Counter[str]], *, every: bool) -> None:
    for kind, words, found in all_groups:
        shown, flagged = [], False
        for place, form in enumerate((*words, *found)):
            n = counts[normalize(form)]
            flags = []
            if n["all"] >= FEW and n["borders"] < n["all"] / 2 and (not found or form in found):
                flags.append("inside")
            if n["all"] >= FEW and place and n["simplified"] > n["all"] / 3:
                flags.append("both")
            if not n["all"]:
                flags.append("never")
            share = f"{n['borders'] / n['all']:.0%}" if n["all"] else "-"
            arrow = "=> " if found and place == len(words) else ""
            numbers = f"{n['all']} {share} {n['simplified']}/{n['traditional']}"
            shown.append(f"{arrow}{form} ({', '.join([numbers, *flags])})")
            flagged = flagged or bool({"inside", "both"} & set(flags))
        if every or flagged:
            print(f"{kind:8}  {'  '.join(shown)}")


if __name__ == "__main__":
    main()
