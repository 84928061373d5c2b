"""The latest commit of a folder as an index of tantivy, also where the folder can only be read.

While it opens the files of a commit, tantivy holds a lock, in a file that it opens for writing. On a medium
that cannot be written it is given a temporary folder, with links to the files. It keeps them mapped, so the
folder is needed for the moment only.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import tantivy

from searchkit.engine.commit_files import of_one_commit
from searchkit.engine.tantivy.errors import os_error_of
from searchkit.engine.tantivy.files import COMMIT_FILE, content_of, names_of
from searchkit.errors import SearchkitError

_TRIES, _PAUSE = 20, 0.01
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


def latest(data: Path, known: tantivy.Index | None = None) -> tuple[tantivy.Index, bool]:
    """The index, and whether it can be ``known`` the next time, when it needs to look at new files only."""
    try:
        if known is None:
            return _open(data), True
        known.reload()
    except ValueError as error:
        if os_error_of(error) not in _READ_ONLY:
            raise
        return of_one_commit(partial(content_of, data / COMMIT_FILE), partial(_opened_by_links, data)), False
    return known, True


def _open(data: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(data))
    index.config_reader("manual")
    return index


def _opened_by_links(data: Path, commit: bytes) -> tantivy.Index:
    try:
        with _temporary_folder() as there:
            for name in names_of(commit):
                (data / name).stat()  # raises where a writer removed it, with its commit
                os.symlink(data / name, there / name)  # noqa: PTH211
            (there / COMMIT_FILE).write_bytes(commit)
            return _open(there)
    except FileNotFoundError as error:
        if error.filename and str(error.filename).startswith(str(data)):
            raise
        raise _no_room(data, error) from error
    except OSError as error:
        raise _no_room(data, error) from error


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    from shutil import rmtree  # these take long to import, and are seldom needed
    from tempfile import mkdtemp

    folder = Path(mkdtemp(prefix="searchkit-"))
    try:
        yield folder
    finally:
        # A thread of tantivy looks for new commits until the index has its own way to see them, and may be
        # making its lock file just now.
        for _ in range(_TRIES):
            rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(_PAUSE)


def _no_room(data: Path, error: OSError) -> SearchkitError:
    return SearchkitError(
        f"{data}: cannot be written, and so cannot be read without a temporary folder: "
        f"{error.strerror or error}; let TMPDIR name one"
    )
