"""What waits for the threads of tantivy, which takes up to 10,000 documents, however long, and tells nobody.

On Linux one can see whether one of the threads has nothing to do, and then nothing waits. Elsewhere what
waits is not bounded.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

_THREADS = Path("/proc/self/task")
_INDEXING = "thrd-tantivy-in"  # what tantivy calls them, as far as Linux keeps a name
_LOOK_AGAIN = 0.001  # seconds
_LONGEST = 60.0  # seconds, if there is a system on which they look busy for ever


class Backlog:
    """Lets whoever hands documents over wait now and then, so that no more than ``most`` bytes wait."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._handed_over = 0  # since nothing has waited

    def add(self, size: int) -> None:
        """Count a document of so many bytes that is about to be handed over."""
        self._handed_over += size
        if self._handed_over > self._most:
            until = time.monotonic() + _LONGEST
            while _all_are_busy() and time.monotonic() < until:
                time.sleep(_LOOK_AGAIN)
            self._handed_over = size


def _all_are_busy() -> bool:
    """Whether there are threads that index, and all of them have something to do."""
    states = []
    with suppress(OSError):  # there is no such folder
        for thread in _THREADS.iterdir():
            with suppress(OSError):  # it has just ended
                if (thread / "comm").read_text().startswith(_INDEXING):
                    states.append((thread / "stat").read_text().rpartition(")")[2].split()[0])
    return bool(states) and "S" not in states
