"""Check: an index -> what of it is damaged, in its files and in its answers.

Its documents are analysed anew, by the process pool, and threads search for each of them, as an engine's
searches release the interpreter lock.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

from searchkit.engine.base import Engine, IndexDocument, Snapshot, id_term
from searchkit.engine.plan import Boolean, Clause, MatchAll, Phrase, Range, Term, TermSet
from searchkit.errors import IndexCorruptError, SearchkitError
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.indexing.process_pool import batches, results
from searchkit.indexing.stored_fields import StoredFields
from searchkit.reports import CheckReport, Problem
from searchkit.settings import Settings

_SETTINGS = "index.json"
# Engines leave out terms of 64 kB.
_LONGEST_TERM = 10_000
_PAGE = 100
_THREADS = 2
_AHEAD = 2 * _THREADS  # pages
_TERMS = 3
"""How many terms of a field of text should find a document."""
_VALUES = 8
"""How many values of a field: all of most, some of the hashes of a text and of the words for suggestions."""
_SAMPLE = 500
"""How many documents a quick check searches for."""

CheckProgress = Callable[[int, int], None]
"""Called with the number of documents checked so far, and of all."""
_Item = TypeVar("_Item")


def check(
    engine: Engine,
    settings: Settings,
    *,
    current: bool,
    quick: bool = False,
    workers: int | None = None,
    progress: CheckProgress | None = None,
) -> CheckReport:
    """What is damaged. ``current``: this version of the analyzer made the terms, so they can be checked.

    ``quick`` looks at the ends of large files, reads every document, and searches for some. Where a file is
    damaged, the documents are not read: that may take any time and memory.
    """
    started = time.perf_counter()
    report = CheckReport(engine.location)
    try:
        report.problems += [Problem(*one) for one in engine.damage(settings.fields.for_engine, quick=quick)]
        if not current:
            why = "is another than today's, so some searches may miss; rebuild() mends that"
            report.problems.append(Problem(_SETTINGS, "the analyzer", why))
        elif not report.problems:
            snapshot = engine.snapshot()
            step = max(1, len(snapshot) // _SAMPLE) if quick else 1
            examined = _Examined(snapshot, settings, step, 1 if quick else workers)
            _check_documents(snapshot, examined, report, progress or (lambda *_: None))
    except IndexCorruptError as error:
        report.problems.append(Problem(engine.location, "the index", str(error)))
    report.took = time.perf_counter() - started
    return report


class _Document(NamedTuple):
    """What should find a document."""

    id: str
    clauses: tuple[Clause, ...]


class _Examined:
    """Every stored document, with what should find it or why it cannot be read; of those in between two of a
    sample None stands for that."""

    def __init__(self, snapshot: Snapshot, settings: Settings, step: int, workers: int | None) -> None:
        self._snapshot = snapshot
        self._step = step
        self._under_way: deque[bytes] = deque()
        self._results: Iterator[_Document | str] = results(self._work(), settings, workers)

    def _work(self) -> Iterator[partial[_Document | str] | _Document | str]:
        for number, stored in enumerate(self._snapshot):
            self._under_way.append(stored)
            yield partial(_examine, stored, number % self._step == 0)

    def __iter__(self) -> Iterator[tuple[_Document | str, bytes]]:
        for result in self._results:
            yield result, self._under_way.popleft()


def _examine(stored: bytes, in_sample: bool, builder: DocumentBuilder) -> _Document | str:
    """What should find the stored document, or why it cannot be read."""
    try:
        fields = StoredFields.decode(stored)
        if not in_sample:
            _ = fields.body
            return _Document(fields.id, ())
        document = builder.build(fields.document)
    except SearchkitError as error:
        return str(error)
    return _Document(document.id, tuple(dict.fromkeys(_clauses(document))))


def _check_documents(
    snapshot: Snapshot, examined: _Examined, report: CheckReport, progress: CheckProgress
) -> None:
    ids: set[str] = set()
    total = len(snapshot)
    under_way: deque[Future[list[Problem]]] = deque()
    with ThreadPoolExecutor(_THREADS, "searchkit") as threads:
        for page in batches(examined, _PAGE):
            readable = []
            for document, stored in page:
                report.documents += 1
                if isinstance(document, str):
                    what = f"document {report.documents}"
                    report.problems.append(Problem(report.location, what, f"cannot be read: {document}"))
                else:
                    ids.add(document.id)
                    if document.clauses:
                        readable.append((document, stored))
            under_way.append(threads.submit(_problems, snapshot, readable, report.location))
            if len(under_way) > _AHEAD:
                report.problems += under_way.popleft().result()
                progress(report.documents - len(under_way) * _PAGE, total)
        for future in under_way:
            report.problems += future.result()
    progress(report.documents, total)
    for what, number in (
        ("the number of documents", total),
        ("a search for all documents", snapshot.count(MatchAll())),
        ("the number of ids", len(ids)),
    ):
        if number != report.documents:
            why = f"is {number}, and {report.documents} are stored"
            report.problems.append(Problem(report.location, what, why))


def _problems(
    snapshot: Snapshot, documents: Sequence[tuple[_Document, bytes]], location: str
) -> list[Problem]:
    """Those of the documents that are not found by their id, or by what they hold."""
    by_id = snapshot.stored([document.id for document, _ in documents])
    problems = []
    for document, stored in documents:
        found = by_id.get(document.id) == stored
        if why := _wrong_with(snapshot, document) if found else "its id does not find it":
            problems.append(Problem(location, f"document {document.id!r}", why))
    return problems


def _wrong_with(snapshot: Snapshot, document: _Document) -> str:
    """Why a search for the terms and values of the document does not find it, or an empty text."""
    its_id = TermSet("id", (id_term(document.id),))
    if (count := snapshot.count(its_id)) != 1:
        return f"it is counted {count} times"
    if snapshot.count(Boolean(must=(its_id, *document.clauses))) == 1:
        return ""
    # One by one only where something is wrong.
    missing = [
        _shown(clause) for clause in document.clauses if snapshot.count(Boolean(must=(its_id, clause))) != 1
    ]
    return f"{', '.join(missing) or 'all it holds together'} does not find it"


def _clauses(document: IndexDocument) -> Iterator[Clause]:
    """What should find the document: some terms of each field of text, neighbours where it has places, and
    values."""
    for field, joined in document.terms.items():
        terms = list(filter(None, joined.split(" ")))
        for at in _spread(range(len(terms)), _TERMS):
            if len(terms[at]) > _LONGEST_TERM:
                continue
            if field.endswith("_bigrams") and at and len(terms[at - 1]) <= _LONGEST_TERM:
                yield Phrase(field, ((0, terms[at - 1]), (1, terms[at])))
            else:
                yield Term(field, terms[at])
    for field, value in document.values.items():
        if isinstance(value, int):
            yield Range(field, value, value + 1)
        elif isinstance(value, float):
            yield Range(field, value, math.nextafter(value, math.inf))
        else:
            for label in _spread(value, _VALUES):
                yield TermSet(field, (label,))


def _spread(items: Sequence[_Item], most: int) -> Sequence[_Item]:
    """The first, the last and others in equal distances."""
    behind = len(items) - 1
    return items if behind < most else [items[behind * at // (most - 1)] for at in range(most)]


def _shown(clause: Clause) -> str:
    match clause:
        case Term(field, text) | TermSet(field, (text,)):
            return f"{field} {text!r}"
        case Phrase(field, terms):
            return f"{field} {' '.join(text for _, text in terms)!r}"
        case Range(field, low, _):
            return f"{field} {low}"
    return repr(clause)
