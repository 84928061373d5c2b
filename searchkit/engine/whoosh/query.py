"""A plan -> a query of Whoosh.

Where Whoosh answers otherwise there is a query here. Its `Phrase` knows no distances, and counts slop for
each pair of neighbours; its `Or` does not count matches; its `AndNot` misses what comes before the first
match, and its `Not` goes wrong behind deleted documents; its `FuzzyTerm` takes two swapped letters for two
changes.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import filterfalse
from math import inf, nextafter

from whoosh import matching, query
from whoosh.query.compound import DefaultOr, PreloadedOr
from whoosh.reading import IndexReader
from whoosh.searching import SearchContext, Searcher
from whoosh.util import make_binary_tree

from searchkit.engine import plan
from searchkit.engine.whoosh.schema import VALUES

_MOST_NESTED = 100  # clauses of one And: Whoosh puts them into one another


def match_query(node: plan.Clause) -> query.Query:
    """The clause as a query of Whoosh; its scores mean nothing."""
    match node:
        case plan.Term(field, text):
            return query.Term(field, text)
        case plan.Phrase():
            return _Found(partial(_passages, node))
        case plan.Prefix(field, text):
            return query.Prefix(field, text)
        case plan.Wildcard(field, pattern):
            return query.Wildcard(field, pattern.replace("[", "[[]"))  # to Whoosh it begins a set of letters
        case plan.Fuzzy():
            return _Found(partial(_similar, node))
        case plan.TermSet(field, values):
            return PreloadedOr([query.Term(field, value) for value in values])
        case plan.Range(field, low, high):
            return _between(field, low, high)
        case plan.Boolean():
            return _boolean(node)
        case plan.MatchAll():
            return query.Every()
        case plan.MatchNone():
            return query.NullQuery


def ranked_query(wanted: plan.Plan) -> query.Query:
    """What matches, with the sum of its scores."""
    match = _Found(match_query(wanted.match).docs, 0.0)
    scores = [
        query.Term(score.node.field, score.node.text, boost=score.weight)
        if isinstance(score.node, plan.Term)
        else _Found(match_query(score.node).docs, score.weight)
        for score in wanted.scores
    ]
    return query.AndMaybe(match, DefaultOr(scores)) if scores else match


def _boolean(node: plan.Boolean) -> query.Query:
    must = [match_query(child) for child in node.must]
    should = [match_query(child) for child in node.should]
    if node.minimum == 1 and should:
        must.append(PreloadedOr(should))
    elif node.minimum:
        must.append(_Found(partial(_often, should, node.minimum)))
    wanted = query.And(must or [query.Every()])
    if len(must) > _MOST_NESTED:
        wanted = _Found(partial(_often, must, len(must)))
    if not node.must_not:
        return wanted
    return _Found(partial(_without, PreloadedOr([match_query(child) for child in node.must_not]), wanted))


def _between(field: str, low: float | None, high: float | None) -> query.Query:
    if low is None and high is None:
        return _Found(partial(_having, field))
    if high is None:
        return query.NumericRange(field, low, None)
    # Both bounds of a range of Whoosh are in it, and it cannot end below the least number.
    is_float = isinstance(high, float)
    last, least = (nextafter(high, -inf), nextafter(-inf, 0)) if is_float else (high - 1, -(2**63))
    return query.NullQuery if last < (least if low is None else low) else query.NumericRange(field, low, last)


def _often(some: Iterable[query.Query], least: int, searcher: Searcher) -> list[int]:
    counted = Counter(number for one in some for number in one.docs(searcher))
    return sorted(number for number, count in counted.items() if count >= least)


def _without(unwanted: query.Query, wanted: query.Query, searcher: Searcher) -> Iterator[int]:
    return filterfalse(frozenset(unwanted.docs(searcher)).__contains__, wanted.docs(searcher))


def _having(field: str, searcher: Searcher) -> Iterator[int]:
    reader = searcher.reader()
    if reader.doc_count():  # an empty index has no columns
        values = reader.column_reader(field + VALUES, translate=False)
        yield from (number for number in reader.all_doc_ids() if values[number])


def _similar(node: plan.Fuzzy, searcher: Searcher) -> Iterator[int]:
    terms = IndexReader.terms_within(searcher.reader(), node.field, node.text, node.distance)
    yield from PreloadedOr([query.Term(node.field, term) for term in terms]).docs(searcher)


class _Found(query.Query):  # type: ignore[misc]
    """Documents that are found at once, with one score: like `ConstantScoreQuery`, where that is never 0."""

    def __init__(self, find: Callable[[Searcher], Iterable[int]], score: float = 1.0) -> None:
        self._find = find
        self._score = score

    def estimate_size(self, ixreader: IndexReader) -> int:
        return int(ixreader.doc_count())

    def matcher(self, searcher: Searcher, context: SearchContext | None = None) -> matching.Matcher:  # noqa: ARG002
        ids = array("I", self._find(searcher))
        return matching.ListMatcher(ids, weights=array("d", [self._score]) * len(ids))


def _passages(node: plan.Phrase, searcher: Searcher) -> Iterator[int]:
    """Documents that have the terms at these distances, moved by no more than the slop in all."""
    reader, context, links = searcher.reader(), searcher.context(weighting=None), []
    for number, (offset, text) in enumerate(node.terms):
        terms = reader.expand_prefix(node.field, text) if number in node.beginnings else [text]
        one = DefaultOr([query.Term(node.field, term) for term in terms])  # other unions know no positions
        links.append((offset, one.matcher(searcher, context)))
    near = range(-node.slop, node.slop + 1)
    of_all = make_binary_tree(matching.IntersectionMatcher, [matcher for _, matcher in links])
    while of_all.is_active():
        moved: dict[int, float] | None = None
        for offset, matcher in links:
            starts = [span.start - offset for span in matcher.spans()]
            if moved is None:
                moved = dict.fromkeys(starts, 0)
            else:
                least = {at: min(moved.get(at + by, inf) + abs(by) for by in near) for at in starts}
                moved = {at: by for at, by in least.items() if by <= node.slop}
        if moved:
            yield of_all.id()
        of_all.next()
