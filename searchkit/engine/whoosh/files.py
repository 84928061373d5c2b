"""The files of an index of Whoosh, and what goes wrong with them.

_MAIN_NUMBER.toc    a commit: its segments, what of them is deleted, and the schema; the last one counts
MAIN_NAME.seg       a segment, written once
MAIN_WRITELOCK      held by the one writer; the operating system frees it when the process ends
checksums.json      ours
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from weakref import finalize

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC

from searchkit.engine.atomic_files import REFUSED, corrupt, sync_folder, unwritable
from searchkit.engine.base import Damage, PlanTooExpensiveError
from searchkit.engine.commit_files import CHECKSUMS, copy_files, damaged_files, write_checksums
from searchkit.errors import SearchkitError

INDEX = "MAIN"
"""What Whoosh calls an index that has no name."""
_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class DurableStorage(FileStorage):  # type: ignore[misc]
    """A folder in which all of a commit is on the disk before it counts.

    Whoosh leaves files open when something fails: they are closed as soon as it has forgotten them.
    """

    def create_file(self, name: str, **options: Any) -> StructFile:
        is_kept = name.endswith(".seg") or ".toc" in name
        file = super().create_file(name, **options, onclose=_sync if is_kept else None)
        finalize(file, file.raw_file().close)
        return file

    def open_file(self, name: str, **options: Any) -> StructFile:
        file = super().open_file(name, **options)
        finalize(file, file.raw_file().close)
        return file

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        # What Whoosh renames is a new commit, whose segments have been written.
        data = Path(self.folder)
        kept = [path.name for pattern in ("*.seg", "_*.toc") for path in data.glob(pattern)]
        write_checksums(data, kept, {newname: oldname})
        super().rename_file(oldname, newname, safe=safe)
        sync_folder(data)


def _sync(file: StructFile) -> None:
    file.flush()
    os.fsync(file.fileno())


class Commit(NamedTuple):
    """A commit, and what tells it from one of another index that was in its place."""

    file: str
    generation: int
    modified: int
    inode: int


def latest(data: Path) -> Commit:
    """The latest commit in the folder."""
    while (generation := TOC._latest_generation(FileStorage(data), INDEX)) >= 0:
        file = TOC._filename(INDEX, generation)
        with suppress(FileNotFoundError):  # a writer removed it
            status = (data / file).stat()
            return Commit(file, generation, status.st_mtime_ns, status.st_ino)
    raise corrupt(data, "there is no commit")


def read_toc(data: Path, commit: Commit) -> TOC:
    """The commit as Whoosh reads it."""
    return TOC.read(DurableStorage(data), INDEX, gen=commit.generation)


def _segments(data: Path, commit: Commit) -> list[str]:
    """The files of the commit's segments, one each."""
    return [segment.make_filename(".seg") for segment in read_toc(data, commit).segments]


def damage_of(data: Path, commit: Commit) -> list[Damage]:
    """What of the commit is not as it was written."""
    return damaged_files(data, [commit.file]) or damaged_files(data, _segments(data, commit))


def copy_commit(data: Path, to: Path, commit: Commit) -> None:
    """The commit in a new folder."""
    copy_files(data, to, [commit.file, *_segments(data, commit), CHECKSUMS])


def tidy(data: Path) -> None:
    """Remove what the latest commit does not need: what a writer leaves that gives up, or is killed."""
    commit = latest(data)
    needed = {commit.file, *_segments(data, commit), CHECKSUMS, f"{INDEX}_WRITELOCK"}
    for path in data.iterdir():
        if path.name not in needed:
            with suppress(OSError):  # Windows removes no file that is open: the next writer tries again
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def reading(location: str) -> Iterator[None]:
    """Whatever goes wrong while files are read is damage to them; Whoosh may raise anything."""
    try:
        yield
    except SearchkitError:
        raise
    except Exception as error:
        code = getattr(error, "errno", None)
        if code in _FULL:  # while segments are merged: what was read is not to blame
            raise
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        if code in REFUSED or isinstance(error, MemoryError):
            raise SearchkitError(f"{location}: the index cannot be read: {reason}") from error
        if isinstance(error, RecursionError | OverflowError):  # of a query that is nested, or has many terms
            raise PlanTooExpensiveError(reason=f"a limit of Whoosh: {reason}") from error
        raise corrupt(location, f"the index is damaged: {reason}") from error


@contextmanager
def writing(location: str) -> Iterator[None]:
    """Whatever goes wrong on the disk while files are written leaves the last commit as it is."""
    try:
        yield
    except OSError as error:
        raise unwritable(location, error.strerror or str(error)) from error
