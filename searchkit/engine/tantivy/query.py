"""A plan -> the query of tantivy."""

from __future__ import annotations

import re

import tantivy
from tantivy import FieldType, Occur, Query

from searchkit.engine import plan as nodes
from searchkit.engine.plan import Boolean, Clause, MatchAll, Phrase, Plan, Term

_WILDCARDS = {"*": ".*", "?": "."}


def match_query(node: Clause, schema: tantivy.Schema) -> Query:
    """The clause as a query of tantivy."""
    match node:
        # Of one value a look at it, not a walk through all there are.
        case Term(field, text) | nodes.TermSet(field, (text,)):
            return Query.term_query(schema, field, text, index_option="basic")
        case Boolean(must, _, must_not) if not node.minimum:
            clauses = [(Occur.Must, match_query(child, schema)) for child in must or (MatchAll(),)]
            return Query.boolean_query(
                clauses + [(Occur.MustNot, match_query(child, schema)) for child in must_not]
            )
        case Boolean((), should, ()) if node.minimum > len(should):
            return Query.empty_query()  # tantivy 0.26 would take all of them for enough
        case Boolean((), should, ()):
            clauses = [(Occur.Should, match_query(child, schema)) for child in should]
            return Query.boolean_query(clauses, minimum_number_should_match=node.minimum)
        case Boolean(must, should, must_not):
            enough = Boolean(should=should, minimum_should_match=node.minimum)
            return match_query(Boolean(must=(*must, enough), must_not=must_not), schema)
        case Phrase(field, terms, slop, beginnings) if beginnings:
            patterns: list[str | tuple[int, str]] = [
                (offset, _escaped(text) + (".*" if i in beginnings else ""))
                for i, (offset, text) in enumerate(terms)
            ]
            return Query.regex_phrase_query(schema, field, patterns, slop)
        case Phrase(field, terms, slop):
            return Query.phrase_query(schema, field, list(terms), slop)
        case nodes.Prefix(field, text):
            return Query.regex_query(schema, field, _escaped(text) + ".*")
        case nodes.Wildcard(field, pattern):
            pieces = re.split(r"([*?])", pattern)
            return Query.regex_query(schema, field, "".join(_WILDCARDS.get(p, _escaped(p)) for p in pieces))
        case nodes.Fuzzy(field, text, distance):
            return Query.fuzzy_term_query(schema, field, text, distance)
        case nodes.TermSet(field, values):
            return Query.term_set_query(schema, field, list(values))
        case nodes.Range(field, None, None):
            return Query.exists_query(field)
        case nodes.Range(field, low, high):
            kind = FieldType.Float if isinstance(low, float) or isinstance(high, float) else FieldType.Integer
            return Query.range_query(schema, field, kind, low, high, include_upper=high is None)
        case MatchAll():
            return Query.all_query()
        case nodes.MatchNone():
            return Query.empty_query()


def ranked_query(plan: Plan, schema: tantivy.Schema) -> Query:
    """What matches, with the sum of its scores."""
    match = Query.const_score_query(match_query(plan.match, schema), 0.0)
    clauses = [(Occur.Must, match)]
    for score in plan.scores:
        if isinstance(term := score.node, Term):
            bm25 = Query.term_query(schema, term.field, term.text, index_option="freq")
            query = Query.boost_query(bm25, score.weight)
        else:
            query = Query.const_score_query(match_query(score.node, schema), score.weight)
        clauses.append((Occur.Should, query))
    return Query.boolean_query(clauses)


def _escaped(text: str) -> str:
    """The text for a regular expression of tantivy, which knows fewer escapes than Python's."""
    return re.sub(r"[\\.+*?()|\[\]{}^$#&~-]", r"\\\g<0>", text)
