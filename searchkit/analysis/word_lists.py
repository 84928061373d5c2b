"""Words of jieba's dictionary in normalized spelling, which tools/dictionary_words.py writes."""

from __future__ import annotations

from functools import cache

from searchkit.analysis.normalizer import read_resource


@cache
def respelled_words() -> str:
    """Words that are normalized to another spelling: lines of a word and its frequency."""
    return _lines_of("respelled_words.txt")


@cache
def mixed_words() -> tuple[str, ...]:
    """Words that mix Han with Latin or symbols, long ones first."""
    return tuple(sorted(_lines_of("mixed.txt").splitlines(), key=len, reverse=True))


def _lines_of(name: str) -> str:
    text = read_resource("searchkit.analysis", name)
    while text.startswith("# "):  # comments stand at the top only
        text = text.partition("\n")[2]
    return text
