"""The memory of a process and its children, sampled while they work."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import psutil

__all__ = ["PeakMemory", "private_bytes"]

_EVERY = 0.05
# New children are looked for less often: that means to list every process of the machine.
_CHILDREN_EVERY = 10


class PeakMemory:
    """The most memory of a process and its children during a ``with`` block, in ``bytes``.

    On Linux a page that several of them share counts once, and of a mapped file what is in memory.
    Elsewhere it counts for each of them.
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
    """The memory of the process and its children without memory-mapped files, which the system caches as
    far as there is room."""
    total = 0
    for process in _family(pid):
        with suppress(psutil.Error):
            memory = process.memory_info()
            total += memory.rss - getattr(memory, "shared", 0)  # Linux tells the files, others do not
    return total


def _family(pid: int) -> list[psutil.Process]:
    """The process and its children; empty when it has ended."""
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def _resident(process: psutil.Process) -> int:
    """What the process adds to the memory of its family: its share of each page, or else all it has."""
    with suppress(psutil.Error, OSError):
        rollup = Path(f"/proc/{process.pid}/smaps_rollup")
        if rollup.parent.exists():
            return _kilobytes(rollup.read_text(encoding="ascii"), "Pss") * 1024
        return int(process.memory_info().rss)
    return 0


def _kilobytes(rollup: str, name: str) -> int:
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(f"{name}:"))
