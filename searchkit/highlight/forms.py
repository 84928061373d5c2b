"""Forms: a character of a term -> the characters of a text that it may be."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from searchkit.analysis import variants
from searchkit.analysis.characters import character_data
from searchkit.analysis.context import IDEOGRAPHS


@lru_cache(maxsize=10_000)
def spellings(character: str) -> str:
    """What a token can begin with in a text, where its own text begins with this character."""
    return one_spellings(character) + expanded_forms().get(character, "")


@lru_cache(maxsize=10_000)
def one_spellings(character: str) -> str:
    """The same without what stands for several characters."""
    iteration = "々〻" if re.match(f"[{IDEOGRAPHS}]", character) else ""
    found = [*variants(character), *_small_digits().get(character, ""), *iteration]
    for form in found:  # and on with what is found
        bases = bases_of().get(form, "")
        if "\uac00" <= form <= "\ud7a3":  # the syllables of Hangul are in order of their letters
            number = ord(form) - 0xAC00
            bases = chr(0x1100 + number // 588) + chr(ord(form) - number % 28)
        found += [one for base in bases for one in variants(base) if one not in found]
    return "".join(dict.fromkeys(found))


@cache
def bases_of() -> dict[str, str]:
    """For each character that bases and marks compose to, these bases."""
    bases: dict[str, str] = {}
    for (base, _), composed in character_data().compositions.items():
        bases[chr(composed)] = bases.get(chr(composed), "") + chr(base)
    return bases


@cache
def expanded_forms() -> dict[str, str]:
    """For each character those that stand for a text which has it."""
    forms: dict[str, str] = {}
    for form, text in character_data().expansions.items():
        for character in dict.fromkeys(text):
            forms[character] = forms.get(character, "") + form
    return forms


@cache
def expanding() -> re.Pattern[str]:
    """Finds a character that stands for others."""
    return re.compile(f"[{''.join(character_data().expansions)}]")


@cache
def _small_digits() -> dict[str, str]:
    """For each digit its sub- and superscripts."""
    small: dict[str, str] = {}
    for code, digit in character_data().digits.items():
        small[chr(digit)] = small.get(chr(digit), "") + chr(code)
    return small
