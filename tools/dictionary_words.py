"""Writes the words of jieba's dictionary that the segmenter needs in normalized spelling.

`searchkit/analysis/respelled_words.txt` has the words that the normalizer changes: the segmenter gets
normalized text, and the dictionary does not know 着名 (著名) or 干隆 (乾隆). They keep the frequency of the
original. `searchkit/analysis/mixed.txt` has the normalized words with Latin letters or digits (t恤, c++).

The source is the dictionary of jieba (https://github.com/fxsjy/jieba, MIT). Run this when the normalizer or
the dictionary changes:

    python tools/dictionary_words.py        # needs the package jieba
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from searchkit.analysis import normalize
from searchkit.analysis.characters import LATIN_RANGES

TARGET = Path(__file__).parent.parent / "searchkit" / "analysis"
RESPELLED = """\
# Normalized words of jieba's dictionary (https://github.com/fxsjy/jieba, MIT) that differ from the
# original, with its frequency. Written by tools/dictionary_words.py.
"""
MIXED = """\
# Words of jieba's dictionary (https://github.com/fxsjy/jieba, MIT) that have Latin letters or digits,
# normalized. Written by tools/dictionary_words.py.
"""


def main() -> None:
    frequencies: dict[str, int] = {}
    for line in files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        word, frequency, _ = line.split(" ")
        frequencies[word] = int(frequency)
    mixed: set[str] = set()
    respelled: dict[str, int] = {}
    for word, frequency in frequencies.items():
        normalized = normalize(word)
        if re.search(f"[{LATIN_RANGES}]", normalized):
            mixed.add(normalized)
        if len(word) > 1 and normalized != word and frequency > frequencies.get(normalized, 0):
            respelled[normalized] = max(frequency, respelled.get(normalized, 0))
    rows = [f"{word} {frequency}" for word, frequency in sorted(respelled.items())]
    write("respelled_words.txt", RESPELLED, rows)
    write("mixed.txt", MIXED, sorted(mixed))


def write(name: str, header: str, rows: list[str]) -> None:
    (TARGET / name).write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} words in {name}")


if __name__ == "__main__":
    main()
