"""A clause of a plan -> a query of OpenSearch. All of it filters; only the scores of a plan rank."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from searchkit.engine import plan as nodes
from searchkit.engine.base import PlanTooExpensiveError
from searchkit.engine.opensearch.mapping import LONGEST_TERM, path_of, term_of
from searchkit.engine.plan import Boolean, Clause, MatchAll, Phrase, Plan, Term, is_text_field

Query = dict[str, Any]

_EVERYTHING: Query = {"match_all": {}}
_NOTHING: Query = {"match_none": {}}
_MOST_VALUES = 65_000  # the terms of one query; OpenSearch takes 65,536
MOST_CLAUSES = 1000  # OpenSearch takes 1,024 in all of a query


def ranked_query(plan: Plan, *filters: Query) -> Query:
    """What matches and passes the filters, with the sum of its scores."""
    scores: list[Query] = []
    for score in plan.scores:
        match score.node:
            case Term(field, text) if is_text_field(field):
                scores.append({"term": {path_of(field): {"value": term_of(text), "boost": score.weight}}})
            case node:
                scores.append({"constant_score": {"filter": match_query(node), "boost": score.weight}})
    return {"bool": {"filter": [match_query(plan.match), *filters], "should": scores}}


def any_of(path: str, values: Sequence[str]) -> Query:
    """Documents that have one of the values."""
    parts = [
        {"terms": {path: list(values[at : at + _MOST_VALUES])}} for at in range(0, len(values), _MOST_VALUES)
    ]
    return parts[0] if len(parts) == 1 else _either(parts)


def match_query(node: Clause) -> Query:
    """The clause as a query."""
    match node:
        case Term(field, text):
            value = term_of(text) if is_text_field(field) else text
            return {"term": {path_of(field): {"value": value}}}
        case Phrase():
            return _chain(node)
        case nodes.Prefix(field, text) if len(text) > LONGEST_TERM:
            return _NOTHING  # longer ones are digests
        case nodes.Prefix(field, text):
            return {"prefix": {path_of(field): {"value": text}}}
        case nodes.Wildcard(field, pattern):
            return {"wildcard": {path_of(field): {"value": pattern.replace("\\", "\\\\")}}}
        case nodes.Fuzzy(field, text, distance):
            exact = {"value": text, "fuzziness": distance, "rewrite": "constant_score"}
            return {"fuzzy": {path_of(field): exact}}
        case nodes.TermSet(field, values):
            return any_of(path_of(field), values) if values else _NOTHING
        case nodes.Range(field, None, None):
            return {"exists": {"field": path_of(field)}}
        case nodes.Range(field, low, high):
            bounds = {name: bound for name, bound in (("gte", low), ("lt", high)) if bound is not None}
            return {"range": {path_of(field): bounds}}
        case Boolean((child,), _, ()) if not node.minimum:
            return match_query(child)
        case Boolean(must, _, must_not) if not node.minimum:
            filters = [match_query(child) for child in must or (MatchAll(),)]
            return {"bool": {"filter": filters, "must_not": [match_query(child) for child in must_not]}}
        case Boolean((), should, ()) if node.minimum > len(should):
            return _NOTHING
        case Boolean((), should, ()):
            return _either([match_query(child) for child in should], node.minimum)
        case Boolean(must, should, must_not):
            enough = Boolean(should=should, minimum_should_match=node.minimum)
            return match_query(Boolean(must=(*must, enough), must_not=must_not))
        case MatchAll():
            return _EVERYTHING
        case nodes.MatchNone():
            return _NOTHING


def prefix_pattern(text: str) -> str:
    """The regular expression of Lucene for what begins with the text.

    With the brackets OpenSearch 2.19 does not take it for a plain prefix; of one behind which there is
    nothing in the alphabet it makes an error.
    """
    return re.sub(r'[\\.?+*|{}\[\]()"#@&<>~^$-]', r"\\\g<0>", text) + "(.*)"


def _either(parts: list[Query], at_least: int = 1) -> Query:
    return {"bool": {"should": parts, "minimum_should_match": at_least}} if parts else _NOTHING


class Link(NamedTuple):
    """A term of a chain: where it stands, its text, and whether that is only its beginning."""

    at: int
    text: str
    opened: bool


def _chain(chain: Phrase) -> Query:
    links = [
        Link(offset, text, True) if number in chain.beginnings else Link(offset, term_of(text), False)
        for number, (offset, text) in enumerate(chain.terms)
    ]
    if any(link.opened and len(link.text) > LONGEST_TERM for link in links):
        return _NOTHING
    path = path_of(chain.field)
    if not chain.slop:
        return _fixed(path, links)
    ways: list[Query] = []
    for moved in _moves(links, chain.slop):
        if (standing := _standing(moved)) is not None:
            ways.append(_fixed(path, standing))
        if len(ways) * len(links) > MOST_CLAUSES:
            ways_to_stand = f"{len(links)} terms that may move by {chain.slop} can stand in too many ways"
            raise PlanTooExpensiveError(chain, reason=f"for OpenSearch {ways_to_stand}")
    return _either(ways)


def _moves(links: Sequence[Link], slop: int) -> Iterator[list[Link]]:
    """Every way in which the links can stand when they move by no more than ``slop`` in all."""
    first, *others = links
    if not others:
        yield [first]
        return
    for by in range(-slop, slop + 1):
        for tail in _moves([link._replace(at=link.at + by) for link in others], slop - abs(by)):
            yield [first, *tail]


def _standing(links: Sequence[Link]) -> list[Link] | None:
    """The links in the order in which they stand, of those in one place the one that says more; or None."""
    places: dict[int, Link] = {}
    for link in links:
        other = places.setdefault(link.at, link)
        if link.opened and other.text.startswith(link.text):
            continue
        if link != other and not (other.opened and link.text.startswith(other.text)):
            return None
        places[link.at] = link
    return [places[at] for at in sorted(places)]


def _fixed(path: str, links: Sequence[Link]) -> Query:
    """The links at exactly these distances. Lucene's spans know gaps; a phrase would need an analyzer."""
    clauses: list[Query] = []
    behind = links[0].at
    for at, text, opened in links:
        if at > behind:
            clauses.append({"span_gap": {path: at - behind}})
        value = {path: {"value": text}}
        clauses.append({"span_multi": {"match": {"prefix": value}}} if opened else {"span_term": value})
        behind = at + 1
    if len(clauses) == 1:
        return clauses[0]
    return {"span_near": {"clauses": clauses, "slop": 0, "in_order": True}}
