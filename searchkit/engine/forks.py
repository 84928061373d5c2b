"""Forks: what a child process does with what it has inherited of its parent.

A fork copies a lock as it is, also one that another thread holds, which is not there in the child. It shares
open files, so what is locked stays locked as long as either process has it open, and what one has not yet
written the other writes as well. So whoever has a lock, a writer or a connection says here what becomes of it
in a child: `watch`.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakSet

from searchkit.errors import SearchkitError

_MOST_DESCRIPTORS = 65_536  # that are looked at where the system does not say which there are


class Inherited(Protocol):
    """What a child process makes usable, or unusable, before anything else happens in it."""

    def after_fork(self) -> None:
        """Called in the child, whose only thread this is."""


count = 0
"""How many forks lie between this process and the one that imported searchkit."""
_watched: WeakSet[Any] = WeakSet()
_kept: list[Any] = []


def watch(thing: Inherited) -> None:
    """Call its `after_fork` in every child process, as long as it lives."""
    _watched.add(thing)


def refused(what: str) -> SearchkitError:
    """The error of what the parent began, when the child goes on with it."""
    return SearchkitError(
        f"{what} was begun by the process that this one, {os.getpid()}, was forked from, and cannot be gone "
        "on with here; begin another one"
    )


def keep(thing: Any, *, forever: bool = False) -> None:
    """Do not let go of what belongs to the parent; with ``forever`` not even when the child ends.

    Rust would wait for threads that are not there, and Python would write what the parent writes.
    """
    _kept.append(thing)
    if forever:
        with suppress(ImportError, AttributeError):
            from ctypes import py_object, pythonapi  # only such a child needs it

            pythonapi.Py_IncRef(py_object(thing))


def let_go_of_files(folder: Path) -> None:
    """Let the child have no file in the folder open for writing: locks stay with the parent alone.

    The descriptors stay, as whoever has them will close or unlock them; /dev/null is behind them. To unlock
    the file itself would unlock it for the parent as well.
    """
    import fcntl  # there is no fork without it

    files = set()
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                files.add(_inode(os.stat(os.path.join(place, name))))  # noqa: PTH116, PTH118
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in _descriptors():
        with suppress(OSError):
            for_writing = fcntl.fcntl(descriptor, fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR)
            if for_writing and _inode(os.fstat(descriptor)) in files:
                os.dup2(null, descriptor, inheritable=False)
    os.close(null)


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _descriptors() -> Iterable[int]:
    """Those that are open, or all that may be."""
    try:
        return [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    except OSError:
        return range(min(os.sysconf("SC_OPEN_MAX"), _MOST_DESCRIPTORS))


def _in_child() -> None:
    global count
    count += 1
    _renew_property_locks()
    for thing in list(_watched):
        thing.after_fork()


def _renew_property_locks() -> None:
    """Before Python 3.12 a `cached_property` is computed for one object at a time, of all that there are."""
    if sys.version_info >= (3, 12):
        return
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "searchkit":
            for made in [one for one in vars(module).values() if isinstance(one, type)]:
                for attribute in vars(made).values():
                    if isinstance(attribute, cached_property):
                        vars(attribute)["lock"] = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
