"""Files that are read -> a progress bar on stderr."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from searchkit import SyncProgress
from searchkit.cli.output import count_of

__all__ = ["copying_shown", "progress_shown"]

_FORMAT = "{percentage:3.0f}% |{bar}| {desc}, {remaining} left"
_WIDEST = 100


@contextmanager
def progress_shown(*, quiet: bool) -> Iterator[Callable[[SyncProgress], None]]:
    """A progress bar while the block runs; none when quiet or when stderr is not a terminal.

    The block calls the function that it gets with its progress.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm  # imported by the commands that show it only

    # Asked here: tqdm shows nothing in a terminal that does not know its size.
    columns, lines = shutil.get_terminal_size()
    columns = min(columns, _WIDEST) - 4  # room for a ^C behind it
    with tqdm(
        total=0,
        miniters=0,  # a file may hold many documents
        desc=count_of(0, "document"),
        bar_format=_FORMAT,
        file=sys.stderr,
        leave=False,
        ncols=columns,
        nrows=lines,
    ) as bar:
        started = time.perf_counter()

        def show(progress: SyncProgress) -> None:
            bar.total = progress.of
            rate = progress.documents / (time.perf_counter() - started)
            documents = count_of(progress.documents, "document")
            bar.set_description_str(f"{documents}, {rate:,.0f} a second", refresh=False)
            bar.update(progress.files - bar.n)

        yield show


@contextmanager
def copying_shown(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar for a known number of documents that are copied."""
    with progress_shown(quiet=quiet) as show:
        yield lambda done, of: show(SyncProgress(files=done, of=of, documents=done))
