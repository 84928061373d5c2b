"""Check: an index -> what of it is damaged, in its files and in its answers."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from searchkit.engine.base import Engine, IndexDocument, Snapshot, id_term
from searchkit.engine.plan import Boolean, Clause, MatchAll, Phrase, Range, Term, TermSet
from searchkit.errors import IndexCorruptError, SearchkitError
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.indexing.process_pool import batches
from searchkit.indexing.stored_fields import StoredFields
from searchkit.reports import CheckReport, Problem
from searchkit.settings import Settings

_SETTINGS = "index.json"
# Engines leave out terms of 64 kB.
_LONGEST_TERM = 10_000
_PAGE = 100


def check(engine: Engine, settings: Settings, *, current: bool) -> CheckReport:
    """What is damaged. ``current``: this version of the analyzer made the terms, so they can be checked.

    Where a file is damaged, the documents are not read: that may take any time and memory.
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
    builder = DocumentBuilder(settings)
    ids: set[str] = set()
    for page in batches(snapshot, _PAGE):
        built = []
        for stored in page:
            report.documents += 1
            try:
                document = builder.build(StoredFields.decode(stored).document)
            except SearchkitError as error:
                what = f"document {report.documents}"
                report.problems.append(Problem(report.location, what, f"cannot be read: {error}"))
            else:
                built.append((document, stored))
        by_id = snapshot.stored([document.id for document, _ in built])
        for document, stored in built:
            ids.add(document.id)
            found = by_id.get(document.id) == stored
            if why := _wrong_with(snapshot, document) if found else "its id does not find it":
                report.problems.append(Problem(report.location, f"document {document.id!r}", why))
    for what, number in (
        ("the number of documents", len(snapshot)),
        ("a search for all documents", snapshot.count(MatchAll())),
        ("the number of ids", len(ids)),
    ):
        if number != report.documents:
            why = f"is {number}, and {report.documents} are stored"
            report.problems.append(Problem(report.location, what, why))


def _wrong_with(snapshot: Snapshot, document: IndexDocument) -> str:
    """Why a search for the terms and values of the document does not find it, or an empty text."""
    its_id = TermSet("id", (id_term(document.id),))
    if (count := snapshot.count(its_id)) != 1:
        return f"it is counted {count} times"
    clauses = dict(_clauses(document))
    if snapshot.count(Boolean(must=(its_id, *clauses.values()))) == 1:
        return ""
    # One by one only where something is wrong.
    missing = [what for what, one in clauses.items() if snapshot.count(Boolean(must=(its_id, one))) != 1]
    return f"{', '.join(missing) or 'all it holds together'} does not find it"


def _clauses(document: IndexDocument) -> Iterator[tuple[str, Clause]]:
    """What should find the document: of each field the first, the last and a middle term; and all values."""
    for field, joined in document.terms.items():
        terms = [term for term in joined.split(" ") if term]
        for at in sorted({0, len(terms) // 2, len(terms) - 1}) if terms else ():
            if len(terms[at]) <= _LONGEST_TERM:
                yield f"{field} {terms[at]!r}", Term(field, terms[at])
                if field.endswith("_bigrams") and at and len(terms[at - 1]) <= _LONGEST_TERM:
                    pair = ((0, terms[at - 1]), (1, terms[at]))
                    yield f"{field} '{terms[at - 1]} {terms[at]}'", Phrase(field, pair)
    for field, value in document.values.items():
        if isinstance(value, int):
            yield f"{field} {value}", Range(field, value, value + 1)
        elif isinstance(value, float):
            yield f"{field} {value}", Range(field, value, math.nextafter(value, math.inf))
        else:
            for label in value:
                yield f"{field} {label!r}", TermSet(field, (label,))
