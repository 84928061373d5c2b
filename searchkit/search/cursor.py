"""cursors: a place in a list of hits <-> a text, with the state of the index that the list was made of.

The same commit gives the same list, in any process. Where the index has changed since, the list goes on
as long as the process keeps the state of then: the last few that somebody may want to go on in.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timezone

from searchkit.dates import to_milliseconds
from searchkit.engine.base import Snapshot
from searchkit.errors import CursorExpiredError

__all__ = ["CursorStore", "Place"]

_KEPT = 8


@dataclass(frozen=True)
class Place:
    """Where a list goes on, and the moment by which its documents are new or old."""

    snapshot: Snapshot
    offset: int
    now: datetime


class CursorStore:
    """Those of one index."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = threading.Lock()

    def text(self, place: Place, digest: str) -> str:
        """The place as a text, for the search with this digest."""
        with self._lock:
            self._kept[place.snapshot.version] = place.snapshot
            self._kept.move_to_end(place.snapshot.version)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        values = [place.snapshot.version, place.offset, to_milliseconds(place.now), digest]
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()

    def place(self, cursor: str, digest: str, latest: Snapshot) -> Place:
        """The place that a text means.

        Raises ValueError for a text that is no cursor or one of another search, `CursorExpiredError` when the
        index has changed and its state of then is gone.
        """
        version, offset, now, made_for = _read(cursor)
        if made_for != digest:
            raise ValueError("this cursor belongs to another search: the query or its options are different")
        with self._lock:
            kept = latest if version == latest.version else self._kept.get(version)
        if kept is None:
            raise CursorExpiredError(
                "the index has changed since the first page; search again without a cursor"
            )
        if not 0 < offset < len(kept):  # there is a hit before it, and one behind it
            raise _no_cursor(cursor)
        return Place(kept, offset, now)


def _read(cursor: str) -> tuple[str, int, datetime, str]:
    try:
        values = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        match values:
            case [str(version), int(offset), int(now), str(made_for)]:
                return version, offset, datetime.fromtimestamp(now / 1000, timezone.utc), made_for
    except (ValueError, TypeError, OverflowError, OSError, RecursionError):
        pass  # no text, no base64, no JSON, or a time that no calendar has
    raise _no_cursor(cursor)


def _no_cursor(cursor: str) -> ValueError:
    return ValueError(f"{str(cursor)[:60]!r} is no cursor of a search")
