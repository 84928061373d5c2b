"""Many readers and one writer, in threads and in processes: every answer is that of one commit.

What the index holds behind each commit follows from its number, and so does every right answer. A reader
knows which commit was done before it asked, so it can tell whether what it got is whole, new enough and never
older than what it got before.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Document, Hit, Index, SearchkitError

MakeIndex = Callable[..., Index]
OtherProcess = Callable[..., "subprocess.Popen[str]"]
State = dict[int, int]
"""The batches that there are, and the commit that wrote each."""

SIZE = 10  # documents of a batch
FIELDS = {"batch": "number", "version": "number"}
QUERY = "博物館"
PATIENCE = 60.0  # seconds after which something hangs; nothing here takes as long

HERE = "from tests.durability import test_concurrency\n"


# -- what is written


@dataclass(frozen=True)
class History:
    """What each commit writes and deletes, by its number: 1 is the first."""

    commits: int
    changes: Callable[[int], tuple[list[int], list[int]]]

    @cache  # noqa: B019 - there are two, which live as long as the module
    def state(self, number: int) -> State:
        """What the index holds behind the commit; 0 is the empty index."""
        if number == 0:
            return {}
        written, deleted = self.changes(number)
        state = {**self.state(number - 1), **dict.fromkeys(written, number)}
        return {batch: version for batch, version in state.items() if batch not in deleted}

    def write(self, index: Index, number: int) -> None:
        """Make this commit."""
        written, deleted = self.changes(number)
        with index.writer(timeout=PATIENCE) as writer:
            for batch in written:
                for document in documents(batch, number):
                    writer.add(document)
            for batch in deleted:
                for document in documents(batch, number):
                    writer.delete(document.id)


ADDS = History(8, lambda number: ([number], []))
# New batches, others over those of before, and some that go: no two states are alike.
CHANGES = History(10, lambda number: ([number % 5], [(number + 2) % 5] if number % 3 == 0 else []))


def documents(batch: int, version: int) -> list[Document]:
    return [
        Document(
            id=f"{batch}-{part}",
            title="博物館開門",
            body=f"第{version}次寫的第{part}篇。",
            extra={"batch": batch, "version": version},
        )
        for part in range(SIZE)
    ]


# -- what is read: a way to ask, and the right answer for each state


def versions(found: Iterator[Document] | list[Document]) -> dict[str, int]:
    held = {}
    for document in found:
        assert document.id not in held, "a document came twice"
        held[document.id] = document.extra["version"]
    return held


def versions_of(state: State) -> dict[str, int]:
    return {
        document.id: version for batch, version in state.items() for document in documents(batch, version)
    }


def searched(index: Index) -> Any:
    results = index.search(QUERY, limit=1000, facets=("batch", "version"))
    assert all(hit.title.spans and "次寫的" in hit.snippet.text for hit in results)
    return results.total, results.facets, versions([hit.document for hit in results])


def searched_in(state: State) -> Any:
    facets = {"batch": dict.fromkeys(state, SIZE), "version": dict(Counter(state.values()))}
    facets["version"] = {version: SIZE * batches for version, batches in facets["version"].items()}
    return SIZE * len(state), facets, versions_of(state)


def paged(index: Index) -> dict[str, int]:
    page = index.search(QUERY, limit=7)
    return versions([hit.document for hit in [*page, *hits_behind(index, page.cursor)]])


def hits_behind(index: Index, cursor: str | None) -> Iterator[Hit]:
    while cursor:
        page = index.search(QUERY, limit=7, cursor=cursor)
        yield from page
        cursor = page.cursor


def got(index: Index) -> dict[str, int]:
    asked = [f"{batch}-{part}" for batch in range(ADDS.commits + 1) for part in range(SIZE)]
    return versions(list(index.get_many(asked).values()))


def got_one(index: Index) -> int | None:
    document = index.get("1-3")
    return document.extra["version"] if document else None


def suggested(index: Index) -> set[str]:
    return {suggestion.text for suggestion in index.suggest("博")}


Look = tuple[Callable[[Index], Any], Callable[[State], Any]]
LOOKS: dict[str, Look] = {
    "search": (searched, searched_in),
    "count": (lambda index: index.count(QUERY), lambda state: SIZE * len(state)),
    "length": (len, lambda state: SIZE * len(state)),
    "iterate": (lambda index: versions(iter(index)), versions_of),
    "page": (paged, versions_of),
    "get many": (got, versions_of),
    "get": (got_one, lambda state: state.get(1)),
    "suggest": (suggested, lambda state: {"博物館", "博物館開門"} if state else set()),
}
# Deleted documents may still count in suggestions, so only where none are is there one right answer.
SUGGESTED_COUNTS: Look = (
    lambda index: {suggestion.documents for suggestion in index.suggest("博")},
    lambda state: {SIZE * len(state)} if state else set(),
)


@dataclass
class Reader:
    """Asks one thing again and again; what it gets is never older than what it got before."""

    history: History
    look: Look
    oldest: int = 0
    """The first commit that the last answer fits."""

    def read(self, index: Index, *, done: int, begun: Callable[[], int]) -> None:
        """Ask once: commit ``done`` was there before, and commits up to ``begun`` may be there by now."""
        ask, right_answer = self.look
        answer = ask(index)
        first, last = max(self.oldest, done), begun()
        fitting = (
            number for number in range(first, last + 1) if right_answer(self.history.state(number)) == answer
        )
        number = next(fitting, None)
        assert number is not None, f"no commit from {first} to {last} gives {answer!r}"
        self.oldest = number


@dataclass
class Progress:
    """How far the writing thread is."""

    begun: int = 0
    done: int = 0
    ended: threading.Event = field(default_factory=threading.Event)


@pytest.fixture(params=["index", ":memory:"])
def shared(request: pytest.FixtureRequest, make_index: MakeIndex, tmp_path: Path) -> Index:
    """An empty index, in a folder and in memory."""
    location = ":memory:" if request.param == ":memory:" else tmp_path / request.param
    return make_index(location=location, fields=FIELDS)


class TestThreadsThatShareAnIndex:
    @pytest.mark.parametrize(
        ("history", "looks"),
        [
            pytest.param(CHANGES, list(LOOKS.values()), id="adds, updates and deletions"),
            pytest.param(ADDS, [LOOKS["search"], LOOKS["count"], SUGGESTED_COUNTS], id="adds only"),
        ],
    )
    def test_every_answer_is_of_one_commit(self, history: History, looks: list[Look], shared: Index) -> None:
        progress = Progress()
        ready = threading.Barrier(len(looks) + 1)

        def read_along(look: Look) -> None:
            reader = Reader(history, look)
            reader.read(shared, done=0, begun=lambda: 0)
            ready.wait(PATIENCE)
            while True:
                last_time = progress.ended.is_set()
                reader.read(shared, done=progress.done, begun=lambda: progress.begun)
                if last_time:
                    break

        with ThreadPoolExecutor(len(looks)) as threads:
            readers = [threads.submit(read_along, look) for look in looks]
            try:
                ready.wait(PATIENCE)
                for number in range(1, history.commits + 1):
                    progress.begun = number
                    history.write(shared, number)
                    progress.done = number
            finally:
                progress.ended.set()
            for reader in readers:
                reader.result(PATIENCE)

    def test_closing_while_others_search_gives_results_or_an_error(
        self, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        location = tmp_path / "index"
        with make_index(location=location, fields=FIELDS) as index:
            CHANGES.write(index, 1)
        index = searchkit.open(location)
        asked, closed = threading.Barrier(len(LOOKS) + 1), threading.Event()

        def read_until_closed(look: Look) -> str:
            ask, right_answer = look
            right = right_answer(CHANGES.state(1))
            assert ask(index) == right
            asked.wait(PATIENCE)
            with pytest.raises(SearchkitError) as error:
                last_time = False
                while not last_time:
                    last_time = closed.is_set()
                    assert ask(index) == right
            return str(error.value)

        with ThreadPoolExecutor(len(LOOKS)) as threads:
            readers = [threads.submit(read_until_closed, look) for look in LOOKS.values()]
            iteration = iter(index)
            begun = [next(iteration)]
            asked.wait(PATIENCE)
            index.close()
            closed.set()
            said = {reader.result(PATIENCE) for reader in readers}
        assert said == {f"{location}: this index is closed"}
        assert versions([*begun, *iteration]) == versions_of(CHANGES.state(1)), "what has begun goes on"
        with searchkit.open(location) as again:
            assert len(again) == SIZE


def test_two_objects_on_one_folder_see_what_the_other_writes(make_index: MakeIndex, tmp_path: Path) -> None:
    one = make_index(location=tmp_path / "index", fields=FIELDS)
    with searchkit.open(tmp_path / "index") as other:
        for number in range(1, 6):
            writing, reading = (one, other) if number % 2 else (other, one)
            CHANGES.write(writing, number)
            for index in (reading, writing):
                for ask, right_answer in LOOKS.values():
                    assert ask(index) == right_answer(CHANGES.state(number))


def test_objects_that_write_in_turn_know_each_others_files(make_index: MakeIndex, tmp_path: Path) -> None:
    one = make_index(location=tmp_path / "index", fields=FIELDS)
    with searchkit.open(tmp_path / "index") as other:
        for number in range(1, 5):
            CHANGES.write(one if number % 2 else other, number)
            assert other.check().problems == []
        one.optimize()
        other.optimize()
        assert len(segment_files(tmp_path)) == one.stats().details["segments"], "none is left behind"


# -- other processes; what they run is called by its name


def write_all(location: str, first: str, last: str) -> None:
    """The process that writes: says the number of each commit, and rewrites the index in between."""
    with searchkit.open(location) as index:
        say("ready")
        for number in range(int(first), int(last) + 1):
            CHANGES.write(index, number)
            say(str(number))
            if number % 4 == 0:
                index.optimize()
            elif number % 6 == 0:
                index.rebuild()
        index.optimize()


def read_kept_open(location: str) -> None:
    """A process that reads: for every number that it is told, it asks in all ways."""
    readers = [Reader(CHANGES, look) for look in LOOKS.values()]
    with searchkit.open(location) as index:
        say("ready")
        for line in sys.stdin:
            for reader in readers:
                reader.read(index, done=int(line), begun=lambda: CHANGES.commits)
            say(line.strip())


def read_opened_anew(location: str) -> None:
    """The same, with an index that it opens each time."""
    readers = [Reader(CHANGES, look) for look in LOOKS.values()]
    say("ready")
    for line in sys.stdin:
        for reader in readers:
            with searchkit.open(location) as index:
                reader.read(index, done=int(line), begun=lambda: CHANGES.commits)
        say(line.strip())


def add_own(location: str, name: str) -> None:
    """One of several processes that write at once."""
    with searchkit.open(location) as index:
        say("ready")
        sys.stdin.readline()
        add_own_documents(index, name)


def hold(location: str) -> None:
    """A process that writes until it is told to end."""
    with searchkit.open(location) as index, index.writer() as writer:
        writer.add({"id": "of the first", "body": "茶"})
        say("ready")
        sys.stdin.readline()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tell(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()


def ended_well(process: subprocess.Popen[str]) -> list[str]:
    """What it still said."""
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, "its error is on stderr"
    return said.split()


def test_reading_processes_see_one_commit_after_another(
    make_index: MakeIndex, other_process: OtherProcess, tmp_path: Path
) -> None:
    location = tmp_path / "index"
    make_index(location=location, fields=FIELDS).close()
    readers = [
        other_process(f"{HERE}test_concurrency.{function.__name__}(*arguments)", location)
        for function in (read_kept_open, read_opened_anew)
    ]
    for reader in readers:
        tell(reader, "0")
    writer = other_process(
        f"{HERE}test_concurrency.write_all(*arguments)", location, "1", str(CHANGES.commits)
    )
    assert writer.stdout is not None
    # The writer goes on while the readers ask; none waits for the other.
    told = ["0"]
    for line in writer.stdout:
        told.append(line.strip())
        for reader in readers:
            tell(reader, told[-1])
    assert ended_well(writer) == []
    assert told[-1] == str(CHANGES.commits)
    for reader in readers:
        assert ended_well(reader) == told


# -- what has begun


@pytest.mark.parametrize("writer", ["the same object", "another process"])
def test_iterations_and_pages_stay_in_their_commit(
    writer: str, make_index: MakeIndex, other_process: OtherProcess, tmp_path: Path
) -> None:
    index = make_index(location=tmp_path / "index", fields=FIELDS)
    for number in (1, 2, 3):
        CHANGES.write(index, number)
    before = versions_of(CHANGES.state(3))
    iteration = iter(index)
    begun = [next(iteration)]
    page = index.search(QUERY, limit=7)
    early_cursor = page.cursor
    unasked = index.search(QUERY, limit=7)  # its cursor is asked for when the index has changed
    files = segment_files(tmp_path)

    if writer == "another process":
        process = other_process(f"{HERE}test_concurrency.write_all(*arguments)", tmp_path / "index", "4", "8")
        ended_well(process)
    else:
        for number in range(4, 9):
            CHANGES.write(index, number)
        index.optimize()

    assert not files & segment_files(tmp_path), "the files of then are gone"
    assert searched(index) == searched_in(CHANGES.state(8)), "what begins now is of the last commit"
    assert versions([*begun, *iteration]) == before
    late_cursor = unasked.cursor
    for first, cursor in ((page, early_cursor), (unasked, late_cursor)):
        found = [*first, *hits_behind(index, cursor)]
        assert versions([hit.document for hit in found]) == before


def segment_files(folder: Path) -> set[str]:
    found = {path.name for path in (folder / "index" / "data").glob("*.store")}
    assert found
    return found


# -- more than one writer

BATCHES_EACH = 2


def add_own_documents(index: Index, name: str) -> None:
    for batch in range(BATCHES_EACH):
        own = ({"id": f"{name}-{batch}-{part}", "body": "茶與水"} for part in range(5))
        report = index.add(own, timeout=PATIENCE, workers=1)
        assert report.added == 5


class TestASecondWriter:
    def test_a_second_writer_is_told_which_process_writes(
        self, make_index: MakeIndex, other_process: OtherProcess, tmp_path: Path
    ) -> None:
        index = make_index(location=tmp_path / "index")
        first = other_process(f"{HERE}test_concurrency.hold(*arguments)", tmp_path / "index")
        for timeout in (0, 0.2):
            with pytest.raises(searchkit.IndexLockedError, match=rf"by process {first.pid} on "):
                index.add([{"id": "of the second", "body": "茶"}], timeout=timeout)
            with pytest.raises(searchkit.IndexLockedError, match=rf"by process {first.pid} on "):
                index.optimize(timeout=timeout)
        assert len(index) == 0
        tell(first, "end")
        ended_well(first)
        assert [document.id for document in index] == ["of the first"]

    def test_a_second_writer_waits_until_the_first_ends(
        self,
        make_index: MakeIndex,
        other_process: OtherProcess,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        index = make_index(location=tmp_path / "index")
        first = other_process(f"{HERE}test_concurrency.hold(*arguments)", tmp_path / "index")
        waits_or_failed = threading.Event()

        def logged(message: str, *values: object) -> None:
            if "waiting" in message:  # what filelock says when it has tried in vain and goes on
                waits_or_failed.set()

        monkeypatch.setattr(logging.getLogger("filelock"), "debug", logged)
        own = [{"id": "of the second", "body": "茶"}]
        with ThreadPoolExecutor(1) as threads:
            second = threads.submit(index.add, own, timeout=PATIENCE, workers=1)
            second.add_done_callback(lambda _: waits_or_failed.set())
            assert waits_or_failed.wait(PATIENCE)
            assert not second.done(), "it waits"
            tell(first, "end")
            assert second.result(PATIENCE).added == 1
        ended_well(first)
        assert {document.id for document in index} == {"of the first", "of the second"}

    def test_a_second_writer_in_memory_is_told_that_this_process_writes(self, make_index: MakeIndex) -> None:
        index = make_index()
        with ThreadPoolExecutor(1) as threads, index.writer() as writer:
            writer.add({"id": "1", "body": "茶"})
            second = threads.submit(index.add, [{"id": "2", "body": "茶"}], timeout=0)
            with pytest.raises(searchkit.IndexLockedError, match=f"this process, {os.getpid()}"):
                second.result(PATIENCE)
        assert [document.id for document in index] == ["1"]

    def test_several_writers_at_once_lose_nothing(
        self, make_index: MakeIndex, other_process: OtherProcess, tmp_path: Path
    ) -> None:
        index = make_index(location=tmp_path / "index")
        processes = {
            name: other_process(f"{HERE}test_concurrency.add_own(*arguments)", tmp_path / "index", name)
            for name in ("process a", "process b")
        }
        threads_named = ["thread a", "thread b", "thread c"]
        with ThreadPoolExecutor(len(threads_named)) as threads:
            for process in processes.values():
                tell(process, "begin")
            for added in [threads.submit(add_own_documents, index, name) for name in threads_named]:
                added.result(BATCHES_EACH * PATIENCE)
        for process in processes.values():
            ended_well(process)
        expected = {
            f"{name}-{batch}-{part}"
            for name in (*processes, *threads_named)
            for batch in range(BATCHES_EACH)
            for part in range(5)
        }
        assert Counter(document.id for document in index) == dict.fromkeys(expected, 1)
        assert index.count("茶與水") == len(expected)
        assert index.check().ok
