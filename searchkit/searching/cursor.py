"""Cursors: a position in a list of hits <-> a text, for the client who asks for the next page.

A commit gives the same list in any process. When the index has changed, the list can be continued as long as
this process keeps its snapshot: it keeps the last few snapshots that a cursor was made for.
"""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timezone
from zlib import crc32

import msgspec

from searchkit.dates import to_milliseconds
from searchkit.engine.base import Snapshot
from searchkit.errors import CursorExpiredError

_KEPT = 8


@dataclass(frozen=True)
class Position:
    """Where a page of hits begins, and the time by which the age of documents is measured."""

    snapshot: Snapshot
    offset: int
    now: datetime


class Cursors:
    """Makes and reads the cursors of one index."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = threading.Lock()
        self._of = ""

    def of_several(self, names: str) -> Cursors:
        """The cursors of several indexes that are searched together; these keep the snapshots."""
        cursors = Cursors()
        cursors._kept, cursors._lock, cursors._of = self._kept, self._lock, f" {crc32(names.encode()):x}"
        return cursors

    def encode(self, position: Position, digest: str) -> str:
        """The cursor for a position in the hits of the search with this digest."""
        version = position.snapshot.version
        with self._lock:
            self._kept[version] = position.snapshot
            self._kept.move_to_end(version)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        values = [version, position.offset, to_milliseconds(position.now), digest + self._of]
        return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode()

    def decode(self, cursor: str, digest: str, latest: Snapshot) -> Position:
        """The position that a cursor stands for.

        Raises ValueError for a text that is no cursor, or the cursor of another search, `CursorExpiredError`
        when the index has changed and the snapshot is no longer kept.
        """
        version, offset, now, made_for = _read(cursor)
        if made_for != digest + self._of:
            raise ValueError("this cursor belongs to another search: the query or its options are different")
        with self._lock:
            snapshot = latest if version == latest.version else self._kept.get(version)
        if snapshot is None:
            raise CursorExpiredError(
                "the index has changed since the first page; search again without a cursor"
            )
        if not 0 < offset < len(snapshot):  # there is a hit before it, and one behind it
            raise _no_cursor(cursor)
        return Position(snapshot, offset, now)


def _read(cursor: str) -> tuple[str, int, datetime, str]:
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True)
        version, offset, now, made_for = msgspec.json.decode(text, type=tuple[str, int, int, str])
        return version, offset, datetime.fromtimestamp(now / 1000, timezone.utc), made_for
    except (ValueError, TypeError, OverflowError, OSError, RecursionError):
        # no text, no base64, no JSON, or a time that no calendar has
        raise _no_cursor(cursor) from None


def _no_cursor(cursor: str) -> ValueError:
    return ValueError(f"{str(cursor)[:60]!r} is no cursor of a search")
