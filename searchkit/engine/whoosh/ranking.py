"""What matches in an index of Whoosh, ranked: BM25 as tantivy computes it, so that both rank alike.

A length is kept as one byte: exact up to 40, then in ever larger steps, an eighth of its size at most. That
is how tantivy does it, after Lucene (SmallFloat.intToByte4).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set
from dataclasses import dataclass

from searchkit.engine.plan import TEXT_FIELDS, ScoreClause, Term
from searchkit.engine.whoosh.matching import matching
from searchkit.engine.whoosh.segment import Segment
from searchkit.query.scoring import idf

__all__ = ["LENGTHS", "Part", "length_byte", "scored"]

_K1, _B = 1.2, 0.75


@dataclass(frozen=True)
class Part:
    """A segment as a commit has it."""

    segment: Segment
    live: frozenset[int]
    """Its documents that are not deleted."""


def _length_of(byte: int) -> int:
    """The length that a byte stands for."""
    if byte < 24:
        return byte
    step, place = divmod(byte - 24, 8)
    return 24 + (place if step == 0 else (8 + place) << (step - 1))


LENGTHS = [_length_of(byte) for byte in range(256)]


def length_byte(length: int) -> int:
    """The byte for a length: that of the greatest that is no greater."""
    return bisect_right(LENGTHS, length) - 1


def scored(
    parts: Sequence[Part], matched: Sequence[Set[int]], scores: Sequence[ScoreClause]
) -> list[dict[int, float]]:
    """For each part the documents that matched in it, with what they score."""
    found = [dict.fromkeys(sorted(documents), 0.0) for documents in matched]
    for score in scores:
        if isinstance(score.node, Term) and score.node.field in TEXT_FIELDS:
            _add_term(score.node, score.weight, parts, found)
        else:
            for part, of_part in zip(parts, found):
                for document in matching(score.node, part.segment, part.live) & of_part.keys():
                    of_part[document] += score.weight
    return found


def _add_term(term: Term, weight: float, parts: Sequence[Part], found: list[dict[int, float]]) -> None:
    """Add the term's BM25. Deleted documents count for how rare it is, until a merge drops them."""
    having = sum(part.segment.count(term.field, term.text) for part in parts)
    if not having:
        return
    size = sum(part.segment.size for part in parts)
    number = TEXT_FIELDS.index(term.field)
    average = sum(part.segment.tokens[number] for part in parts) / size
    norms = [_K1 * (1 - _B + _B * length / average) for length in LENGTHS]
    most = weight * idf(size, having) * (1 + _K1)
    for part, of_part in zip(parts, found):
        documents, counts = part.segment.postings(term.field, term.text)
        lengths = part.segment.norms(term.field)
        if len(of_part) * 8 < len(documents):  # looking a few up is quicker than going through all
            for document in of_part:
                at = bisect_left(documents, document)
                if at < len(documents) and documents[at] == document:
                    of_part[document] += most * counts[at] / (counts[at] + norms[lengths[document]])
        else:
            for document, count in zip(documents, counts):
                if document in of_part:
                    of_part[document] += most * count / (count + norms[lengths[document]])
