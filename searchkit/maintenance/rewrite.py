"""Rewrite: an index -> the same documents, analysed anew or in fewer segments."""

from __future__ import annotations

from itertools import islice

from searchkit.engine.base import Engine, EngineWriter
from searchkit.errors import SearchkitError
from searchkit.indexing.stored_fields import StoredFields
from searchkit.indexing.writer import BatchWriter
from searchkit.settings import Settings


def require_room(engine: Engine, what: str, *, rewritten: bool) -> None:
    """Raise `SearchkitError`, with the numbers of bytes, where the disk has too little room."""
    room = engine.room(rewritten=rewritten)
    if room and room[0] > room[1]:
        raise SearchkitError(
            f"{engine.location}: {what} needs at least {room[0]:,} bytes of free disk, and there "
            f"are {room[1]:,}; make room, or copy_to() a place with more; nothing was changed"
        )


def merge(engine: Engine, settings: Settings, engine_writer: EngineWriter) -> int:
    """Merge the segments, by a writer with ``force_merge``; returns how many documents there are."""
    before = engine.snapshot()
    writer = BatchWriter(settings, engine_writer, before)
    writer.add_all(StoredFields.decode(stored).document for stored in islice(before, engine_writer.repeats))
    engine_writer.commit()
    return len(before)


def rewrite(engine: Engine, settings: Settings, engine_writer: EngineWriter) -> int:
    """Analyse all stored documents anew, in one commit; returns how many.

    Raises `SearchkitError`, and changes nothing, where one of them cannot be indexed.
    """
    engine_writer.delete_all()
    writer = BatchWriter(settings, engine_writer, engine.snapshot())
    writer.add_all(StoredFields.decode(stored).document for stored in engine.snapshot())
    report = writer.report
    if report.failures:  # what is committed here takes the place of all that there is
        failure = report.failures[0]
        why = f"document {failure.what!r}: {failure.reason}; nothing is changed"
        raise SearchkitError(f"{engine.location}: {why}")
    engine_writer.commit()
    # The synonyms are no part of the analysis, and another process may have changed them since.
    synonyms = engine.read_metadata()["synonyms"]
    engine.write_metadata({**settings.metadata(), "synonyms": synonyms})
    return report.added + report.updated
