"""A batch of changes: `Index.writer()` commits all of it or nothing, one writer at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Document, Index, SearchkitError

MakeIndex = Callable[..., Index]


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


def test_a_batch_is_visible_only_after_the_block_ends(make_index: MakeIndex) -> None:
    index = make_index("旧苹果")
    with index.writer() as writer:
        writer.add(Document(id="1", body="新苹果"))
        assert writer.delete("0")
        assert ids(index.search("苹果")) == ["0"], "nothing is seen before the end"
        assert writer.report.added == 1
    assert ids(index.search("苹果")) == ["1"]


def test_a_batch_that_raises_changes_nothing(make_index: MakeIndex) -> None:
    index = make_index("旧苹果")
    with pytest.raises(KeyError), index.writer() as writer:
        writer.add(Document(id="1", body="新苹果"))
        writer.delete("0")
        raise KeyError
    assert ids(index.search("苹果")) == ["0"]
    index.add([Document(id="2", body="苹果")])
    assert {document.id for document in index} == {"0", "2"}


def test_a_document_added_and_deleted_in_one_batch_is_gone(make_index: MakeIndex) -> None:
    index = make_index()
    with index.writer() as writer:
        writer.add(Document(id="1", body="甲"))
        writer.delete("1")
        writer.add(Document(id="2", body="甲"))
        writer.delete("2")
        writer.add(Document(id="2", body="乙"))
    assert [document.body for document in index] == ["乙"]


def test_a_writer_refuses_calls_after_its_block(make_index: MakeIndex) -> None:
    index = make_index()
    with index.writer() as writer:
        pass
    with pytest.raises(SearchkitError, match="closed"):
        writer.add(Document(body="甲"))
    with pytest.raises(SearchkitError, match="closed"):
        writer.delete("1")


@pytest.mark.parametrize("location", ["index", ":memory:"])
def test_a_second_writer_is_refused_in_the_same_process(
    location: str, make_index: MakeIndex, tmp_path: Path
) -> None:
    index = make_index("旧", location=location if location == ":memory:" else tmp_path / location)
    with index.writer() as writer:
        with pytest.raises(
            searchkit.IndexLockedError, match=str(os.getpid()) if location == "index" else None
        ):
            index.add([Document(body="乙")], timeout=0)
        writer.add(Document(id="1", body="甲"))
    index.add([Document(id="2", body="乙")], timeout=0)
    assert {document.id for document in index} == {"0", "1", "2"}


def test_a_writer_waits_for_one_of_another_thread(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index(location=tmp_path / "index")
    entered = threading.Event()

    def write() -> None:
        with index.writer() as writer:
            entered.set()
            writer.add(Document(id="1", body="甲"))

    thread = threading.Thread(target=write)
    thread.start()
    assert entered.wait(10)
    index.add([Document(id="2", body="甲")], timeout=30)
    thread.join()
    assert {document.id for document in index} == {"1", "2"}


def test_a_second_writer_is_refused_while_another_process_writes(
    other_process: Any, make_index: MakeIndex, tmp_path: Path
) -> None:
    index = make_index("旧", location=tmp_path / "index")
    holding = """
import searchkit
with searchkit.open(arguments[0]) as index, index.writer() as writer:
    writer.add(searchkit.Document(id="theirs", body="苹果"))
    print("ready", flush=True)
    input()
"""
    holder = other_process(holding, tmp_path / "index")
    for write in (
        lambda: index.add([Document(id="ours", body="苹果")], timeout=0),
        lambda: index.delete("0", timeout=0.05),
        lambda: index.rebuild(timeout=0),
    ):
        with pytest.raises(searchkit.IndexLockedError, match=rf"process {holder.pid}\b"):
            write()
    assert [document.id for document in index] == ["0"], "reading goes on"
    holder.communicate("\n", timeout=30)
    index.add([Document(id="ours", body="苹果")], timeout=30)
    assert {document.id for document in index} == {"0", "theirs", "ours"}


def test_a_killed_process_leaves_an_open_index_unchanged_and_unlocked(
    other_process: Any, make_index: MakeIndex, tmp_path: Path
) -> None:
    index = make_index("旧", location=tmp_path / "index")
    holding = """
import searchkit
with searchkit.open(arguments[0]).writer() as writer:
    writer.add(searchkit.Document(id="theirs", body="苹果"))
    writer.delete("0")
    print("ready", flush=True)
    input()
"""
    holder = other_process(holding, tmp_path / "index")
    holder.kill()
    holder.wait(30)
    index.add([Document(id="ours", body="苹果")], timeout=10)
    assert {document.id for document in index} == {"0", "ours"}
    with searchkit.open(tmp_path / "index") as again:
        assert {document.id for document in again} == {"0", "ours"}
