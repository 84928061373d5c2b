"""Likeness: a word of a query that stands for others -> whether a token is one of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=256)
def likeness(word: str, distance: int) -> Callable[[str], bool]:
    """Whether a token is like this word, which has ``*`` and ``?``, or up to ``distance`` letters wrong."""
    if distance:
        return lambda token: letters_wrong(word, token, distance) <= distance
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in word))
    return lambda token: pattern.fullmatch(token) is not None


def letters_wrong(one: str, other: str, most: int) -> int:
    """Letters to change, add, leave out, or swap with their neighbour; more than ``most`` is just that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row, before = [i], rows[-1]
        for j, other_letter in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
