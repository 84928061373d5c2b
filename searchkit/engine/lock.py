"""The lock of the one writer of an index.

writer.lock     held by the one writer; the operating system releases it when the process ends
writer.json     which process holds it, for the error message of other writers
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from searchkit.engine.atomic_files import FULL, corrupt, reason_of, remove_unfinished, write_atomically
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
            remove_unfinished(self._path)
            self._say_who()
        except Timeout:
            raise self.refused() from None
        except OSError as error:
            self.release()
            why = f"cannot be written: {reason_of(error)}; it is as the last commit left it"
            raise SearchkitError(f"{self._path}: {why}") from error

    def refused(self) -> IndexLockedError:
        """The error of whoever has waited in vain."""
        waited = f" (waited {self._timeout:g} s)" if self._timeout else ""
        return IndexLockedError(f"{self._path}: the index is being written by {self._who()}{waited}")

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

    def _say_who(self) -> None:
        try:
            write_atomically(self._holder, msgspec.json.encode(this_process()))
        except OSError as error:
            if error.errno not in FULL:  # a batch that makes room needs no name
                raise

    def _who(self) -> str:
        try:
            return str(msgspec.json.decode(self._holder.read_bytes(), type=_Holder))
        except (OSError, ValueError):
            return "another process"
