"""Sync: folders and their manifests -> an index that has the documents of the folders.

The records of the manifests alone tell which document an id means, by the rules of `read_articles`. An
unchanged file is read only when it has the document of an id, and the index has another one.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from searchkit.articles import Articles
from searchkit.articles.file_reader import FileDocument, read_file
from searchkit.articles.folder import Selection
from searchkit.articles.readers import ReadOptions
from searchkit.engine.base import Engine, EngineWriter, IndexDocument
from searchkit.indexing import manifest as notes
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.indexing.manifest import TO_BE_READ, DocumentRecord, FileRecord, Manifest
from searchkit.indexing.pipeline import Outcome, build, file_work
from searchkit.indexing.process_pool import AT_ONCE, batches, results
from searchkit.indexing.scan import Root
from searchkit.reports import Failure, SyncProgress, SyncReport
from searchkit.settings import Settings
from searchkit.text import path_text

_MOST_BYTES = 4_000_000
"""The most stored fields that wait until their ids are asked for: of large documents, fewer wait."""


class _Former(NamedTuple):
    """What the manifest knew of a file that is gone, or is read anew."""

    root: Root
    name: str
    file: FileRecord


class _Winner(NamedTuple):
    """The document that an id means, and the file that has it."""

    record: DocumentRecord
    root: Root
    name: str


def sync(
    paths: Sequence[str | os.PathLike[str]],
    engine: Engine,
    writer: EngineWriter,
    settings: Settings,
    *,
    options: ReadOptions,
    selection: Selection,
    delete: bool | Callable[[Path], bool],
    workers: int | None,
    progress: Callable[[SyncProgress], None],
) -> SyncReport:
    """Index what is new or has changed in the paths, and delete what is gone from them.

    Of two documents with one id, that of the later path counts.

    All changes are one commit, and without changes there is none. The manifest is written twice: before the
    commit with the old and the new records of all files that were read, as files that are to be read. So if
    this process ends at any point, the next sync knows which documents came from the folder.
    """
    manifests = notes.read_manifests(engine)
    roots = {}
    for path in paths:
        name = os.path.abspath(path_text(path))  # noqa: PTH100  (a folder that is moved behind a link stays the same)
        articles = Articles(path, options, selection)  # raises where there is nothing
        may_delete = delete(articles.path) if callable(delete) else delete
        roots[name] = Root(articles, manifests.setdefault(name, Manifest()), delete=may_delete)
    return _Sync(list(roots.values()), manifests, engine, writer, settings, progress).run(workers)


@dataclass(eq=False)
class _Sync:
    """One sync under way."""

    roots: list[Root]
    manifests: dict[str, Manifest]
    engine: Engine
    writer: EngineWriter
    settings: Settings
    progress: Callable[[SyncProgress], None]

    def __post_init__(self) -> None:
        self._snapshot = self.engine.snapshot()
        self._was_empty = len(self._snapshot) == 0
        self._before: dict[str, str | None] = {}  # what the index had when the sync began: id -> digest
        self._former: list[_Former] = []
        self._had_documents: set[tuple[Root, str]] = set()  # files
        self._ours: dict[str, set[str]] = {}  # each id that may change -> digests of what the paths gave
        self._deletable: set[str] = set()  # ids to delete when no file has them
        self._latest: dict[tuple[Root, str], DocumentRecord] = {}  # by root and id, of the files read so far
        self._pending: list[tuple[IndexDocument, DocumentRecord]] = []
        self._pending_bytes = 0
        self._indexed: dict[str, str] = {}  # what this sync indexed: id -> digest
        self._files = self._files_read = 0

    def run(self, workers: int | None) -> SyncReport:
        """Read what is new or has changed, and commit the difference."""
        waiting = [(root, name) for root in self.roots for name in root.scan()]
        for root in self.roots:
            self._former += [_Former(root, name, file) for name, file in root.take_gone()]
            self._consider(root, {id: {digest} for id, digest in root.manifest.kept.items()})
        for root, name in waiting:
            self._former.append(_Former(root, name, root.manifest.files.get(name, FileRecord())))
        for root, _, old in self._former:
            self._consider(root, old.digests())
        self._load(self._ours)
        self._had_documents = {(root, name) for root, name, old in self._former if old.documents}
        self._read(waiting, workers)
        for root, name, old in self._former:
            if now := root.manifest.files.get(name):
                if now.failures:  # what else is in the file is unknown: what the index has of it stays
                    now.documents |= {
                        id: [record]
                        for id, records in old.documents.items()
                        for record in records
                        if id not in now.documents and record.digest == self._before[id]
                    }
                self._consider(root, now.digests())
        winners = self._settle()
        gone = self._without_winner(winners)
        deleted = [id for id in gone if id in self._deletable]
        report = self._report(winners, deleted)
        self._commit(gone, deleted)
        return report

    def _consider(self, root: Root, digests: Mapping[str, set[str]]) -> None:
        for id, of_id in digests.items():
            self._ours.setdefault(id, set()).update(of_id)
        if root.delete:
            self._deletable.update(digests)

    def _load(self, ids: Iterable[str]) -> None:
        """Ask what the index had under these ids, many in one request."""
        for batch in batches(id for id in dict.fromkeys(ids) if id not in self._before):
            stored = {} if self._was_empty else self._snapshot.stored(batch)
            for id in batch:
                self._before[id] = notes.digest_of(stored[id]) if id in stored else None

    # -- reading

    def _read(self, waiting: Sequence[tuple[Root, str]], workers: int | None) -> None:
        under_way: deque[tuple[Root, str]] = deque()

        def work() -> Iterator[partial[list[Outcome]] | list[Outcome]]:
            for root, name in waiting:
                self._files_read += 1
                self._tell()
                root.new_record(name)
                for each in file_work(os.fspath(root.path_of(name)), root.manifest.options):
                    under_way.append((root, name))
                    yield each

        self._files = len(waiting)
        self._tell()
        done: Iterator[list[Outcome]] = results(work(), self.settings, workers)
        for outcomes in done:
            root, name = under_way.popleft()
            for outcome in outcomes:
                self._record(root, name, outcome)
        self._index_pending()

    def _record(self, root: Root, name: str, outcome: Outcome) -> None:
        document = outcome.result
        if outcome.has_no_article and name and (root, name) not in self._had_documents:
            root.manifest.files[name].has_no_article = True
            return
        if isinstance(document, Failure):
            root.add_failure(name, outcome.place, document.reason)
            return
        record = DocumentRecord.of(document)
        root.manifest.files[name].documents.setdefault(document.id, []).append(record)
        latest = self._latest.get((root, document.id))
        if latest is None or latest.is_replaced_by(record):
            self._latest[root, document.id] = record
            self._pending.append((document, record))
            self._pending_bytes += len(document.stored)
            if len(self._pending) >= AT_ONCE or self._pending_bytes > _MOST_BYTES:
                self._index_pending()

    def _index_pending(self) -> None:
        """Index what the index does not have, as far as can be told before all is read."""
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        self._load(document.id for document, _ in pending)
        for document, record in pending:
            self._index_unless_there(document, record)

    def _index_unless_there(self, document: IndexDocument, record: DocumentRecord) -> None:
        if self._now(document.id) != record.digest:
            self.writer.upsert(document)
            self._indexed[document.id] = record.digest
            self._tell()

    def _tell(self, *, committing: bool = False) -> None:
        self.progress(SyncProgress(self._files_read, self._files, len(self._indexed), committing))

    def _now(self, id: str) -> str | None:
        """The digest of the document that the index would have after a commit now."""
        return self._indexed.get(id) or self._before[id]

    # -- which document an id means

    def _settle(self) -> dict[str, _Winner]:
        """Read files again whose documents come back, until the index has what the records say."""
        while True:
            winners = self._winners()
            missing: dict[tuple[Root, str], dict[str, DocumentRecord]] = {}
            for id in self._ours:
                winner = winners.get(id)
                if winner and self._now(id) != winner.record.digest:
                    missing.setdefault((winner.root, winner.name), {})[id] = winner.record
            if not missing:
                return winners
            for (root, name), wanted in missing.items():
                self._read_again(root, name, wanted)

    def _winners(self) -> dict[str, _Winner]:
        winners: dict[str, _Winner] = {}
        for root in self.roots:
            in_reading_order = sorted(root.manifest.files.items(), key=lambda item: Path(item[0]).parts)
            for name, file in in_reading_order:
                for id, records in file.documents.items():
                    for record in records:
                        other = winners.get(id)
                        if other is None or other.root is not root or other.record.is_replaced_by(record):
                            winners[id] = _Winner(record, root, name)
        return winners

    def _read_again(self, root: Root, name: str, wanted: dict[str, DocumentRecord]) -> None:
        builder = DocumentBuilder(self.settings)
        for found in read_file(root.path_of(name), root.manifest.options):
            if isinstance(found, FileDocument) and found.document.id in wanted:
                document = build(found.document, builder)
                if isinstance(document, IndexDocument) and DocumentRecord.of(document) == wanted[document.id]:
                    self._index_unless_there(document, wanted.pop(document.id))
        file = root.manifest.files[name]
        for id, record in wanted.items():  # the file has changed just now, or cannot be read any longer
            file.size = TO_BE_READ
            file.documents[id].remove(record)
            if not file.documents[id]:
                del file.documents[id]

    def _without_winner(self, winners: dict[str, _Winner]) -> list[str]:
        """The ids of documents that came from the paths and are in no file any longer."""
        gone = [
            id
            for id, digests in self._ours.items()
            if id not in winners and (id in self._indexed or self._before[id] in digests)
        ]
        ours = [root.manifest for root in self.roots]
        others = [each for each in self.manifests.values() if all(each is not one for one in ours)]
        elsewhere: set[str] = set()
        for file in [file for manifest in others for file in manifest.files.values()] if gone else ():
            if found := [id for id in gone if id in file.documents]:
                elsewhere.update(found)
                file.size = TO_BE_READ  # it may have other documents with these ids
        return [id for id in gone if id not in elsewhere]

    # -- the end

    def _report(self, winners: dict[str, _Winner], deleted: Sequence[str]) -> SyncReport:
        before = [self._before[id] for id in self._indexed]
        added = before.count(None)
        updated = sum(was not in (None, now) for was, now in zip(before, self._indexed.values()))
        files = [file for root in self.roots for file in root.manifest.files.values()]
        return SyncReport(
            added=added,
            updated=updated,
            deleted=sum(self._before[id] is not None for id in deleted),
            unchanged=len(winners) - added - updated,
            replaced=sum(len(each) for file in files for each in file.documents.values()) - len(winners),
            failures=[failure for root in self.roots for failure in root.failures()],
            skipped=sum((root.skipped() for root in self.roots), Counter()),
        )

    def _commit(self, gone: Sequence[str], deleted: Sequence[str]) -> None:
        """Commit the changes, and write the manifests where they have changed."""
        if self._indexed or deleted:
            self._write_old_and_new_records()
            for id in deleted:
                self.writer.delete(id)
            self._tell(committing=True)
            self.writer.commit()
        changed = bool(self._former or self._indexed or deleted)
        for root in self.roots:
            had = {id for each in self._former if each.root is root for id in each.file.documents}
            had.update(root.manifest.kept)
            kept = {id: self._now(id) or "" for id in gone if id in had and id not in self._deletable}
            changed = changed or root.has_new_times or kept != root.manifest.kept
            root.manifest.kept = kept
        if changed:
            notes.write_manifests(self.engine, self.manifests)

    def _write_old_and_new_records(self) -> None:
        """Write the manifests with both records of each file that was read or is gone."""
        new = [root.manifest.files for root in self.roots]
        for root in self.roots:
            root.manifest.files = {**root.manifest.files}
        for root, name, old in self._former:
            both = FileRecord(documents={**old.documents})
            if file := root.manifest.files.get(name):
                for id, records in file.documents.items():
                    both.documents[id] = [*both.documents.get(id, ()), *records]
            root.manifest.files[name] = both
        notes.write_manifests(self.engine, self.manifests)
        for root, files in zip(self.roots, new):
            root.manifest.files = files
