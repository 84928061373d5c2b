"""The files of an index of Whoosh.

_MAIN_NUMBER.toc    a commit: its segments, what of them is deleted, and the schema; the last one counts
MAIN_NAME.seg       a segment, written once
MAIN_WRITELOCK      held by the one writer; the operating system frees it when the process ends
checksums.json      ours
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC

from searchkit.engine import commit_files
from searchkit.engine.base import Damage
from searchkit.engine.storage import corrupt, sync_folder

__all__ = ["INDEX", "DurableStorage", "copy_commit", "damage_of", "latest", "opened", "read_toc", "tidy"]

INDEX = "MAIN"
"""What Whoosh calls an index that has no name."""


class DurableStorage(FileStorage):  # type: ignore[misc]
    """A folder in which all of a commit is on the disk before it counts, and whose files can be closed."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(str(path))
        self._files: WeakSet[StructFile] = WeakSet()

    def create_file(self, name: str, **options: Any) -> StructFile:
        is_kept = name.endswith(".seg") or ".toc" in name
        file = super().create_file(name, **options, onclose=_sync if is_kept else None)
        self._files.add(file)
        return file

    def open_file(self, name: str, **options: Any) -> StructFile:
        file = super().open_file(name, **options)
        self._files.add(file)
        return file

    def temp_storage(self, name: str | None = None) -> FileStorage:
        storage = DurableStorage(super().temp_storage(name).folder)
        storage._files = self._files
        return storage

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        # What Whoosh renames is a new commit, whose segments have been written.
        data = Path(self.folder)
        kept = [path.name for pattern in ("*.seg", "_*.toc") for path in data.glob(pattern)]
        commit_files.write_checksums(data, kept, {newname: oldname})
        super().rename_file(oldname, newname, safe=safe)
        sync_folder(data)

    def release(self) -> None:
        """Close what Whoosh leaves open when something fails."""
        for file in list(self._files):
            with suppress(OSError):
                file.raw_file().close()


def _sync(file: StructFile) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def opened(data: Path) -> Iterator[DurableStorage]:
    """The folder, of which no file stays open when something fails."""
    storage = DurableStorage(data)
    try:
        yield storage
    except BaseException:
        storage.release()
        raise


def latest(data: Path) -> tuple[str, str]:
    """The file of the latest commit, and what tells it from any other."""
    while tocs := list(data.glob(f"_{INDEX}_*.toc")):
        toc = max(tocs, key=lambda path: int(path.stem.rpartition("_")[2]))
        with suppress(FileNotFoundError):  # a writer removed it
            status = toc.stat()
            return toc.name, f"{toc.stem} {status.st_mtime_ns} {status.st_ino}"
    raise corrupt(data, "there is no commit")


def read_toc(data: Path) -> TOC:
    """The latest commit, as Whoosh reads it."""
    with opened(data) as storage:
        return TOC.read(storage, INDEX)


def _segments(data: Path) -> list[str]:
    """The files of the latest commit's segments, one each."""
    return [segment.make_filename(".seg") for segment in read_toc(data).segments]


def damage_of(data: Path) -> list[Damage]:
    """What of the latest commit is not as it was written."""
    damaged = partial(commit_files.damaged_files, data)
    look = partial(latest, data)
    return commit_files.of_one_commit(data, look, lambda: damaged([look()[0]]) or damaged(_segments(data)))


def copy_commit(data: Path, to: Path) -> None:
    """The latest commit in a new folder."""
    copy = partial(commit_files.copy_files, data, to)
    look = partial(latest, data)
    commit_files.of_one_commit(data, look, lambda: copy([look()[0], *_segments(data)]))


def tidy(data: Path) -> None:
    """Remove what the latest commit does not need: what a writer leaves that gives up, or is killed."""
    needed = {latest(data)[0], *_segments(data), commit_files.CHECKSUMS, f"{INDEX}_WRITELOCK"}
    for path in data.iterdir():
        if path.name not in needed:
            with suppress(OSError):  # Windows removes no file that is open: the next writer tries again
                shutil.rmtree(path) if path.is_dir() else path.unlink()
