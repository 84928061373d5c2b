"""The writer of an index in a cluster: index documents -> documents that nobody sees -> a commit.

Every commit has a number, which its documents carry; searches leave out what is above the number of the
latest commit. So documents are sent as they come, and one change of the state lets all of them be seen. Those
that they replace are in lists until they are deleted, which comes after the commit and can be done by the
next writer.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from searchkit.engine import forks
from searchkit.engine.base import EngineWriter, IndexDocument, id_term
from searchkit.engine.lock import this_process
from searchkit.engine.opensearch.mapping import COMMIT, document_id, document_of
from searchkit.engine.opensearch.snapshot import OpenSearchSnapshot
from searchkit.engine.opensearch.state import LEASE, Holder, Read, State, StateStore, pending_id
from searchkit.errors import IndexLockedError, SearchkitError

_MOST_ENTRIES, _MOST_CHARACTERS = 1000, 1_500_000  # of one request
_LONGEST_LIST = 10_000
_LONG = 3600.0  # seconds for what takes long in a large index
_LOOK_AGAIN = 0.2


class OpenSearchWriter(EngineWriter):
    def __init__(
        self,
        states: StateStore,
        snapshot: Callable[[], OpenSearchSnapshot],
        timeout: float,
        force_merge: bool,
    ) -> None:
        self._states = states
        self._calls = states.calls
        self._snapshot = snapshot
        self._force_merge = force_merge
        self._holder = Holder(os.urandom(8).hex(), str(this_process()), 0.0)
        self._is_open = True
        self._is_of_parent = False
        forks.watch(self)
        self._number: int | None = None
        self._floor: int | None = None
        self._forget()
        self._read, uncommitted = self._acquired(timeout)
        try:
            self._sorting = self._calls.mapping()["properties"].get("first", {}).get("properties", {})
            if uncommitted:
                self._calls.refresh()
                self._sweep({"terms": {COMMIT: uncommitted}})
            self._tidy()
            self._before = snapshot()
        except BaseException:
            self.close()
            raise

    # -- what others call

    def upsert(self, indexed: IndexDocument) -> None:
        self._add(id_term(indexed.id), indexed, len(indexed.stored) + sum(map(len, indexed.terms.values())))

    def delete(self, id: str) -> None:
        self._add(id_term(id), None, 100)

    def delete_all(self) -> None:
        self._check_open()
        self._forget()
        self._floor = self._read.state.next
        self._number = None  # what was sent so far has a number that goes with the rest
        self._changed = True

    def commit(self) -> None:
        self._check_open()
        if self._waiting or self._changed:
            self._commit_changes()
        if self._force_merge:
            with suppress(SearchkitError):  # it is committed
                params = {"max_num_segments": "1", "request_timeout": _LONG}
                self._calls.of_index("POST", "_forcemerge", params=params)
                self._calls.refresh()
        self._before = self._snapshot()

    def _commit_changes(self) -> None:
        try:
            self._flush()
            self._tidy()  # only if that failed when the last commit was made
            number = self._numbered()
            lists = _pieces(self._dead)
            self._calls.bulk((_indexed(pending_id(number, at)), {"ids": ids}) for at, ids in enumerate(lists))
            self._calls.refresh()
            floor = self._floor if self._floor is not None else self._read.state.floor
            lost = tuple(one for one in self._read.state.lost if one > floor)
            self._change(version=number, pending=len(lists), floor=floor, lost=lost)
        except BaseException:
            self.close()
            raise
        self._number = None
        self._forget()
        with suppress(SearchkitError):  # it is committed, and the next commit or writer goes on
            self._tidy()

    def close(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        with suppress(SearchkitError):  # it is gone after its time, and the next writer sweeps
            read = (
                self._states.read()
            )  # raises where there is another index, from which nothing is to be swept
            if self._number is not None:
                self._calls.refresh()
                self._sweep({"terms": {COMMIT: self._read.state.uncommitted}})
            read = self._states.read()
            while read.state.writer and read.state.writer.token == self._holder.token:
                self._states.replace(read, read.state.released())
                read = self._states.read()

    # -- the batch

    def _forget(self) -> None:
        """Begin a batch."""
        self._waiting: dict[str, IndexDocument | None] = {}
        self._characters = 0
        self._dead: list[str] = []
        self._floor = None
        self._changed = False

    def _add(self, key: str, indexed: IndexDocument | None, characters: int) -> None:
        self._check_open()
        self._waiting[key] = indexed
        self._characters += characters
        if len(self._waiting) >= _MOST_ENTRIES or self._characters > _MOST_CHARACTERS:
            try:
                self._flush()
            except BaseException:
                self.close()  # what is sent in part is not to be committed later
                raise

    def _flush(self) -> None:
        self._states.read()  # raises where another index has taken the place of this one
        if not self._waiting:
            return
        waiting, self._waiting, self._characters = self._waiting, {}, 0
        if self._floor is None and len(self._before):
            self._dead += self._before.document_ids(list(waiting))
        number = self._numbered()
        if time.time() > self._holder.until - LEASE * 2 / 3:
            self._change()
        ids = {key: document_id(key, number) for key in waiting}
        self._calls.bulk(
            (_indexed(ids[key]), document_of(indexed, number, self._sorting))
            if indexed
            else _deleted(ids[key])
            for key, indexed in waiting.items()
        )
        self._changed = True

    def _numbered(self) -> int:
        """The number of this commit, which nobody else had before."""
        if self._number is None:
            self._number = self._change(next=self._read.state.next + 1).next
        return self._number

    # -- the state

    def _renewed(self) -> Holder:
        """Us as the one who writes, whose time begins anew."""
        self._holder = replace(self._holder, until=time.time() + LEASE)
        return self._holder

    def _acquired(self, timeout: float) -> tuple[Read, list[int]]:
        """The state with us as the writer, and the numbers that the writer before us did not commit."""
        until = time.monotonic() + timeout
        while True:
            read = self._states.read()
            holder = read.state.writer
            if holder is None or holder.until < time.time():
                ours = replace(read.state.released(), writer=self._renewed())
                if done := self._states.replace(read, ours):
                    return done, read.state.uncommitted
            elif time.monotonic() >= until:
                waited = f" (waited {timeout:g} s)" if timeout else ""
                raise IndexLockedError(
                    f"{self._calls.place.location}: the index is being written by {holder.who}{waited}; if "
                    f"that has ended, others can write {max(1, round(holder.until - time.time()))} s from now"
                )
            time.sleep(_LOOK_AGAIN)

    def _change(self, **changes: Any) -> State:
        """Change the state, which nobody else may have changed; our time begins anew with it."""
        state = replace(self._read.state, writer=self._renewed(), **changes)
        done = self._states.replace(self._read, state)
        if done is None:
            raise IndexLockedError(
                f"{self._calls.place.location}: nothing was heard of this writer for {LEASE:g} s, and "
                "another one has taken its place; nothing of this batch is committed"
            )
        self._read = done
        return state

    def after_fork(self) -> None:
        """Leave the batch to the parent, which is still the one who writes."""
        self._is_of_parent = self._is_open
        self._is_open = False

    def _check_open(self) -> None:
        if self._is_of_parent:
            raise forks.refused(f"{self._calls.place.location}: this batch")
        if not self._is_open:
            raise SearchkitError("this writer is closed")

    # -- what is dead

    def _tidy(self) -> None:
        """Delete what the latest commit replaced."""
        state = self._read.state
        if not state.pending and state.swept == state.floor:
            return
        for ids in _pieces(self._states.dead_ids(state) or []):
            self._calls.bulk(map(_deleted, ids))
        if state.swept != state.floor:
            self._sweep({"range": {COMMIT: {"lte": state.floor}}})
        self._calls.refresh()
        self._change(pending=0, swept=state.floor)
        self._calls.bulk(_deleted(pending_id(state.version, at)) for at in range(state.pending))

    def _sweep(self, query: dict[str, Any]) -> None:
        """Delete what the query finds, as far as it was refreshed."""
        body = {"query": query, "size": _LONGEST_LIST, "_source": False}
        params = {"allow_partial_search_results": "false"}
        while hits := self._calls.of_index("POST", "_search", body, params=params)["hits"]["hits"]:
            self._calls.bulk(_deleted(hit["_id"]) for hit in hits)
            self._calls.refresh()


def _pieces(ids: list[str]) -> list[list[str]]:
    return [ids[at : at + _LONGEST_LIST] for at in range(0, len(ids), _LONGEST_LIST)]


def _indexed(id: str) -> dict[str, Any]:
    return {"index": {"_id": id}}


def _deleted(id: str) -> tuple[dict[str, Any], None]:
    return {"delete": {"_id": id}}, None
