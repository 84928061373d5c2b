"""Documents that are read -> a bar on stderr."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from searchkit import Articles
from searchkit.cli.quantities import count_of

__all__ = ["progress_over"]

_FORMAT = "{percentage:3.0f}% |{bar}| {desc}, {remaining} left"
_WIDEST = 100


@contextmanager
def progress_over(sources: Sequence[Articles], *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar while the block runs, or none where nobody sees it.

    The block calls what it is given for every document.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from tqdm import tqdm  # the one command that shows it pays for it

    # The files are counted first: only then is there a time that remains.
    columns = min(shutil.get_terminal_size().columns, _WIDEST) - 4  # room for a ^C behind it
    files = sum(articles.count_files() for articles in sources)
    with tqdm(total=files, bar_format=_FORMAT, file=sys.stderr, leave=False, ncols=columns) as bar:
        started = time.perf_counter()
        documents = 0

        def advance() -> None:
            nonlocal documents
            documents += 1
            rate = documents / (time.perf_counter() - started)
            bar.set_description_str(f"{count_of(documents, 'document')}, {rate:,.0f} a second", refresh=False)
            bar.update(sum(each.files_read for each in sources) - bar.n)

        yield advance
