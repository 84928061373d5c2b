"""PureJieba: what `rjieba` does, in Python, from the data of the package `jieba`.

For machines that have no wheel of rjieba. `jieba` itself cuts differently where Latin letters, digits and
rare characters meet Han, so only its dictionary and its model are used, and the rules are those of jieba-rs
(https://github.com/messense/jieba-rs), which rjieba wraps: the most probable words of the dictionary, and in
runs of single characters the words that a hidden Markov model sees. Of `jieba` no code runs: it would warn,
log and leave a file in the folder for temporary ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from math import exp, log
from pathlib import Path
from typing import Any

__all__ = ["PureJieba"]

_HAN = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ebef\U0002f800-\U0002fa1f"
)
_BLOCKS = re.compile(rf"([{_HAN}a-zA-Z0-9+#&._%\-]+)")
_MODEL_BLOCKS = re.compile("([\u4e00-\u9fd5]+)")
_LATIN_WORDS = re.compile(r"([a-zA-Z0-9]+(?:[._-][a-zA-Z0-9]+)*%?)")
# The states of the model: the beginning, the middle and the end of a word, or a word of one character.
_STATES = "BMES"
_BEFORE = {"B": "ES", "M": "MB", "S": "SE", "E": "BM"}
_IMPOSSIBLE = -3.14e100


class PureJieba:
    """Stands in for ``rjieba.Jieba``."""

    def __init__(self) -> None:
        frequencies, longest = _dictionary()
        self._frequencies = dict(frequencies)
        self._longest = dict(longest)
        self._total = sum(frequencies.values())
        self._logarithms = {word: log(frequency) for word, frequency in frequencies.items()}

    def add_word(self, word: str, frequency: int | None, tag: str | None) -> int:  # noqa: ARG002
        """Add a word; without a frequency it gets one that lets it win over its parts."""
        if not word:
            return 0
        if frequency is None:
            frequency = self._suggested_frequency(word)
        self._total += frequency - self._frequencies.get(word, 0)
        self._frequencies[word] = frequency
        self._logarithms[word] = log(frequency)
        self._longest[word[:2]] = max(self._longest.get(word[:2], 0), len(word))
        return frequency

    def cut(self, text: str) -> list[str]:
        """The text in pieces: words, and what stands between them."""
        return self._cut(text, self._with_model)

    def _cut(self, text: str, cut_block: Callable[[str], Iterator[str]]) -> list[str]:
        words: list[str] = []
        for number, block in enumerate(_BLOCKS.split(text)):
            words.extend(cut_block(block) if number % 2 else block)
        return words

    def _with_model(self, block: str) -> Iterator[str]:
        single = ""
        for word in self._most_probable(block):
            if len(word) == 1:
                single += word
                continue
            yield from self._of_single(single)
            single = ""
            yield word
        yield from self._of_single(single)

    def _of_single(self, characters: str) -> Iterator[str]:
        """The words in a run of characters of which the dictionary knows none together."""
        if len(characters) < 2 or characters in self._frequencies:
            yield from characters
            return
        for number, piece in enumerate(_MODEL_BLOCKS.split(characters)):
            if number % 2:
                yield from _by_model(piece)
            else:
                yield from filter(None, _LATIN_WORDS.split(piece))

    def _without_model(self, block: str) -> Iterator[str]:
        latin = ""
        for word in self._most_probable(block):
            if len(word) == 1 and word.isascii() and word.isalnum():
                latin += word
                continue
            if latin:
                yield latin
                latin = ""
            yield word
        if latin:
            yield latin

    def _most_probable(self, block: str) -> Iterator[str]:
        """The way through the words of the dictionary with the greatest product of frequencies."""
        total = log(self._total)
        size = len(block)
        best: list[tuple[float, int]] = [(0.0, 0)] * (size + 1)
        for start in range(size - 1, -1, -1):
            ways = [
                (self._logarithms[word] - total + best[start + len(word)][0], start + len(word))
                for word in self._words_at(block, start)
            ]
            best[start] = max(ways) if ways else (0.0 - total + best[start + 1][0], start + 1)
        start = 0
        while start < size:
            end = best[start][1]
            yield block[start:end]
            start = end

    def _words_at(self, block: str, start: int) -> Iterator[str]:
        longest = self._longest.get(block[start : start + 2], 1)
        for end in range(start + 1, min(start + longest, len(block)) + 1):
            if block[start:end] in self._frequencies:
                yield block[start:end]

    def _suggested_frequency(self, word: str) -> int:
        total = log(self._total)
        parts = self._cut(word, self._without_model)
        probability = 0.0
        for part in parts:
            probability += log(self._frequencies.get(part, 1)) - total
        return max(int(exp(probability + total)) + 1, self._frequencies.get(word, 1))


def _by_model(text: str) -> Iterator[str]:
    if len(text) == 1:
        yield text
        return
    start = 0
    for at, state in enumerate(_states(text)):
        if state == "B":
            start = at
        elif state == "E":
            yield text[start : at + 1]
            start = at + 1
        elif state == "S":
            yield text[at]
            start = at + 1
    if start < len(text):
        yield text[start:]


def _states(text: str) -> list[str]:
    """The most probable state of each character, found as Viterbi does it."""
    first, following, emitted = _model()
    now = {state: first[state] + emitted[state].get(text[0], _IMPOSSIBLE) for state in _STATES}
    came_from = []
    for character in text[1:]:
        before, now, sources = now, {}, {}
        for state in _STATES:
            of_character = emitted[state].get(character, _IMPOSSIBLE)
            now[state], sources[state] = max(
                (before[earlier] + following[earlier].get(state, _IMPOSSIBLE) + of_character, earlier)
                for earlier in _BEFORE[state]
            )
        came_from.append(sources)
    states = [max((now[state], state) for state in "ES")[1]]
    for sources in reversed(came_from):
        states.append(sources[states[-1]])
    return states[::-1]


@cache
def _dictionary() -> tuple[dict[str, int], dict[str, int]]:
    """How frequent the words of the dictionary are, and how long the longest is that begins as it does."""
    frequencies: dict[str, int] = {}
    longest: dict[str, int] = {}
    for line in (_folder() / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, frequency, *_ = line.split()
        frequencies[word] = int(frequency)
        beginning = word[:2]
        if longest.get(beginning, 0) < len(word):
            longest[beginning] = len(word)
    return frequencies, longest


@cache
def _model() -> tuple[dict[str, float], dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """How probable it is to begin with a state, to go from one to another, and to have a character in it."""
    return _table("prob_start"), _table("prob_trans"), _table("prob_emit")


def _table(name: str) -> Any:
    # The module alone: all of the package would be imported with it otherwise.
    spec = spec_from_file_location(name, _folder() / "finalseg" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"the package jieba has no {name}", name="jieba")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.P


def _folder() -> Path:
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("there is no package jieba", name="jieba")
    return Path(spec.origin).parent
