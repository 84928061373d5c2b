"""near_duplicates: the body of a document -> a sketch; two sketches -> are they the same story?

A sketch is the few smallest hashes of the clauses of a text. Two texts that share most of their clauses
share most of the smallest ones as well, however long they are (A. Broder, On the resemblance and
containment of documents, 1997), so a story is found again when a source has cut it, given it another
headline or written it in the other script. A clause is what stands between two punctuation marks.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence

__all__ = ["needed", "same_story", "sketch"]

_SIZE = 16
_SHARE = 0.5
_CLAUSE = re.compile(r"[^\W_][^。！？；，：!?;,:\n]{5,}")


def sketch(normalized: str) -> tuple[str, ...]:
    """The sketch of a folded text; without a clause of six characters the whole text counts as one."""
    clauses = set(_CLAUSE.findall(normalized)) or {normalized.strip()}
    # Three bytes are the least of which half do not agree by chance: four letters of base 64.
    hashes = {hashlib.blake2b(clause.strip().encode(), digest_size=3).digest() for clause in clauses}
    return tuple(urlsafe_b64encode(each).decode() for each in sorted(hashes)[:_SIZE])


def needed(size: int) -> int:
    """How many hashes of a sketch of this size another one must have to be of the same story."""
    return max(1, round(size * _SHARE + 0.01))


def same_story(one: Sequence[str], other: Sequence[str]) -> bool:
    """Are these sketches of the same story?"""
    return len(set(one) & set(other)) >= needed(max(len(one), len(other)))
