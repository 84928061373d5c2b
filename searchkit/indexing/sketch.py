"""Sketches: the text of a document -> a sketch; two sketches -> whether they are of the same story.

A sketch is the smallest hashes of the clauses of a text. Two texts that share most of their clauses share
most of the smallest hashes too, however long they are (A. Broder, On the resemblance and containment of
documents, 1997). So a story is recognized when a source has cut it, given it another headline or written it
in the other script. A clause is the text between two punctuation marks.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Sequence

_SIZE = 16
_SHARE = 0.5
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_HASH = re.compile("....")  # three bytes in base 64
_CLAUSE = re.compile(r"[^\W_][^。！？；，：!?;,:\n]{5,}")


def sketch(normalized: str) -> tuple[str, ...]:
    """The sketch of a normalized text; without a clause of six characters the whole text counts as one."""
    from hashlib import blake2b  # takes long to import, and a search does without

    clauses = set(_CLAUSE.findall(normalized)) or {normalized.strip()}
    # With fewer than three bytes, half of the hashes would agree by chance.
    hashes = {blake2b(clause.strip().encode(), digest_size=3).digest() for clause in clauses}
    smallest = b"".join(sorted(hashes)[:_SIZE])
    return tuple(_HASH.findall(b2a_base64(smallest, newline=False).translate(_URL_SAFE).decode()))


def needed(size: int) -> int:
    """How many hashes two sketches of one story share, where the larger has this size."""
    return max(1, round(size * _SHARE + 0.01))


def same_story(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the sketches are of the same story."""
    return len(set(one) & set(other)) >= needed(max(len(one), len(other)))
