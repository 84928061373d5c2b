"""The lock of the one writer of an index.

writer.lock     held by the one writer; the operating system releases it when the process ends
writer.json     which process holds it, for the error message of other writers
"""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from searchkit.engine.atomic_files import UNFINISHED, corrupt, reason_of, write_atomically
from searchkit.errors import IndexLockedError, SearchkitError
from searchkit.text import well_formed


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


class WriterLock:
    """The lock of the one writer of a folder; a context manager, or `acquire` and `release`."""

    def __init__(self, folder: Path, *, timeout: float) -> None:
        from filelock import FileLock  # takes as long as opening an index, and only writers need it

        self._path = folder
        self._holder = folder / "writer.json"
        self._lock = FileLock(folder / "writer.lock", thread_local=False)
        self._timeout = timeout

    def acquire(self) -> None:
        """Wait up to the timeout for another writer, then raise `IndexLockedError`, which names it."""
        from filelock import Timeout

        if not self._path.is_dir():  # the lock would create the folder
            raise corrupt(self._path, "the folder is not there any more")
        try:
            self._lock.acquire(timeout=self._timeout)
            for path in self._path.iterdir():
                if UNFINISHED.fullmatch(path.name):  # no other process writes any while we hold the lock
                    path.unlink(missing_ok=True)
            write_atomically(self._holder, msgspec.json.encode(this_process()))
        except Timeout:
            waited = f" (waited {self._timeout:g} s)" if self._timeout else ""
            raise IndexLockedError(
                f"{self._path}: the index is being written by {self._who()}{waited}"
            ) from None
        except OSError as error:
            self.release()
            why = f"cannot be written: {reason_of(error)}; it is as the last commit left it"
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
