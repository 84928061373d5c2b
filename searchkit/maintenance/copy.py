"""Copy: an index -> the same documents in an index at another location, of any engine.

They are analysed anew and committed some thousand at a time. An interrupted copy can be continued: documents
that it has already are left alone. A note in the copy says that it is not complete.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, closing

from searchkit.document import Document
from searchkit.engine import create_engine, open_engine
from searchkit.engine.base import Engine, Snapshot
from searchkit.errors import IndexExistsError, IndexIncompatibleError, IndexNotFoundError, SearchkitError
from searchkit.indexing.pipeline import build_all
from searchkit.indexing.process_pool import batches
from searchkit.indexing.stored_fields import StoredFields
from searchkit.reports import CopyReport, Failure
from searchkit.searching.options import SearchOptions
from searchkit.searching.search import count
from searchkit.settings import Settings

_UNFINISHED = "copy"
_OTHER_NOTES = ("sync",)
_PAGE, _COMMIT = 1000, 10_000
_SAMPLE = 20

CopyProgress = Callable[[int, int], None]
"""Called with the number of documents in the copy so far, and of all."""


def copy(
    source: Engine, settings: Settings, to: str, timeout: float, workers: int | None, progress: CopyProgress
) -> CopyReport:
    """Copy the latest commit of the source to the location.

    Raises `IndexExistsError` where there is an index, unless it is an interrupted copy of this source.
    """
    started = time.perf_counter()
    before = source.snapshot()
    with closing(_target(source, settings, to)) as target:
        report = CopyReport(target.location)
        with closing(target.writer(timeout=timeout)) as writer:
            uncommitted, titles = 0, []
            step = max(1, len(before) // _SAMPLE)
            for page in batches(before, _PAGE):
                documents = [StoredFields.decode(stored).document for stored in page]
                new = _missing(documents, target.snapshot())
                for built in build_all(new, settings, workers):
                    if isinstance(built, Failure):
                        raise SearchkitError(f"{built.what}: cannot be copied: {built.reason}")
                    writer.upsert(built)
                done = report.copied + report.kept
                titles += [one.title for number, one in enumerate(documents, done) if number % step == 0]
                report.copied += len(new)
                report.kept += len(page) - len(new)
                uncommitted += len(new)
                if uncommitted >= _COMMIT:
                    writer.commit()
                    uncommitted = 0
                progress(report.copied + report.kept, len(before))
            for page in batches(target.snapshot(), _PAGE):
                ids = {StoredFields.decode(stored).id for stored in page}
                for id in ids - before.existing(ids):
                    writer.delete(id)  # the source had it when the copy was begun
                    report.removed += 1
            writer.commit()
        report.queries = _compare(before, target.snapshot(), settings, target.location, titles)
        for name in _OTHER_NOTES:
            if (note := source.read_note(name)) is not None:
                target.write_note(name, note)
        target.write_note(_UNFINISHED, "")
    report.took = time.perf_counter() - started
    return report


def _target(source: Engine, settings: Settings, to: str) -> Engine:
    """A new index, or the copy that was interrupted."""
    try:
        target = open_engine(to)
    except IndexNotFoundError:
        target = create_engine(to, settings.metadata(), settings.fields.for_engine)
        target.write_note(_UNFINISHED, source.location)
        return target
    with ExitStack() as on_error:
        on_error.callback(target.close)
        if target.read_note(_UNFINISHED) != source.location:
            raise IndexExistsError(
                f"{target.location}: there is an index already; only a copy of {source.location} that was "
                "interrupted is gone on with"
            )
        if {**target.read_metadata(), "synonyms": ()} != {**settings.metadata(), "synonyms": ()}:
            raise IndexIncompatibleError(
                f"{target.location}: was begun with other settings than the index has now; remove it first"
            )
        on_error.pop_all()
    return target


def _missing(documents: list[Document], target: Snapshot) -> list[Document]:
    """The documents that the copy does not have, or has with other fields."""
    copied = target.stored([one.id for one in documents]) if len(target) else {}
    return [
        one
        for one in documents
        if one.id not in copied or StoredFields.decode(copied[one.id]).document != one
    ]


def _compare(before: Snapshot, copied: Snapshot, settings: Settings, location: str, titles: list[str]) -> int:
    """Search both for titles of documents; returns how many searches had the same total."""
    if len(copied) != len(before):
        raise SearchkitError(f"{location}: the copy has {len(copied)} documents, and not {len(before)}")
    queries = list(filter(None, titles))
    for query in queries:
        for options in (SearchOptions(lenient=True), SearchOptions(match="any", lenient=True)):
            totals = [count(query, options, one, settings) for one in (before, copied)]
            if totals[0] != totals[1]:
                raise SearchkitError(
                    f"{location}: the copy finds {totals[1]} documents for {query!r}, and not {totals[0]}"
                )
    return 2 * len(queries)
