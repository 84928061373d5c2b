"""The lock of the one writer of an index.

writer.lock     held by the one writer; the operating system releases it when the process ends
writer.json     which process holds it, for the error message of other writers
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from searchkit.engine import forks
from searchkit.engine.atomic_files import FULL, corrupt, reason_of, remove_unfinished, write_atomically
from searchkit.engine.pinned import Mark
from searchkit.errors import IndexLockedError, IndexReplacedError, SearchkitError
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
    """The lock of the one writer of a folder; a context manager, or `acquire` and `release`.

    ``check`` is called before the lock is taken, and once it is held: it raises where nobody should write.
    """

    def __init__(self, folder: Path, *, timeout: float, check: Callable[[], None] | None = None) -> None:
        from filelock import FileLock  # takes as long as opening an index, and only writers need it

        self._path = folder
        self._holder = folder / "writer.json"
        self._lock = FileLock(folder / "writer.lock", thread_local=False)
        self._timeout = timeout
        self._check = check or (lambda: None)
        self._file: Mark | None = None
        self._is_of_parent = False
        forks.watch(self)

    def acquire(self) -> None:
        """Wait up to the timeout for another writer, then raise `IndexLockedError`, which names it."""
        from filelock import Timeout

        self._check()
        if not self._path.is_dir():  # the lock would create the folder
            raise corrupt(self._path, "the folder is not there any more")
        try:
            self._lock.acquire(timeout=self._timeout)
            self._file = Mark.of(self._lock.lock_file)
            self._check()
            remove_unfinished(self._path)
            self._say_who()
        except Timeout:
            raise self.refused() from None
        except OSError as error:
            self.release()
            why = f"cannot be written: {reason_of(error)}; it is as the last commit left it"
            raise SearchkitError(f"{self._path}: {why}") from error
        except BaseException:
            self.release()
            raise

    def check_held(self) -> None:
        """Raise `IndexReplacedError` where this is no longer the lock of what is in the folder."""
        if self._is_held():
            return
        raise IndexReplacedError(
            f"{self._path}: since this writer began, the index was removed or another one has taken its "
            "place, or writer.lock was removed; nothing of this batch is committed; open the index anew"
        )

    def after_fork(self) -> None:
        """Leave the lock to the parent, which goes on writing."""
        if self._file:
            self._file, self._is_of_parent = None, True
            forks.let_go_of_files(self._path)

    def _is_held(self) -> bool:
        with suppress(OSError):
            return self._file is not None and Mark.of(self._lock.lock_file)[1:] == self._file[1:]
        return False

    def refused(self) -> IndexLockedError:
        """The error of whoever has waited in vain."""
        waited = f" (waited {self._timeout:g} s)" if self._timeout else ""
        return IndexLockedError(f"{self._path}: the index is being written by {self._who()}{waited}")

    def release(self) -> None:
        if not self._is_of_parent and self._lock.is_locked:
            with suppress(OSError):  # it only serves a message
                if self._is_held():
                    self._holder.unlink(missing_ok=True)
            self._file = None
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
