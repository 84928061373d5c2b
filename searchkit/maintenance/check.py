"""checking: an index -> what of it is damaged, in its files and in what they answer."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from searchkit.engine.base import Engine, IndexDocument, Snapshot, id_term
from searchkit.engine.plan import Boolean, Clause, MatchAll, Phrase, Range, Term, TermSet
from searchkit.errors import IndexCorruptError, SearchkitError
from searchkit.indexing.document_builder import build_index_document
from searchkit.indexing.stored_fields import StoredFields
from searchkit.reports import CheckReport, Problem
from searchkit.settings import Settings

__all__ = ["check"]

_SETTINGS = "index.json"
# Engines leave out terms of 64 kB.
_LONGEST_TERM = 10_000


def check(engine: Engine, settings: Settings, *, current: bool) -> CheckReport:
    """What is damaged. ``current`` says whether today's rules analysed it, so that they tell its terms.

    Where a file is not as it was written, the documents are left alone: to read damaged files may take any
    time and memory.
    """
    started = time.perf_counter()
    report = CheckReport(engine.location)
    try:
        report.problems += [Problem(*damage) for damage in engine.damage(settings.fields.for_engine)]
        if not current:
            why = "is another than today's, so some searches may miss; rebuild() mends that"
            report.problems.append(Problem(_SETTINGS, "the analyzer", why))
        elif not report.problems:
            _check_documents(engine.snapshot(), settings, report)
    except IndexCorruptError as error:
        report.problems.append(Problem(engine.location, "the index", str(error)))
    report.took = time.perf_counter() - started
    return report


def _check_documents(snapshot: Snapshot, settings: Settings, report: CheckReport) -> None:
    ids = set()
    for stored in snapshot:
        report.documents += 1
        try:
            document = StoredFields(stored).document
            entry = build_index_document(document, settings)
        except (ValueError, TypeError, KeyError, AttributeError, SearchkitError) as error:
            what = f"document {report.documents}"
            report.problems.append(Problem(report.location, what, f"cannot be read: {error}"))
            continue
        ids.add(entry.id)
        if why := _wrong_with(snapshot, entry, stored):
            report.problems.append(Problem(report.location, f"document {entry.id!r}", why))
    for what, number in (
        ("the number of documents", len(snapshot)),
        ("a search for all documents", snapshot.count(MatchAll())),
        ("the number of ids", len(ids)),
    ):
        if number != report.documents:
            why = f"is {number}, and {report.documents} are stored"
            report.problems.append(Problem(report.location, what, why))


def _wrong_with(snapshot: Snapshot, entry: IndexDocument, stored: str) -> str:
    """Why the document is not found by what it holds, if it is not."""
    if snapshot.stored([entry.id]).get(entry.id) != stored:
        return "its id does not find it"
    its_id = TermSet("id", (id_term(entry.id),))
    if (count := snapshot.count(its_id)) != 1:
        return f"it is counted {count} times"
    asked = dict(_questions(entry))
    if snapshot.count(Boolean(must=(its_id, *asked.values()))) == 1:
        return ""
    # One by one only where something is amiss.
    missing = [what for what, node in asked.items() if snapshot.count(Boolean(must=(its_id, node))) != 1]
    return f"{', '.join(missing) or 'all it holds together'} does not find it"


def _questions(entry: IndexDocument) -> Iterator[tuple[str, Clause]]:
    """What should find the document: of each field the first term, the last and a middle one; all values."""
    for field, joined in entry.terms.items():
        terms = [term for term in joined.split(" ") if term]
        for at in sorted({0, len(terms) // 2, len(terms) - 1}) if terms else ():
            if len(terms[at]) <= _LONGEST_TERM:
                yield f"{field} {terms[at]!r}", Term(field, terms[at])
                if field.endswith("_bigrams") and at and len(terms[at - 1]) <= _LONGEST_TERM:
                    pair = ((0, terms[at - 1]), (1, terms[at]))
                    yield f"{field} '{terms[at - 1]} {terms[at]}'", Phrase(field, pair)
    for field, value in entry.values.items():
        if isinstance(value, int):
            yield f"{field} {value}", Range(field, value, value + 1)
        elif isinstance(value, float):
            yield f"{field} {value}", Range(field, value, math.nextafter(value, math.inf))
        else:
            for label in value:
                yield f"{field} {label!r}", TermSet(field, (label,))
