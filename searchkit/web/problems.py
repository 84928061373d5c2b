"""problems: what goes wrong with a request -> what is said about it (RFC 9457), in JSON or as a page.

Nothing of the inside goes out: what is not known here is "something went wrong", and its traceback is in
the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import searchkit

__all__ = ["MEDIA_TYPE", "Problem", "library_problems"]

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """A request that is not answered, and why.

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
    """What searchkit raises for what somebody asked for, as a `Problem`.

    Only for calls of the library that take the values of a request: anywhere else a ValueError is a bug.
    """
    try:
        yield
    except searchkit.QuerySyntaxError as error:
        raise Problem(400, "query-syntax", error.reason, query=error.query, position=error.position) from None
    except searchkit.IndexLockedError:
        detail = "The index is being written by somebody else."
        raise Problem(503, "index-locked", detail, headers={"Retry-After": "5"}) from None
    except searchkit.IndexIncompatibleError:
        raise Problem(503, "index-incompatible", "The index has to be rebuilt first.") from None
    except (ValueError, TypeError) as error:
        raise Problem(400, "invalid-parameter", str(error)) from None
