"""What Whoosh and the disk raise -> the errors of searchkit."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from searchkit.engine.storage import corrupt, unwritable
from searchkit.errors import SearchkitError

__all__ = ["reading", "writing"]

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_NO_DAMAGE = frozenset((errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM))


@contextmanager
def reading(location: str) -> Iterator[None]:
    """Whatever goes wrong while files are read is damage to them; Whoosh may raise anything."""
    try:
        yield
    except SearchkitError:
        raise
    except Exception as error:
        code = error.errno if isinstance(error, OSError) else None
        if code in _FULL:  # while segments are merged: what was read is not to blame
            raise
        if code in _NO_DAMAGE:
            raise SearchkitError(f"{location}: the index cannot be read: {_reason(error)}") from error
        raise corrupt(location, f"the index is damaged: {_reason(error)}") from error


@contextmanager
def writing(location: str) -> Iterator[None]:
    """Whatever goes wrong on the disk while files are written leaves the last commit as it is."""
    try:
        yield
    except OSError as error:
        raise unwritable(location, _reason(error)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno)
    return f"{type(error).__name__} {error}".partition("\n")[0].strip()
