"""What tantivy raises -> the errors of searchkit."""

from __future__ import annotations

import os
import re

from searchkit.engine.atomic_files import REFUSED, corrupt, unwritable
from searchkit.engine.base import PlanTooExpensiveError
from searchkit.errors import SearchkitError

# As Rust prints the error itself, and as it says it.
_OS_ERROR = re.compile(r"\bOs \{ code: (\d+)|\(os error (\d+)\)")
# Those of `TantivyError` and `AggregationError` that depend on what is asked, by their texts: too many
# expansions, an automaton with too many states, too many buckets.
_OF_QUERY = re.compile(
    r"An invalid argument was passed: '(.*)'|(Aborting aggregation because .* limit was exceeded)", re.DOTALL
)


class _Translation:
    """A class, as every search and document comes through here: `contextmanager` would call six functions."""

    def __init__(self, location: str) -> None:
        self._location = location

    def __enter__(self) -> None:
        pass


class reading(_Translation):  # noqa: N801
    """Tells apart what goes wrong while a query is made and files are read: by what was asked for, what the
    operating system refused, and the rest, which is damage to the files."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or not _is_from_engine(error):
            return
        said = str(error)
        code = _OS_ERROR.search(said)
        if code and (number := int(code[1] or code[2])) in REFUSED:
            raise SearchkitError(
                f"{self._location}: the index cannot be read: {os.strerror(number)}; "
                "even a reader has to open data/.tantivy-meta.lock for writing"
            ) from error
        if not code and (asked := _OF_QUERY.match(said)):
            raise PlanTooExpensiveError(reason=f"a limit of tantivy: {asked[1] or asked[2]}") from error
        raise corrupt(self._location, f"the index is damaged: {_first_line(error)}") from error


class writing(_Translation):  # noqa: N801
    """Whatever goes wrong while files are written leaves the last commit as it is."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and _is_from_engine(error):
            raise unwritable(self._location, _first_line(error)) from error


def _is_from_engine(error: BaseException) -> bool:
    return isinstance(error, ValueError | OSError) or type(error).__name__ == "PanicException"


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
