"""copying: an index -> the same in another place, of any engine.

Its documents are analysed anew and committed some thousand at a time. What was interrupted goes on where it
was: a document that is there already is left alone. A note in the copy says that it is not complete.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice

from searchkit.engine import create_engine, open_engine
from searchkit.engine.base import Engine, Snapshot
from searchkit.errors import IndexExistsError, IndexIncompatibleError, IndexNotFoundError, SearchkitError
from searchkit.indexing.pipeline import made_entries
from searchkit.indexing.stored_fields import StoredFields
from searchkit.reports import CopyReport, Failure
from searchkit.search.options import SearchOptions
from searchkit.search.search import count
from searchkit.settings import Settings

__all__ = ["CopyProgress", "copy"]

_UNFINISHED = "copy"
_OTHER_NOTES = ("sync",)
_PAGE, _COMMIT = 1000, 10_000
_SAMPLE = 20


CopyProgress = Callable[[int, int], None]
"""Is told how many documents are in the copy, of how many."""


def copy(
    source: Engine,
    settings: Settings,
    to: str,
    *,
    timeout: float,
    workers: int | None,
    progress: CopyProgress,
) -> CopyReport:
    """Bring the latest commit of the source to the location.

    Raises `IndexExistsError` where there is an index that is no copy which was interrupted.
    """
    started = time.perf_counter()
    before = source.snapshot()
    with closing(_target(source, settings, to)) as target:
        report = CopyReport(target.location)
        with closing(target.writer(timeout=timeout)) as writer:
            waiting, titles = 0, []
            step = max(1, len(before) // _SAMPLE)
            for page in _pages(before, _PAGE):
                new = _not_there(page, target.snapshot())
                for entry in made_entries((one.document for one in new), settings, workers):
                    if isinstance(entry, Failure):
                        raise SearchkitError(f"{entry.what}: cannot be copied: {entry.reason}")
                    writer.upsert(entry)
                behind = report.copied + report.kept
                titles += [one.document.title for at, one in enumerate(page, behind) if at % step == 0]
                report.copied += len(new)
                report.kept += len(page) - len(new)
                waiting += len(new)
                if waiting >= _COMMIT:
                    writer.commit()
                    waiting = 0
                progress(report.copied + report.kept, len(before))
            for page in _pages(target.snapshot(), _PAGE):
                ids = [one.document.id for one in page]
                for id in set(ids) - before.existing(ids):
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
    try:
        _refuse_others(target, source, settings)
    except BaseException:
        target.close()
        raise
    return target


def _refuse_others(target: Engine, source: Engine, settings: Settings) -> None:
    """Raise where the target is no copy of the source that was interrupted."""
    if target.read_note(_UNFINISHED) != source.location:
        raise IndexExistsError(
            f"{target.location}: there is an index already; only a copy of {source.location} that was "
            "interrupted is gone on with"
        )
    if {**target.read_metadata(), "synonyms": ()} != {**settings.metadata(), "synonyms": ()}:
        raise IndexIncompatibleError(
            f"{target.location}: was begun with other settings than the index has now; remove it first"
        )


def _not_there(page: list[StoredFields], target: Snapshot) -> list[StoredFields]:
    """Those that the copy does not have as they are."""
    there = target.stored([one.document.id for one in page]) if len(target) else {}
    return [
        one
        for one in page
        if (copied := there.get(one.document.id)) is None or StoredFields(copied).fields != one.fields
    ]


def _compare(before: Snapshot, copied: Snapshot, settings: Settings, location: str, titles: list[str]) -> int:
    """Ask both for titles of documents; returns how many queries that were."""
    if len(copied) != len(before):
        raise SearchkitError(f"{location}: the copy has {len(copied)} documents, and not {len(before)}")
    asked = list(filter(None, titles))
    for title in asked:
        for options in (SearchOptions(lenient=True), SearchOptions(match="any", lenient=True)):
            totals = [count(title, options, one, settings) for one in (before, copied)]
            if totals[0] != totals[1]:
                raise SearchkitError(
                    f"{location}: the copy finds {totals[1]} documents for {title!r}, and not {totals[0]}"
                )
    return 2 * len(asked)


def _pages(stored: Iterable[str], size: int) -> Iterator[list[StoredFields]]:
    iterator = iter(stored)
    while page := [StoredFields(one) for one in islice(iterator, size)]:
        yield page
