"""script_conversion: text -> the same text in Simplified or Traditional characters, each at its place.

The phrases of OpenCC (https://github.com/BYVoid/OpenCC, Apache-2.0) that keep their length say which of
several characters is meant: 头发 is 頭髮, 发现 is 發現. So the converted text has the length of the original,
and highlights stay in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pkgutil import get_data
from typing import Literal

__all__ = ["SCRIPTS", "Script", "convert"]

Script = Literal["", "hans", "hant"]
"""As it was written, Simplified, Traditional."""

SCRIPTS: tuple[Script, ...] = ("", "hans", "hant")

_DICTIONARIES: Mapping[Script, tuple[str, str]] = {
    "hans": ("TSPhrases.txt", "TSCharacters.txt"),
    "hant": ("STPhrases.txt", "STCharacters.txt"),
}


def convert(text: str, script: Script) -> str:
    """The text in this script; of the same length."""
    if not script:
        return text
    phrases, lengths, characters = _tables(script)
    found = []
    at = 0
    while at < len(text):
        for length in lengths.get(text[at], ()):
            if phrase := phrases.get(text[at : at + length]):
                found.append(phrase)
                at += length
                break
        else:
            found.append(characters.get(text[at], text[at]))
            at += 1
    return "".join(found)


@cache
def _tables(script: Script) -> tuple[dict[str, str], dict[str, list[int]], dict[str, str]]:
    """The phrases, the lengths of those that begin with a character (longest first), and the characters."""
    of_phrases, of_characters = _DICTIONARIES[script]
    characters = dict(_entries(of_characters))
    phrases = dict(_entries(of_phrases))
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        lengths.setdefault(phrase[0], set()).add(len(phrase))
    return phrases, {first: sorted(of, reverse=True) for first, of in lengths.items()}, characters


def _entries(name: str) -> Iterator[tuple[str, str]]:
    """What is converted, and what it becomes at most places; only what keeps its length."""
    lines = (get_data("opencc", f"dictionary/{name}") or b"").decode("utf-8").splitlines()
    for line in lines:
        source, _, targets = line.partition("\t")
        target = targets.split(" ")[0]
        if source and len(source) == len(target):
            yield source, target
