"""Memory: what a process and its children hold, looked at again and again while they work."""

from __future__ import annotations

import threading
from contextlib import suppress

import psutil

__all__ = ["PeakMemory", "private_bytes"]

_EVERY = 0.05
# Whether there are new children is asked less often: it means to look at every process of the machine.
_CHILDREN_EVERY = 10


class PeakMemory:
    """The most resident memory of a process and its children during a ``with`` block, in ``bytes``.

    Pages that several of them share, such as an index file that is mapped into memory, count in each.
    """

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        looks = 0
        family: list[psutil.Process] = []
        while True:
            if looks % _CHILDREN_EVERY == 0:
                family = _family(self._pid)
            self.bytes = max(self.bytes, sum(map(_resident, family)))
            looks += 1
            if self._done.wait(_EVERY):
                return


def private_bytes(pid: int) -> int:
    """What the process and its children hold beside files that are mapped into memory: of those the system
    keeps as much as there is room for."""
    total = 0
    for process in _family(pid):
        with suppress(psutil.Error):
            memory = process.memory_info()
            total += memory.rss - getattr(memory, "shared", 0)  # Linux tells the files, others do not
    return total


def _family(pid: int) -> list[psutil.Process]:
    """None of them where the process is gone."""
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def _resident(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
