"""A file or a folder that is held open, so that it can be told from any other that takes its place.

Inode numbers are given again once a file is gone, and times are as coarse as the ticks of a clock. While a
file is open its number is taken, so what has the same number is the same file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple
from weakref import finalize


class Mark(NamedTuple):
    """What changes when a file is replaced."""

    modified: int
    inode: int
    device: int

    @classmethod
    def of(cls, path: str | Path | int) -> Mark:
        """The mark of a file, or of a descriptor; raises OSError."""
        status = os.stat(path)  # noqa: PTH116
        return cls(status.st_mtime_ns, status.st_ino, status.st_dev)


class Pinned:
    """A file that nobody else gets the mark of as long as this object lives; raises OSError."""

    def __init__(self, path: Path) -> None:
        if os.name == "nt":  # where numbers do not come again, and an open file cannot be replaced
            self.mark = Mark.of(path)
            return
        descriptor = os.open(path, os.O_RDONLY)
        finalize(self, os.close, descriptor)
        self.mark = Mark.of(descriptor)

    def is_still(self, path: Path) -> bool:
        """Whether this is what stands at the path, whatever its content; raises OSError."""
        return Mark.of(path)[1:] == self.mark[1:]
