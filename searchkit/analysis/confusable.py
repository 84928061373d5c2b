"""Confusable characters: a character of normalized text -> those that are typed by mistake for it.

What looks alike is in ``confusable.txt``. What sounds alike is known where pypinyin is installed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from searchkit.analysis.kernel import normalize
from searchkit.analysis.normalizer import read_resource
from searchkit.analysis.pinyin import character_readings, has_pinyin

# What many people do not tell apart, and so do not type apart: zhi and zi, yin and ying.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_FREQUENT = "gb2312"
"""The characters that people type: those of the national standard of 1980, 6,763."""


def same_shape(character: str) -> frozenset[str]:
    """Characters that look like it."""
    return _by_shape().get(character, frozenset())


def same_sound(character: str) -> frozenset[str]:
    """Characters that are read like it, without tones; none where pypinyin is not installed."""
    return _others(character, _by_sound()) if has_pinyin() else frozenset()


def near_sound(character: str) -> frozenset[str]:
    """Characters that many people read like it, whatever their dialect does not tell apart."""
    return _others(character, _by_near_sound()) if has_pinyin() else frozenset()


def _others(character: str, groups: tuple[Mapping[str, set[str]], Mapping[str, set[str]]]) -> frozenset[str]:
    sounds, having = groups
    return frozenset().union(*(having[sound] for sound in sounds.get(character, ()))) - {character}


@cache
def _by_shape() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    section = ""
    for line in read_resource("searchkit.analysis", "confusable.txt").splitlines():
        if line.startswith("["):
            section = line
        elif section == "[groups]":
            for character in line:
                found[character].update(line)
        elif section == "[pairs]":
            found[line[0]].update(line)
            for character in line[1:]:
                found[character].add(line[0])
    return {character: frozenset(others - {character}) for character, others in found.items()}


@cache
def _by_sound() -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """The readings of each character, and the characters with each reading."""
    sounds: defaultdict[str, set[str]] = defaultdict(set)
    having: defaultdict[str, set[str]] = defaultdict(set)
    for character in _frequent():
        # 乾 is 干 in normalized text, and keeps its own reading.
        normalized = normalize(character)
        for sound in character_readings(character):
            sounds[normalized].add(sound)
            having[sound].add(normalized)
    return sounds, having


@cache
def _by_near_sound() -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    near: defaultdict[str, set[str]] = defaultdict(set)
    having: defaultdict[str, set[str]] = defaultdict(set)
    for character, sounds in _by_sound()[0].items():
        for sound in sounds:
            for exact, alike in _ALIKE:
                if sound.startswith(exact):
                    sound = alike + sound[len(exact) :]
            if sound.endswith("ng"):
                sound = sound[:-1]
            near[character].add(sound)
            having[sound].add(character)
    return near, having


def _frequent() -> str:
    """The characters of the standard, in the rows that have Han."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return b"".join(rows).decode(_FREQUENT, errors="ignore")
