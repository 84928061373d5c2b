"""IndexFolder: what an engine that keeps its index on disk needs around its own files.

indexes/news/
    index.json      format, engine, analyzer; written last, so its presence makes the folder an index
    data/           the files of the engine
    writer.lock     held by the one writer; the operating system frees it when the process ends
    writer.json     who holds it, for the message of whoever waits
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from searchkit.errors import (
    IndexCorruptError,
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    SearchkitError,
)

__all__ = ["IndexFolder", "MemoryLock", "WriterLock"]

_METADATA = "index.json"
_OWN_NAMES = frozenset({_METADATA, "data", "writer.lock", "writer.json"})


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
            others = sorted({entry.name for entry in path.iterdir()} - _OWN_NAMES) if path.exists() else []
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
        path = self.path / _METADATA
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise IndexCorruptError(f"{path}: cannot be read: {_reason(error)}") from error
        if not isinstance(metadata, dict):
            raise IndexCorruptError(f"{path}: is not a JSON object")
        return metadata

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        _replace(self.path / _METADATA, json.dumps(metadata, ensure_ascii=False, indent=1) + "\n")

    def commit_mark(self, name: str) -> tuple[int, int]:
        """What changes when the engine's file ``name`` is replaced by a commit."""
        try:
            status = (self.data / name).stat()
        except OSError as error:
            raise IndexCorruptError(f"{self.data / name}: cannot be read: {_reason(error)}") from error
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
        self._path = folder.path
        self._holder = folder.path / "writer.json"
        self._lock = FileLock(folder.path / "writer.lock", thread_local=False)
        self._timeout = timeout

    def acquire(self) -> None:
        """Wait up to the timeout for another writer; then `IndexLockedError` says who it is."""
        try:
            self._lock.acquire(timeout=self._timeout)
        except Timeout:
            waited = f" (waited {self._timeout:g} s)" if self._timeout else ""
            raise IndexLockedError(
                f"{self._path}: the index is being written by {self._who()}{waited}"
            ) from None
        except OSError as error:
            raise SearchkitError(f"{self._path}: cannot be written: {_reason(error)}") from error
        now = datetime.fromtimestamp(time.time(), timezone.utc).isoformat(timespec="seconds")
        command = " ".join([Path(sys.argv[0]).name or "python", *sys.argv[1:]])[:200]
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": now, "command": command}
        _replace(self._holder, json.dumps(holder, ensure_ascii=False))

    def release(self) -> None:
        if self._lock.is_locked:
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


def _replace(path: Path, text: str) -> None:
    """Write the file so that it is there whole, or as it was before."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
