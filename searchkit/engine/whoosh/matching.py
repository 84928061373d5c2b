"""What matches in a segment of Whoosh: a node of a plan -> the documents, as a set of numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Set

from whoosh.support.levenshtein import damerau_levenshtein

from searchkit.engine.plan import (
    Boolean,
    Clause,
    Fuzzy,
    MatchAll,
    MatchNone,
    Phrase,
    Prefix,
    Range,
    Term,
    TermSet,
    Wildcard,
)
from searchkit.engine.whoosh.segment import Segment

__all__ = ["matching"]

_WILDCARDS = {"*": ".*", "?": "."}


def matching(node: Clause, segment: Segment, live: frozenset[int]) -> Set[int]:
    """The documents of the segment that match; ``live`` are those that are not deleted."""
    return _found(node, segment, live) & live


def _found(node: Clause, segment: Segment, live: frozenset[int]) -> Set[int]:
    """The same, perhaps with deleted ones."""
    match node:
        case Term(field, text):
            return set(segment.postings(field, text).documents)
        case Phrase():
            return _chain(node, segment)
        case Prefix(field, text):
            return _with_any(segment, field, segment.terms(field, text))
        case Wildcard(field, pattern):
            pieces = re.split(r"([*?])", pattern)
            like = re.compile("".join(_WILDCARDS.get(p, re.escape(p)) for p in pieces), re.DOTALL)
            terms = (term for term in segment.terms(field, pieces[0]) if like.fullmatch(term))
            return _with_any(segment, field, terms)
        case Fuzzy(field, text, distance):
            return _with_any(segment, field, _near(text, distance, segment.vocabulary(field)))
        case TermSet(field, values):
            return _with_any(segment, field, values)
        case Range(field, low, high):
            return set(segment.between(field, low, high))
        case Boolean(must, _, must_not) if not node.minimum:
            found: Set[int] = live
            for child in must:
                found = found & _found(child, segment, live)
                if not found:
                    return found
            for child in must_not:
                found = found - _found(child, segment, live)
            return found
        case Boolean((), should, ()):
            counted = Counter(at for child in should for at in _found(child, segment, live))
            return {at for at, count in counted.items() if count >= node.minimum}
        case Boolean(must, should, must_not):
            enough = Boolean(should=should, minimum_should_match=node.minimum)
            return _found(Boolean(must=(*must, enough), must_not=must_not), segment, live)
        case MatchAll():
            return live
        case MatchNone():
            return frozenset()


def _with_any(segment: Segment, field: str, terms: Iterable[str]) -> Set[int]:
    found: set[int] = set()
    for term in terms:
        found.update(segment.postings(field, term).documents)
    return found


def _near(text: str, distance: int, terms: Iterable[str]) -> Iterable[str]:
    letters = set(text)
    for term in terms:
        # What takes no time first: a letter that is missing, or more letters, take a change each.
        if abs(len(term) - len(text)) > distance or len(letters.difference(term)) > distance:
            continue
        if damerau_levenshtein(text, term, distance) <= distance:
            yield term


def _chain(chain: Phrase, segment: Segment) -> Set[int]:
    choices = [
        list(segment.terms(chain.field, text)) if number in chain.beginnings else [text]
        for number, (_, text) in enumerate(chain.terms)
    ]
    wanted: Set[int] = _with_any(segment, chain.field, choices[0])
    for terms in choices[1:]:
        if not wanted:
            return wanted
        wanted = wanted & _with_any(segment, chain.field, terms)
    starts = [
        _starts(segment, chain.field, terms, offset, wanted)
        for terms, (offset, _) in zip(choices, chain.terms)
    ]
    stands = _stands_loosely if chain.slop else _stands
    return {at for at in wanted if stands([of_link[at] for of_link in starts], chain.slop)}


def _starts(
    segment: Segment, field: str, terms: Iterable[str], offset: int, wanted: Set[int]
) -> dict[int, set[int]]:
    """Where the chain would begin for the link to be in its place, in each of the documents."""
    found: dict[int, set[int]] = {}
    for term in terms:
        for document, places in segment.places(field, term, wanted).items():
            found.setdefault(document, set()).update([place - offset for place in places])
    return found


def _stands(starts: list[set[int]], _: int) -> bool:
    return bool(set.intersection(*starts))


def _stands_loosely(starts: list[set[int]], slop: int) -> bool:
    """Is there a place for each link, so that they have moved by no more than ``slop`` in all?"""
    moved = dict.fromkeys(starts[0], 0)
    for places in starts[1:]:
        reached = {}
        for place in places:
            least = min(
                (moved[place + by] + abs(by) for by in range(-slop, slop + 1) if place + by in moved),
                default=slop + 1,
            )
            if least <= slop:
                reached[place] = least
        moved = reached
    return bool(moved)
