"""Writes the words of jieba's dictionary that the segmenter has to be told.

`searchkit/analysis/respelled_words.txt` has those that the fold spells differently: the segmenter sees folded
text, and the dictionary does not know 着名 (著名) or 干隆 (乾隆). They have the frequency of the original.
`searchkit/analysis/mixed.txt` has those with Latin letters or digits (t恤, c++), in folded spelling.

Taken from the dictionary of jieba (https://github.com/fxsjy/jieba, MIT). Run it when the fold or the
dictionary changes:

    python tools/dictionary_words.py        # needs the package jieba
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from searchkit.analysis.normalizer import normalize
from searchkit.analysis.tokenizer import LATIN

TARGET = Path(__file__).parent.parent / "searchkit" / "analysis"
RESPELLED = """\
# Words of jieba's dictionary (https://github.com/fxsjy/jieba, MIT) as the fold spells them, with
# their frequency there. Written by tools/dictionary_words.py.
"""
MIXED = """\
# Words of jieba's dictionary (https://github.com/fxsjy/jieba, MIT) that have Latin letters or digits,
# as the fold spells them. Written by tools/dictionary_words.py.
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
        if re.search(f"[{LATIN}]", normalized):
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
