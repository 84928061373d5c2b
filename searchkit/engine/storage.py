"""Storage: the folder of an index on disk, its writer lock, and atomic writes.

indexes/news/
    index.json      format, engine, analyzer; written last, so its presence makes the folder an index
    data/           the files of the engine
    notes/          texts beside the index, a file each
    writer.lock     held by the one writer; the operating system releases it when the process ends
    writer.json     which process holds it, for the error message of other writers
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any

import msgspec

from searchkit.engine.base import Damage, Engine
from searchkit.errors import (
    IndexCorruptError,
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    SearchkitError,
)
from searchkit.text import well_formed

_METADATA = "index.json"
_OWN_NAMES = frozenset({_METADATA, "data", "notes", "writer.lock", "writer.json"})
_UNFINISHED = re.compile(r"\.(index|writer)\.json\.\d+\.new")
"""The name of a temporary file that a killed process leaves behind."""
_CHECKSUM = "crc32"


class _Holder(msgspec.Struct):
    """A process that writes, named so that a person can find it."""

    pid: int
    host: str
    since: str
    command: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} ({self.command}) since {self.since}"


def this_process() -> _Holder:
    """This process as the one that writes."""
    import socket  # only writers need it

    now = datetime.fromtimestamp(time.time(), timezone.utc).isoformat(timespec="seconds")
    command = " ".join([Path(sys.argv[0]).name or "python", *sys.argv[1:]])[:200]
    if "://" in command:  # a location may have a password in it
        command = Path(sys.argv[0]).name
    return _Holder(os.getpid(), socket.gethostname(), now, well_formed(command))


class IndexFolder:
    """The folder of an index on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"

    @classmethod
    @contextmanager
    def created(cls, path: Path, metadata: Mapping[str, Any]) -> Iterator[IndexFolder]:
        """A new folder, which becomes an index when the block ends without an error."""
        folder = cls(path)
        folder._check_new()
        try:
            names = {entry.name for entry in path.iterdir()} if path.exists() else set()
            others = sorted(name for name in names - _OWN_NAMES if not _UNFINISHED.fullmatch(name))
            if others:
                why = f"the folder is not empty (it holds {others[0]!r}); choose a new one"
                raise IndexExistsError(f"{path}: {why}")
            folder.data.mkdir(parents=True, exist_ok=True)
            with WriterLock(folder, timeout=0):
                folder._check_new()  # another process may have been faster
                for note in (path / "notes").glob("*"):  # of an earlier index
                    note.unlink()
                yield folder
                folder.write_metadata(metadata)
        except OSError as error:
            raise SearchkitError(f"{path}: an index cannot be made here: {_reason(error)}") from error

    @classmethod
    def opened(cls, path: Path) -> IndexFolder:
        """The folder of an existing index."""
        folder = cls(path)
        if not folder._has_index():
            what = "there is no such folder"
            if path.exists():
                what = "there is no index in this folder" if path.is_dir() else "this is a file, not an index"
            raise IndexNotFoundError(f"{path}: {what}; searchkit.create() makes one")
        return folder

    def read_metadata(self) -> dict[str, Any]:
        metadata = self._stored_metadata()
        metadata.pop(_CHECKSUM, None)  # people may edit the file; only a check asks whether they did
        return metadata

    def _stored_metadata(self) -> dict[str, Any]:
        path = self.path / _METADATA
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise corrupt(path, f"cannot be read: {_reason(error)}") from error
        if not isinstance(metadata, dict):
            raise corrupt(path, "is not a JSON object")
        return metadata

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        values = {**metadata, _CHECKSUM: _checksum(metadata)}
        text = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
        try:
            write_atomically(self.path / _METADATA, text.encode())
        except OSError as error:
            raise SearchkitError(
                f"{self.path}: the settings cannot be written: {_reason(error)}; they are as they were"
            ) from error

    def damage(self) -> list[Damage]:
        """What of the metadata is damaged."""
        try:
            metadata = self._stored_metadata()
        except IndexCorruptError as error:
            return [Damage(_METADATA, "the settings", str(error))]
        stored = metadata.pop(_CHECKSUM, None)
        if stored is not None and stored != _checksum(metadata):
            return [Damage(_METADATA, "the settings", "are not what was written: the checksum is another")]
        return []

    def copy_to(self, path: Path, copy_data: Callable[[Path], None]) -> None:
        """Make a copy in a new folder, complete or not at all; ``copy_data`` copies the engine's files."""
        if os.path.lexists(path):
            raise IndexExistsError(f"{path}: there is something already; choose a new place")
        if self.path.resolve() in path.resolve().parents:
            raise SearchkitError(f"{path}: is in the folder of the index itself; choose another place")
        # The settings first: they are written after the commit that needs them, so they are never too new.
        metadata = self.read_metadata()
        notes = {note.name: note.read_bytes() for note in (self.path / "notes").glob("*.txt")}
        from shutil import rmtree  # takes long to import, and a search does without

        copy = IndexFolder(path.with_name(f".{path.name}.{os.getpid()}.new"))
        try:
            rmtree(copy.path, ignore_errors=True)
            copy.path.mkdir(parents=True)
            copy_data(copy.data)
            for name, content in notes.items():
                (copy.path / "notes").mkdir(exist_ok=True)
                write_atomically(copy.path / "notes" / name, content)
            copy.write_metadata(metadata)
            for folder in (copy.data, copy.path):
                sync_folder(folder)
            copy.path.rename(path)
            sync_folder(path.parent)
        except OSError as error:
            raise SearchkitError(f"{path}: a copy cannot be made here: {_reason(error)}") from error
        finally:
            rmtree(copy.path, ignore_errors=True)

    def read_note(self, name: str) -> str | None:
        path = self._note(name)
        try:
            return path.read_bytes().decode()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise IndexCorruptError(f"{path}: cannot be read: {_reason(error)}") from error

    def write_note(self, name: str, text: str) -> None:
        path = self._note(name)
        try:
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, text.encode())
        except OSError as error:
            raise SearchkitError(f"{path}: cannot be written: {_reason(error)}") from error

    def _note(self, name: str) -> Path:
        return self.path / "notes" / f"{name}.txt"

    def commit_mark(self, name: str) -> tuple[int, int]:
        """A value that changes when a commit replaces the engine's file ``name``."""
        path = f"{self.data}{os.sep}{name}"  # for every search, and a Path takes as long as the stat
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError as error:
            raise corrupt(path, f"cannot be read: {_reason(error)}") from error
        return status.st_mtime_ns, status.st_ino

    def size(self) -> int:
        """The bytes of all files, without those that a merge removes meanwhile."""
        total = 0
        for path in filter(Path.is_file, self.path.rglob("*")):
            with suppress(FileNotFoundError):
                total += path.stat().st_size
        return total

    def _has_index(self) -> bool:
        return (self.path / _METADATA).is_file()

    def _check_new(self) -> None:
        if self._has_index():
            raise IndexExistsError(
                f"{self.path}: there is an index already; open it, or choose another place"
            )


class FolderEngine(Engine):
    """An engine with a folder, which has its metadata and its notes."""

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder

    def read_metadata(self) -> dict[str, Any]:
        return self._folder.read_metadata()

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        self._folder.write_metadata(metadata)

    def read_note(self, name: str) -> str | None:
        return self._folder.read_note(name)

    def write_note(self, name: str, text: str) -> None:
        self._folder.write_note(name, text)


class WriterLock:
    """The lock of the one writer of a folder; a context manager, or `acquire` and `release`."""

    def __init__(self, folder: IndexFolder, *, timeout: float) -> None:
        from filelock import FileLock  # takes as long as opening an index, and only writers need it

        self._path = folder.path
        self._holder = folder.path / "writer.json"
        self._lock = FileLock(folder.path / "writer.lock", thread_local=False)
        self._timeout = timeout

    def acquire(self) -> None:
        """Wait up to the timeout for another writer, then raise `IndexLockedError`, which names it."""
        from filelock import Timeout

        if not self._path.is_dir():  # the lock would create the folder
            raise corrupt(self._path, "the folder is not there any more")
        try:
            self._lock.acquire(timeout=self._timeout)
            for path in self._path.iterdir():
                if _UNFINISHED.fullmatch(path.name):  # no other process writes any while we hold the lock
                    path.unlink(missing_ok=True)
            write_atomically(self._holder, msgspec.json.encode(this_process()))
        except Timeout:
            waited = f" (waited {self._timeout:g} s)" if self._timeout else ""
            raise IndexLockedError(
                f"{self._path}: the index is being written by {self._who()}{waited}"
            ) from None
        except OSError as error:
            self.release()
            why = f"cannot be written: {_reason(error)}; it is as the last commit left it"
            raise SearchkitError(f"{self._path}: {why}") from error

    def release(self) -> None:
        if self._lock.is_locked:
            with suppress(OSError):  # it only serves a message
                self._holder.unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> WriterLock:
        self.acquire()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    def _who(self) -> str:
        try:
            return str(msgspec.json.decode(self._holder.read_bytes(), type=_Holder))
        except (OSError, ValueError):
            return "another process"


class MemoryLock:
    """The lock of the one writer of an index in memory."""

    def __init__(self, lock: threading.Lock, timeout: float) -> None:
        self._lock = lock
        self._timeout = timeout
        self._held = False

    def acquire(self) -> None:
        """Wait up to the timeout for another writer."""
        self._held = self._lock.acquire(timeout=self._timeout)
        if not self._held:
            raise IndexLockedError(f":memory:: the index is being written by this process, {os.getpid()}")

    def release(self) -> None:
        """Release the lock, if it is held."""
        if self._held:
            self._held = False
            self._lock.release()


def corrupt(place: object, why: str) -> IndexCorruptError:
    """The error that names what is damaged, and the way out."""
    return IndexCorruptError(f"{place}: {why}; restore a backup, or create the index anew from its documents")


def unwritable(location: str, reason: str) -> SearchkitError:
    """The error of a writer that cannot write to the disk."""
    return SearchkitError(
        f"{location}: the index cannot be written: {reason}; "
        "it is as the last commit left it: is the disk full, or the folder gone?"
    )


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, which replaces ``path`` when the block ends; on an error ``path`` stays as it was.

    All that was written is on the disk then, and so is the name.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file by one with this content, by `replacing`."""
    with replacing(path) as file:
        file.write(content)


def link_or_copy(source: Path, to: Path) -> None:
    """Make a hard link to the file, or a copy where links are not possible.

    Raises FileNotFoundError when the file is gone.
    """
    try:
        os.link(source, to)
    except OSError:  # another disk, or one without links; a file that is gone raises once more
        from shutil import copyfileobj  # takes long to import, and a search does without

        with source.open("rb") as reader, to.open("wb") as writer:
            copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())


def sync_folder(path: Path) -> None:
    """Flush the names in the folder to the disk. Windows cannot open folders, and needs no flush."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _checksum(metadata: Mapping[str, Any]) -> int:
    return zlib.crc32(
        json.dumps(metadata, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    )


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
