"""IndexFolder: what an engine that keeps its index on disk needs around its own files.

indexes/news/
    index.json      format, engine, analyzer; written last, so its presence makes the folder an index
    data/           the files of the engine
    notes/          texts beside the index, a file each
    writer.lock     held by the one writer; the operating system frees it when the process ends
    writer.json     who holds it, for the message of whoever waits
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from searchkit.engine.base import Damage
from searchkit.errors import (
    IndexCorruptError,
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    SearchkitError,
)

__all__ = [
    "IndexFolder",
    "MemoryLock",
    "WriterLock",
    "corrupt",
    "link_or_copy",
    "replace_durably",
    "unwritable",
    "write_durably",
]

_METADATA = "index.json"
_OWN_NAMES = frozenset({_METADATA, "data", "notes", "writer.lock", "writer.json"})
_UNFINISHED = re.compile(r"(index|writer)\.json\.\d+\.new")
"""What a process that was killed leaves behind of a file that it wrote."""
_CHECKSUM = "crc32"


class IndexFolder:
    """The folder of an index on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"

    @classmethod
    @contextmanager
    def created(cls, path: Path, metadata: Mapping[str, Any]) -> Iterator[IndexFolder]:
        """A new folder; it becomes an index when the block ends without an error."""
        folder = cls(path)
        if folder._has_index():
            raise IndexExistsError(f"{path}: there is an index already; open it, or choose another place")
        try:
            names = {entry.name for entry in path.iterdir()} if path.exists() else set()
            others = sorted(name for name in names - _OWN_NAMES if not _UNFINISHED.fullmatch(name))
            if others:
                raise IndexExistsError(
                    f"{path}: the folder is not empty (it holds {others[0]!r}); choose a new one"
                )
            folder.data.mkdir(parents=True, exist_ok=True)
            with WriterLock(folder, timeout=0):
                if folder._has_index():  # somebody else was quicker
                    raise IndexExistsError(
                        f"{path}: there is an index already; open it, or choose another place"
                    )
                for note in (path / "notes").glob("*"):  # of an index that was here before
                    note.unlink()
                yield folder
                folder.write_metadata(metadata)
        except OSError as error:
            raise SearchkitError(f"{path}: an index cannot be made here: {_reason(error)}") from error

    @classmethod
    def opened(cls, path: Path) -> IndexFolder:
        """The folder of an index that there is."""
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
            replace_durably(self.path / _METADATA, text)
        except OSError as error:
            raise SearchkitError(
                f"{self.path}: the settings cannot be written: {_reason(error)}; they are as they were"
            ) from error

    def damage(self) -> list[Damage]:
        """What is wrong with the metadata, if anything is."""
        try:
            metadata = self._stored_metadata()
        except IndexCorruptError as error:
            return [Damage(_METADATA, "the settings", str(error))]
        stored = metadata.pop(_CHECKSUM, None)
        if stored is not None and stored != _checksum(metadata):
            return [Damage(_METADATA, "the settings", "are not what was written: the checksum is another")]
        return []

    def copy_to(self, path: Path, copy_data: Callable[[Path], None]) -> None:
        """An index in a new folder, whose data ``copy_data`` brings; it is there whole, or not at all."""
        if os.path.lexists(path):
            raise IndexExistsError(f"{path}: there is something already; choose a new place")
        if self.path.resolve() in path.resolve().parents:
            raise SearchkitError(f"{path}: is in the folder of the index itself; choose another place")
        # The settings first: they are written behind the commit that needs them, so they are never too new.
        metadata = self.read_metadata()
        notes = {note.name: note.read_bytes() for note in (self.path / "notes").glob("*.txt")}
        copy = IndexFolder(path.with_name(f".{path.name}.{os.getpid()}.new"))
        try:
            shutil.rmtree(copy.path, ignore_errors=True)
            copy.path.mkdir(parents=True)
            copy_data(copy.data)
            if notes:
                (copy.path / "notes").mkdir()
            for name, content in notes.items():
                write_durably(copy.path / "notes" / name, content)
            copy.write_metadata(metadata)
            for folder in (copy.data, copy.path):
                _sync_folder(folder)
            copy.path.rename(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise SearchkitError(f"{path}: a copy cannot be made here: {_reason(error)}") from error
        finally:
            shutil.rmtree(copy.path, ignore_errors=True)

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
            replace_durably(path, text)
        except OSError as error:
            raise SearchkitError(f"{path}: cannot be written: {_reason(error)}") from error

    def _note(self, name: str) -> Path:
        return self.path / "notes" / f"{name}.txt"

    def commit_mark(self, name: str) -> tuple[int, int]:
        """What changes when the engine's file ``name`` is replaced by a commit."""
        path = f"{self.data}{os.sep}{name}"  # every search asks, and a Path takes as long as the look at it
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError as error:
            raise corrupt(path, f"cannot be read: {_reason(error)}") from error
        return status.st_mtime_ns, status.st_ino

    def size(self) -> int:
        """The bytes of all files; one that a merge removes meanwhile counts nothing."""
        total = 0
        for path in self.path.rglob("*"):
            with suppress(FileNotFoundError):
                total += path.stat().st_size if path.is_file() else 0
        return total

    def _has_index(self) -> bool:
        return (self.path / _METADATA).is_file()


class WriterLock:
    """Held by the one writer of a folder; a context manager, or `acquire` and `release`."""

    def __init__(self, folder: IndexFolder, *, timeout: float) -> None:
        from filelock import FileLock  # only writers need it, and it takes as long as opening an index

        self._path = folder.path
        self._holder = folder.path / "writer.json"
        self._lock = FileLock(folder.path / "writer.lock", thread_local=False)
        self._timeout = timeout

    def acquire(self) -> None:
        """Wait up to the timeout for another writer; then `IndexLockedError` says who it is."""
        from filelock import Timeout

        if not self._path.is_dir():  # the lock would make the folder anew
            raise corrupt(self._path, "the folder is not there any more")
        try:
            self._lock.acquire(timeout=self._timeout)
        except Timeout:
            waited = f" (waited {self._timeout:g} s)" if self._timeout else ""
            raise IndexLockedError(
                f"{self._path}: the index is being written by {self._who()}{waited}"
            ) from None
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._leave_name()
        except OSError as error:
            self.release()
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> SearchkitError:
        return SearchkitError(
            f"{self._path}: cannot be written: {_reason(error)}; it is as the last commit left it"
        )

    def _leave_name(self) -> None:
        import socket  # only writers need it

        for path in self._path.iterdir():
            if _UNFINISHED.fullmatch(path.name):  # nobody else writes any, as we have the lock
                path.unlink(missing_ok=True)
        now = datetime.fromtimestamp(time.time(), timezone.utc).isoformat(timespec="seconds")
        command = " ".join([Path(sys.argv[0]).name or "python", *sys.argv[1:]])[:200]
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": now, "command": command}
        replace_durably(self._holder, json.dumps(holder, ensure_ascii=False))

    def release(self) -> None:
        if self._lock.is_locked:
            with suppress(OSError):  # it is for a message, and no reason to keep the lock
                self._holder.unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> WriterLock:
        self.acquire()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    def _who(self) -> str:
        try:
            holder = json.loads(self._holder.read_text(encoding="utf-8"))
            return (
                f"process {holder['pid']} on {holder['host']} ({holder['command']}) since {holder['since']}"
            )
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


class MemoryLock:
    """The same for an index in memory: one writer of this process."""

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
        """Let the next writer in."""
        if self._held:
            self._held = False
            self._lock.release()


def corrupt(place: object, why: str) -> IndexCorruptError:
    """The error that says what is damaged, and the way out."""
    return IndexCorruptError(f"{place}: {why}; restore a backup, or create the index anew from its documents")


def unwritable(location: str, reason: str) -> SearchkitError:
    """The error of a writer whom the disk lets down."""
    return SearchkitError(
        f"{location}: the index cannot be written: {reason}; "
        "it is as the last commit left it: is the disk full, or the folder gone?"
    )


def replace_durably(path: Path, text: str) -> None:
    """Write the file so that it is there whole, or as it was before."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        write_durably(temporary, text.encode())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file, which is on the disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def link_or_copy(source: Path, to: Path) -> None:
    """Give the file another name, which costs nothing, or copy it where a name cannot be had.

    Raises FileNotFoundError when it is not there any more.
    """
    try:
        os.link(source, to)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that has no links
        with source.open("rb") as reader, to.open("wb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())


def _sync_folder(path: Path) -> None:
    """Bring the names in the folder to the disk, where a folder can be opened: not on Windows."""
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
