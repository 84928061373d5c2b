"""one_sync: folders and what the manifest knows of them -> an index in step with them.

Which document an id means is told by the claims alone, by the rules of `read_articles`; a file is
read again only when its claim holds and the index has something else.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from searchkit.articles import Articles
from searchkit.articles.file_reader import FileDocument, printable, read_file, why_not_read
from searchkit.articles.reader import UnreadableFolderError, files_of
from searchkit.engine.base import Engine, EngineWriter, IndexDocument, Snapshot
from searchkit.errors import ArticleError
from searchkit.indexing.manifest import (
    TO_BE_READ,
    Claim,
    File,
    Manifest,
    digest_of,
    digest_of_file,
    read_manifests,
    write_manifests,
)
from searchkit.indexing.pipeline import FileRead, made, reading_tasks
from searchkit.indexing.process_pool import Task, results
from searchkit.indexing.stored_fields import StoredFields
from searchkit.reports import Failure, SyncProgress, SyncReport
from searchkit.settings import Settings

__all__ = ["sync"]

_THIS_FILE = "\0"
"""Begins what a failure is about when that is a place in the file: its path depends on who asks."""


class _Root(NamedTuple):
    """A folder or file that is synced."""

    path: Path
    manifest: Manifest
    delete: bool

    def path_of(self, key: str) -> Path:
        return self.path / key if key else self.path


class _Former(NamedTuple):
    """What the manifest knew of a file that has changed or is gone."""

    root: _Root
    key: str
    file: File


class _UnderWay(NamedTuple):
    """A file, or a line of one, that is being read."""

    root: int
    name: str
    file: File


class _Winner(NamedTuple):
    """Whose document is the one that its id means."""

    claim: Claim
    root: int
    key: str


def sync(
    paths: Sequence[str | os.PathLike[str]],
    engine: Engine,
    writer: EngineWriter,
    settings: Settings,
    *,
    encoding: str | None,
    delete: bool | Callable[[Path], bool],
    workers: int | None,
    progress: Callable[[SyncProgress], None],
) -> SyncReport:
    """Bring the index in step with the paths; of two with one id, the later path has it.

    All changes are one commit, and there is none without changes. The manifest is written twice: before the
    commit it says of each file in question that it is to be read again, with what it held and what it holds,
    so that wherever this process ends, the next sync knows which documents are the folder's.
    """
    manifests = read_manifests(engine)
    roots = {}
    for path in paths:
        name = os.path.abspath(path)  # noqa: PTH100  (a folder that is moved behind a link stays the same)
        root = Articles(path, encoding=encoding).path  # raises for what is not there
        manifest = manifests.setdefault(name, Manifest())
        if manifest.encoding != encoding:
            manifest.encoding = encoding
            for file in manifest.files.values():
                file.size = TO_BE_READ
        roots[name] = _Root(root, manifest, delete(root) if callable(delete) else delete)
    others = [manifest for name, manifest in manifests.items() if name not in roots]
    return _Sync(list(roots.values()), others, manifests, engine, writer, settings, workers, progress).run()


class _Sync:
    """One sync under way."""

    def __init__(
        self,
        roots: list[_Root],
        others: list[Manifest],
        manifests: dict[str, Manifest],
        engine: Engine,
        writer: EngineWriter,
        settings: Settings,
        workers: int | None,
        progress: Callable[[SyncProgress], None],
    ) -> None:
        self._roots = roots
        self._others = others
        self._manifests = manifests
        self._engine = engine
        self._writer = writer
        self._settings = settings
        self._workers = workers
        self._progress = progress
        self._before = _Before(engine.snapshot())
        self._put: dict[str, str] = {}  # what this sync put: id -> digest
        self._ours: dict[str, set[str]] = {}  # each id in question -> digests of what came from the paths
        self._under_way: deque[_UnderWay] = deque()
        self._latest: list[dict[str, Claim]] = [{} for _ in roots]  # of each id, the claim that counts so far
        self._files = self._files_read = self._documents_put = 0
        self._to_delete: set[str] = set()  # those in question that do not outlive their files
        self._note_is_old = False

    def run(self) -> SyncReport:
        report = SyncReport()
        listings = [self._listing(root) for root in self._roots]
        waiting = [
            (number, key)
            for number, listing in enumerate(listings)
            for key in listing
            if isinstance(key, str) and not self._is_unchanged(self._roots[number], key)
        ]
        former = self._forget_what_is_gone(listings)
        for file_read in results(self._tasks(waiting, former), self._settings, self._workers):
            self._take(file_read)
        for root, key, old in former:
            if file := root.manifest.files.get(key):
                self._keep_what_may_be_there(file, old)
                self._question(root, file)
        winners = self._settle()
        gone = self._without_a_winner(winners)
        report.failures = [
            each for root, keys in zip(self._roots, listings) for each in _failures(root, keys)
        ]
        self._count(report, winners, gone)
        self._commit(gone, former)
        return report

    # -- which files

    def _listing(self, root: _Root) -> list[str | ArticleError]:
        """The files in reading order, as paths below the root."""
        listing: list[str | ArticleError] = []
        for path in files_of(root.path):
            if isinstance(path, ArticleError):
                listing.append(path)
            else:
                path_below = Path(path).relative_to(root.path)
                listing.append("" if path_below == Path() else str(path_below))
        return listing

    def _is_unchanged(self, root: _Root, key: str) -> bool:
        known = root.manifest.files.get(key)
        if known is None:
            return False
        path = root.path_of(key)
        try:
            status = path.stat()
            if known.size != status.st_size:
                return False
            if known.mtime_ns == status.st_mtime_ns:
                return True
            if not known.digest or known.digest != digest_of_file(path):
                return False
        except OSError:
            return False
        known.mtime_ns = status.st_mtime_ns
        self._note_is_old = True
        return True

    def _forget_what_is_gone(self, listings: Sequence[Sequence[str | ArticleError]]) -> list[_Former]:
        """Take files that are gone out of the manifests, but those in folders that cannot be read."""
        former = []
        for root, listing in zip(self._roots, listings):
            there = {key for key in listing if isinstance(key, str)}
            unreadable = [each.path for each in listing if isinstance(each, UnreadableFolderError)]
            for key in [key for key in root.manifest.files if key not in there]:
                name = printable(root.path_of(key))
                if any(name == folder or name.startswith(folder + os.sep) for folder in unreadable):
                    continue
                file = root.manifest.files.pop(key)
                former.append(_Former(root, key, file))
                self._question(root, file)
            for id, digest in root.manifest.kept.items():
                self._ours.setdefault(id, set()).add(digest)
            if root.delete:
                self._to_delete.update(root.manifest.kept)
        return former

    def _question(self, root: _Root, file: File) -> None:
        if root.delete:
            self._to_delete.update(file.claims)
        for id, claims in file.claims.items():
            self._ours.setdefault(id, set()).update(claim.digest for claim in claims)

    # -- reading

    def _tasks(
        self, waiting: Sequence[tuple[int, str]], former: list[_Former]
    ) -> Iterator[Task[FileRead[Claim]]]:
        """What is to be read, noted in the order in which `_take` will be told what came of it."""
        self._files = len(waiting)
        self._tell()
        for number, key in waiting:
            root = self._roots[number]
            old = root.manifest.files.get(key, File())
            former.append(_Former(root, key, old))
            self._question(root, old)
            self._files_read += 1
            self._tell()
            path = root.path_of(key)
            file = root.manifest.files[key] = _looked_at(path)
            for task in reading_tasks(str(path), root.manifest.encoding, Claim.of):
                self._under_way.append(_UnderWay(number, printable(path), file))
                yield task

    def _take(self, file_read: FileRead[Claim]) -> None:
        """Put what was read into the index, as far as can be told before all is read."""
        number, name, file = self._under_way.popleft()
        latest = self._latest[number]
        for read in file_read:
            if isinstance(read, ArticleError):
                file.failures.append((_place_below(name, read.path), read.reason))
            elif isinstance(read.made, Failure):  # what has no entry is no claim
                file.failures.append((_place_below(name, read.place), read.made.reason))
            else:
                id, claim = read.id, read.about
                file.claims.setdefault(id, []).append(claim)
                if id not in latest or latest[id].yields_to(claim):
                    latest[id] = claim
                    self._put_unless_there(read.made, claim)

    def _put_unless_there(self, entry: IndexDocument, claim: Claim) -> None:
        if self._now(entry.id) != claim.digest:
            self._writer.upsert(entry)
            self._put[entry.id] = claim.digest
            self._documents_put += 1
            self._tell()

    def _keep_what_may_be_there(self, file: File, old: File) -> None:
        """Of a file that is not read to its end nobody knows what is gone: all of it that there was stays."""
        for id, claims in old.claims.items() if file.failures else ():
            if id not in file.claims:
                in_index = [claim for claim in claims if claim.digest == self._before[id]]
                if in_index:
                    file.claims[id] = in_index[:1]

    def _tell(self, *, committing: bool = False) -> None:
        self._progress(SyncProgress(self._files_read, self._files, self._documents_put, committing))

    def _now(self, id: str) -> str | None:
        """The digest of what the index will have, as of now."""
        return self._put.get(id) or self._before[id]

    # -- who has an id

    def _winners(self) -> dict[str, _Winner]:
        winners: dict[str, _Winner] = {}
        for number, root in enumerate(self._roots):
            for key, file in root.manifest.in_order():
                for id, claims in file.claims.items():
                    for claim in claims:
                        other = winners.get(id)
                        if other is None or other.root != number or other.claim.yields_to(claim):
                            winners[id] = _Winner(claim, number, key)
        return winners

    def _settle(self) -> dict[str, _Winner]:
        """Read files again whose documents come back, until the index has what the claims say."""
        while True:
            winners = self._winners()
            missing: dict[tuple[int, str], dict[str, Claim]] = {}
            for id in self._ours:
                winner = winners.get(id)
                if winner and self._now(id) != winner.claim.digest:
                    missing.setdefault((winner.root, winner.key), {})[id] = winner.claim
            if not missing:
                return winners
            for (number, key), wanted in missing.items():
                self._read_again(self._roots[number], key, wanted)

    def _read_again(self, root: _Root, key: str, wanted: dict[str, Claim]) -> None:
        file = root.manifest.files[key]
        path = root.path_of(key)
        name = printable(path)
        for read in read_file(path, root.manifest.encoding):
            if not isinstance(read, FileDocument):
                continue
            place, document = read
            if wanted.get(document.id) == (claim := Claim.of(document)):
                del wanted[document.id]
                found = made(document, self._settings)
                if isinstance(found, Failure):
                    file.failures.append((_place_below(name, place), found.reason))
                    _withdraw(file, document.id, claim)
                else:
                    self._put_unless_there(found, claim)
        for id, claim in wanted.items():  # the file has changed just now, or cannot be read any longer
            file.size = TO_BE_READ
            _withdraw(file, id, claim)

    def _without_a_winner(self, winners: dict[str, _Winner]) -> list[str]:
        """The ids of documents that came from the paths and are in no file any longer."""
        gone = [
            id
            for id, ours in self._ours.items()
            if id not in winners and (id in self._put or self._before[id] in ours)
        ]
        elsewhere = set()
        for manifest in self._others if gone else ():
            for file in manifest.files.values():
                if found := [id for id in gone if id in file.claims]:
                    elsewhere.update(found)
                    file.size = TO_BE_READ  # it may say something else of them
        return [id for id in gone if id not in elsewhere]

    # -- the end

    def _count(self, report: SyncReport, winners: dict[str, _Winner], gone: Sequence[str]) -> None:
        for id in self._put:
            before = self._before[id]
            report.added += before is None
            report.updated += before is not None and before != self._put[id]
        report.deleted = sum(self._before[id] is not None for id in gone if id in self._to_delete)
        report.unchanged = len(winners) - report.added - report.updated
        claims = sum(
            len(claims)
            for root in self._roots
            for file in root.manifest.files.values()
            for claims in file.claims.values()
        )
        report.replaced = claims - len(winners)

    def _commit(self, gone: Sequence[str], former: Sequence[_Former]) -> None:
        to_delete = [id for id in gone if id in self._to_delete]
        if self._put or to_delete:
            with _as_they_were_and_are(former):
                write_manifests(self._engine, self._manifests)
            for id in to_delete:
                self._writer.delete(id)
            self._tell(committing=True)
            self._writer.commit()
        for root in self._roots:
            of_root = {id for each in former if each.root is root for id in each.file.claims}
            of_root.update(root.manifest.kept)
            kept = {id: self._now(id) or "" for id in gone if id in of_root and id not in self._to_delete}
            self._note_is_old |= kept != root.manifest.kept
            root.manifest.kept = kept
        if self._note_is_old or former or self._put or to_delete:
            write_manifests(self._engine, self._manifests)


class _Before:
    """What the index had when the sync began: id -> digest of the document, or None."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._is_empty = len(snapshot) == 0
        self._digests: dict[str, str | None] = {}

    def __getitem__(self, id: str) -> str | None:
        if self._is_empty:
            return None
        if id not in self._digests:
            found = self._snapshot.get([id]).get(id)
            self._digests[id] = None if found is None else digest_of(StoredFields(found).fields)
        return self._digests[id]


@contextmanager
def _as_they_were_and_are(former: Sequence[_Former]) -> Iterator[None]:
    """While the block runs, the manifests know of each file both, and that it is to be read again."""
    now = [each.root.manifest.files.get(each.key) for each in former]
    for each, file in zip(former, now):
        claims = dict(each.file.claims)
        for id, new in file.claims.items() if file else ():
            claims[id] = [*claims.get(id, ()), *new]
        each.root.manifest.files[each.key] = File(claims=claims)
    try:
        yield
    finally:
        for each, file in zip(former, now):
            if file is None:
                del each.root.manifest.files[each.key]
            else:
                each.root.manifest.files[each.key] = file


def _looked_at(path: Path) -> File:
    """The file before it is read: what changes meanwhile is read by the next sync."""
    file = File()
    try:
        status = path.stat()
        file.digest = "" if why_not_read(path, status) else digest_of_file(path)
        file.size, file.mtime_ns = status.st_size, status.st_mtime_ns
    except OSError:
        pass  # reading it says what is wrong; it is tried again until it can be read
    return file


def _withdraw(file: File, id: str, claim: Claim) -> None:
    file.claims[id].remove(claim)
    if not file.claims[id]:
        del file.claims[id]


def _failures(root: _Root, listing: Sequence[str | ArticleError]) -> Iterator[Failure]:
    """What is wrong with the files, in reading order; of those that were not read now, what was."""
    for item in listing:
        if isinstance(item, ArticleError):
            yield Failure(item.path, item.reason)
            continue
        name = printable(root.path_of(item))
        for what, reason in root.manifest.files[item].failures:
            yield Failure(name + what[1:] if what.startswith(_THIS_FILE) else what, reason)


def _place_below(name: str, place: str) -> str:
    return _THIS_FILE + place[len(name) :] if place.startswith(name) else place
