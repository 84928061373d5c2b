"""The state of an index: one document that says what the latest commit is, and who writes.

Whoever writes changes it only as it was read, so a commit is one change of one document: it is there whole or
not at all, and a writer that lost its place to another one cannot commit any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from searchkit.engine.base import UnfinishedError
from searchkit.engine.opensearch.client import Calls, RefusedError
from searchkit.engine.opensearch.mapping import COMMIT
from searchkit.errors import (
    IndexCorruptError,
    IndexNotFoundError,
    IndexReplacedError,
)

LEASE = 60.0
"""Seconds after which a writer that is not heard of any more may be followed by another."""
_ID = "state"
_MOST_LOST = 100


class Holder(msgspec.Struct, frozen=True):
    """The writer."""

    token: str
    who: str
    until: float


class State(msgspec.Struct, frozen=True):
    """Which documents belong to the latest commit: those with a number above ``floor``, up to ``version``."""

    index: str
    """Tells this index from another one that had its name."""
    version: int = 0
    floor: int = 0
    swept: int = 0
    """Up to this number documents are not only dead, but gone."""
    lost: tuple[int, ...] = ()
    """Numbers that were never committed: their documents are dead, even those that come late."""
    pending: int = 0
    """How many lists there are of documents that are replaced, but not gone yet."""
    next: int = 0
    """The last number that a writer took."""
    writer: Holder | None = None

    @property
    def name(self) -> str:
        """Tells the commit from all others."""
        return f"{self.index}-{self.version}"

    @property
    def commit(self) -> tuple[str, int]:
        """What a snapshot is made of."""
        return self.name, self.pending

    @property
    def uncommitted(self) -> list[int]:
        """Numbers that were taken since the last commit."""
        return [number for number in range(self.version + 1, self.next + 1) if number not in self.lost]

    def released(self) -> State:
        """Without a writer, what it did not commit given up."""
        lost = (*self.lost, *self.uncommitted)
        return replace(self, lost=tuple(sorted(lost))[-_MOST_LOST:], writer=None)

    def live(self) -> dict[str, Any]:
        """The query for the documents of the commit, apart from those in the lists."""
        lost = [number for number in self.lost if self.floor < number <= self.version]
        live = {"range": {COMMIT: {"gt": self.floor, "lte": self.version}}}
        return {"bool": {"filter": [live], "must_not": [{"terms": {COMMIT: lost}}]}} if lost else live


class Read(NamedTuple):
    """The state, and the place in the history of its document."""

    state: State
    place: Mapping[str, int]


class StateStore:
    """Reads and changes the state of an index."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.index = ""
        """What tells the index that was opened from another with its name: that of the first state read."""

    def create(self, state: State) -> None:
        """The state of a new index, which is one from then on."""
        self.calls.put(_ID, _text_of(state))
        self.index = state.index

    def read(self) -> Read:
        """The state as it is now; it never goes back, as one copy of it is asked.

        Raises `IndexReplacedError` where the index is not the one that was opened.
        """
        where = self.calls.place.location
        try:
            found = self.calls.document(_ID, preference="_primary_first")
        except IndexNotFoundError as error:
            if not self.index:
                raise
            why = "the index that was opened is not in the cluster any more; open it anew where it is"
            raise IndexReplacedError(f"{where}: {why}") from error
        if found is None and not self.index:
            raise UnfinishedError(f"{where}: searchkit did not make this index, or not to its end")
        try:
            state = msgspec.json.decode(found["_source"]["text"], type=State) if found else State("")
            read = Read(state, _place_of(found) if found else {})
        except (KeyError, TypeError, ValueError) as error:
            raise IndexCorruptError(f"{where}: the state of the index is damaged: {error}") from error
        self.index = self.index or read.state.index
        if read.state.index != self.index:
            why = "another index has taken the place of the one that was opened"
            raise IndexReplacedError(f"{where}: {why}, which is neither read nor written; open it anew")
        return read

    def replace(self, read: Read, state: State) -> Read | None:
        """Write the state in place of what was read; None where somebody else was quicker."""
        try:
            return Read(state, _place_of(self.calls.put(_ID, _text_of(state), read.place)))
        except RefusedError as error:
            if error.status != 409:
                raise
            # An answer may have been lost, and the request sent again.
            now = self.read()
            return now if now.state == state else None

    def dead_ids(self, state: State) -> list[str] | None:
        """The ids of the documents in the lists; None where the lists are gone, as the state has changed."""
        ids: list[str] = []
        for number in range(state.pending):
            found = self.calls.document(pending_id(state.version, number))
            if found is None:
                return None
            ids += found["_source"]["ids"]
        return ids


def pending_id(version: int, number: int) -> str:
    """The id of a list."""
    return f"pending-{version}-{number}"


def _text_of(state: State) -> dict[str, str]:
    return {"text": msgspec.json.encode(state).decode()}


def _place_of(document: Mapping[str, Any]) -> dict[str, int]:
    return {"if_seq_no": document["_seq_no"], "if_primary_term": document["_primary_term"]}
