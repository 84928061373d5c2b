"""Conversion of text between Traditional and Simplified characters, one character to one.

Without phrases, as an input method gives the other script: good enough to make text and queries, and the same
on every machine. The tables are those of OpenCC
(https://github.com/BYVoid/OpenCC, Apache-2.0) as `opencc-python-reimplemented` ships them.
"""

from __future__ import annotations

from functools import cache

from searchkit.analysis.normalizer import read_dictionary

__all__ = ["to_other_script", "to_simplified", "to_traditional"]


def to_traditional(text: str) -> str:
    """
    >>> to_traditional("图书馆")
    '圖書館'
    """
    return text.translate(_table("STCharacters.txt"))


def to_simplified(text: str) -> str:
    """
    >>> to_simplified("圖書館")
    '图书馆'
    """
    return text.translate(_table("TSCharacters.txt"))


def to_other_script(text: str) -> str:
    """The text converted to the other script; unchanged where both scripts write it alike."""
    simplified = to_simplified(text)
    return simplified if simplified != text else to_traditional(text)


@cache
def _table(name: str) -> dict[int, int]:
    """The first, most frequent character of each dictionary line of one character.

    Unchanged Han characters are in the table as well: `str.translate` is slow for missing keys.
    """
    table = {code: code for code in (*range(0x3000, 0x3020), *range(0x4E00, 0xA000), *range(0xFF00, 0xFF20))}
    for source, targets in read_dictionary(name):
        if len(source) == 1 and len(targets[0]) == 1:
            table[ord(source)] = ord(targets[0])
    return table
