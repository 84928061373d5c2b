"""Sketches: the text of a document -> a sketch; two sketches -> whether they are of the same story.

A sketch is the smallest hashes of the clauses of a text. Two texts that share most of their clauses share
most of the smallest hashes too, however long they are (A. Broder, On the resemblance and containment of
documents, 1997). So a story is recognized when a source has cut it, given it another headline or written it
in the other script. A clause is the text between two punctuation marks.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, crc32
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain

from searchkit.analysis.context import JOINED
from searchkit.analysis.kernel import compiled

_SIZE = 16
_SHARE = 0.5
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_HASH = re.compile("....")  # three bytes in base 64; with fewer half would agree by chance
_MIX, _MIX_AGAIN = 0x9E3779B1, 0x85EBCA6B  # odd numbers, whose bits have no pattern
_CLAUSE = re.compile(rf"[^\W_][^。！？；，：!?;,:\n{JOINED}]{{5,}}")


def python_sketch(normalized: str) -> tuple[str, ...]:
    """The sketch of a normalized text; without a clause of six characters the whole text counts as one."""
    clauses = set(_CLAUSE.findall(normalized)) or {normalized}
    sums = [crc32(clause.strip().encode("utf-16-le", "surrogatepass")) for clause in clauses]
    # The sums of clauses that differ in a number differ in a pattern, so which is smaller is no chance.
    mixed = [number * _MIX & 0xFFFFFFFF for number in sums]
    hashes = {(number ^ number >> 15) * _MIX_AGAIN >> 8 & 0xFFFFFF for number in mixed}
    smallest = b"".join([number.to_bytes(3, "big") for number in sorted(hashes)[:_SIZE]])
    return tuple(_HASH.findall(b2a_base64(smallest, newline=False).translate(_URL_SAFE).decode()))


sketch: Callable[[str], tuple[str, ...]] = compiled.sketch if compiled else python_sketch
"""`python_sketch`, compiled where it can be."""


def needed(size: int) -> int:
    """How many hashes two sketches of one story share, where the larger has this size."""
    return max(1, round(size * _SHARE + 0.01))


class Stories:
    """Sketches of different stories, numbered as they come.

    Only those that share a hash are compared, so a thousand take no million comparisons.
    """

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._having: dict[str, list[int]] = {}

    def add(self, sketch: Sequence[str]) -> None:
        """Give the sketch the next number."""
        for part in set(sketch):
            self._having.setdefault(part, []).append(len(self._sizes))
        self._sizes.append(len(sketch))

    def first(self, sketch: Sequence[str]) -> int | None:
        """The number of the first one that is of the same story."""
        shared = Counter(chain.from_iterable(self._having.get(part, ()) for part in set(sketch)))
        same = (at for at, count in shared.items() if count >= needed(max(len(sketch), self._sizes[at])))
        return min(same, default=None)


def same_story(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the sketches are of the same story: what `Stories` finds among many."""
    return len(set(one) & set(other)) >= needed(max(len(one), len(other)))
