"""errors: exceptions -> problem details (RFC 9457), which are answered in JSON or as a page.

Nothing about the inside goes out: an exception that is not known here becomes "something went wrong", and
its traceback goes to the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

import searchkit

MEDIA_TYPE = "application/problem+json"

_REASONS = {
    "missing": "is needed",
    "string_too_long": "has at most {max_length} characters",
    "too_long": "takes at most {max_length} values",
    "greater_than_equal": "is at least {ge}, not {input}",
    "less_than_equal": "is at most {le}, not {input}",
    "literal_error": "is {expected}, not {input!r}",
}
"""What is said for the type of an error of pydantic; what is not here says its own message."""


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """A request that is refused, and why.

    ``code`` is a short name that programs can rely on; ``more`` are further members of the answer.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(status, code, detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.more = more

    def to_dict(self) -> dict[str, Any]:
        """The members of the answer."""
        title = HTTPStatus(self.status).phrase
        known = {"type": "about:blank", "title": title, "status": self.status, "code": self.code}
        return {**known, "detail": self.detail, **self.more}


@contextmanager
def library_problems() -> Iterator[None]:
    """Turn what searchkit raises about the values of a request into a `Problem`.

    Only for calls that take such values: anywhere else a ValueError is a bug.
    """
    try:
        yield
    except searchkit.QueryTooExpensiveError:
        raise  # a request that has another try, with a higher bound
    except searchkit.QuerySyntaxError as error:
        raise Problem(400, "query-syntax", error.reason, query=error.query, position=error.position) from None
    except searchkit.IndexLockedError:
        detail = "The index is being written by somebody else."
        raise Problem(503, "index-locked", detail, headers={"Retry-After": "5"}) from None
    except searchkit.IndexIncompatibleError:
        raise Problem(503, "index-incompatible", "The index has to be rebuilt first.") from None
    except (ValueError, TypeError) as error:
        raise Problem(400, "invalid-parameter", str(error)) from None


def problem_of(error: Problem | HTTPException | RequestValidationError, method: str) -> Problem:
    """The problem that an error of the framework is about: parameters, 404, 405."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _problem_of_parameter(error.errors()[0])
    code, detail = "method-not-allowed", f"{method} is not possible here."
    if error.status_code == 404:
        code, detail = "not-found", "There is nothing at this address."
    return Problem(error.status_code, code, detail, headers=dict(error.headers or {}))


def _problem_of_parameter(error: dict[str, Any]) -> Problem:
    name = str(error["loc"][1])
    given = error["input"]
    template = _REASONS.get(error["type"])
    shown = given[:40] if isinstance(given, str) else given
    reason = template.format(**error.get("ctx", {}), input=shown) if template else error["msg"]
    code = "missing-parameter" if error["type"] == "missing" else "invalid-parameter"
    return Problem(400, code, f"{name} {reason}", parameter=name)
