"""Scripts: text in Traditional or Simplified characters, one character for one.

Character by character, as somebody who types the other script is served by an input method: good enough to
make text and queries with, and the same on any machine. The tables are those of OpenCC
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
    """The text in the script that it is not in; the same text where both write it alike."""
    simplified = to_simplified(text)
    return simplified if simplified != text else to_traditional(text)


@cache
def _table(name: str) -> dict[int, int]:
    """The first, most frequent character of each entry of one character.

    Han characters that stay as they are have an entry as well: `str.translate` is slow for what it misses.
    """
    table = {code: code for code in (*range(0x3000, 0x3020), *range(0x4E00, 0xA000), *range(0xFF00, 0xFF20))}
    for source, targets in read_dictionary(name):
        if len(source) == 1 and len(targets[0]) == 1:
            table[ord(source)] = ord(targets[0])
    return table
