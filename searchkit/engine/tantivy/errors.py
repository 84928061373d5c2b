"""What tantivy raises -> the errors of searchkit."""

from __future__ import annotations

import errno
import os
import re

from searchkit.engine.atomic_files import corrupt, unwritable
from searchkit.errors import SearchkitError

_OS_ERROR = re.compile(r"\bOs \{ code: (\d+)")
_NO_DAMAGE = frozenset((errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOSPC))


class _Translation:
    """A class, as every search and document comes through here: `contextmanager` would call six functions."""

    def __init__(self, location: str) -> None:
        self._location = location

    def __enter__(self) -> None:
        pass


class reading(_Translation):  # noqa: N801
    """Takes what goes wrong while files are read for damage to them: a plan is never wrong."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or not _is_from_engine(error):
            return
        if (code := os_error_of(error)) in _NO_DAMAGE:
            raise SearchkitError(
                f"{self._location}: the index cannot be read: {os.strerror(code)}"
            ) from error
        raise corrupt(self._location, f"the index is damaged: {_first_line(error)}") from error


class writing(_Translation):  # noqa: N801
    """Whatever goes wrong while files are written leaves the last commit as it is."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and _is_from_engine(error):
            raise unwritable(self._location, _first_line(error)) from error


def os_error_of(error: BaseException) -> int:
    """The number of the error of the operating system that caused this one, or 0."""
    found = _OS_ERROR.search(str(error))
    return int(found[1]) if found else 0


def _is_from_engine(error: BaseException) -> bool:
    return isinstance(error, ValueError | OSError) or type(error).__name__ == "PanicException"


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
