"""Writes searchkit/analysis/respelled_words.txt: the words of jieba that the fold spells differently.

The segmenter sees folded text, and its dictionary does not know 着名 (著名) or 干隆 (乾隆).
This lists such words in their folded spelling with the frequency of the original,
taken from the dictionary of jieba (https://github.com/fxsjy/jieba, MIT). Run it when the
fold or the dictionary changes:

    python tools/respelled_words.py        # needs the package jieba
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from searchkit.analysis.normalizer import normalize

TARGET = Path(__file__).parent.parent / "searchkit" / "analysis" / "respelled_words.txt"
HEADER = """\
# Words of jieba's dictionary (https://github.com/fxsjy/jieba, MIT) as the fold spells them, with
# their frequency there. Written by tools/respelled_words.py.
"""


def main() -> None:
    frequencies: dict[str, int] = {}
    for line in files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        word, frequency, _ = line.split(" ")
        frequencies[word] = int(frequency)
    respelled: dict[str, int] = {}
    for word, frequency in frequencies.items():
        normalized = normalize(word)
        if len(word) > 1 and normalized != word and frequency > frequencies.get(normalized, 0):
            respelled[normalized] = max(frequency, respelled.get(normalized, 0))
    rows = [f"{word} {frequency}" for word, frequency in sorted(respelled.items())]
    TARGET.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} words in {TARGET.name}")


if __name__ == "__main__":
    main()
