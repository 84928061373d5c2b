"""Files that are read -> a bar on stderr."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from searchkit import SyncProgress
from searchkit.cli.quantities import count_of

__all__ = ["copying_shown", "progress_shown"]

_FORMAT = "{percentage:3.0f}% |{bar}| {desc}, {remaining} left"
_WIDEST = 100


@contextmanager
def progress_shown(*, quiet: bool) -> Iterator[Callable[[SyncProgress], None]]:
    """A bar while the block runs, or none where nobody sees it.

    The block calls what it is given with how far it is.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm  # the one command that shows it pays for it

    # Asked here, as tqdm shows nothing in a terminal that does not know its size.
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
    """The same for documents that are copied, of which it is known how many there are."""
    with progress_shown(quiet=quiet) as show:
        yield lambda done, of: show(SyncProgress(files=done, of=of, documents=done))
