"""A background writer: another process that commits into an index while it is searched."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["committing"]

_WRITER = """
import sys, searchkit
with searchkit.open(sys.argv[1]) as index:
    for line in sys.stdin:
        index.add([{"id": "commit " + line.strip(), "title": "又一篇", "body": "又寫了一篇。"}], workers=1)
        print("done", flush=True)
"""


@contextmanager
def committing(location: Path) -> Iterator[Callable[[str], None]]:
    """A process that commits one document for each call; the call returns after the commit."""
    command = [sys.executable, "-c", _WRITER, str(location)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def commit(name: str) -> None:
            stdin.write(f"{name}\n")
            stdin.flush()
            if stdout.readline() != "done\n":
                raise RuntimeError("the process that commits has failed; its error is above")

        yield commit
