"""Documents analysed by several processes: the same index as by one, and an end when one of them ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Document, Failure, Index, SearchkitError
from searchkit.analysis import Analyzer
from searchkit.articles.readers import ReadOptions
from searchkit.indexing import pipeline, process_pool
from searchkit.indexing.pipeline import build_all, index_files
from searchkit.schema import Schema
from searchkit.settings import Settings

MakeIndex = Callable[..., Index]
SETTINGS = Settings(Analyzer(user_words=["上川陽子"]), Schema({"price": "number"}), pinyin=True)


def given(count: int) -> list[Any]:
    """Documents, mappings, some that cannot be indexed, some with the id of another."""
    documents: list[Any] = []
    for n in range(count):
        text = f"第{n}篇：上川陽子和王毅談中日關係，C++ {n}"
        if n % 7 == 3:
            documents.append({"id": str(n), "title": text, "extra": {"price": "cheap"}})
        elif n % 11 == 5:
            documents.append({"id": str(n), "title": "，"})
        elif n % 5 == 1:
            documents.append({"id": str(n // 2), "title": text, "body": text * 3, "extra": {"price": n}})
        else:
            documents.append(Document(id=str(n), title=text, body=text * (n % 9), tags=["甲"]))
    return documents


def children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 700])
@pytest.mark.parametrize("workers", [2, 3])
def test_several_processes_build_the_same_documents_in_the_same_order(count: int, workers: int) -> None:
    alone = list(build_all(given(count), SETTINGS, 1))
    assert list(build_all(given(count), SETTINGS, workers)) == alone
    assert len(alone) == count
    assert any(isinstance(one, Failure) for one in alone) == (count > 3)


def test_the_index_does_not_depend_on_the_number_of_processes(make_index: MakeIndex) -> None:
    indexes = [searchkit.create(":memory:", fields={"price": "number"}) for _ in range(2)]
    reports = [index.add(given(300), workers=workers) for index, workers in zip(indexes, (1, 2))]
    for report in reports:
        report.took = 0
    assert reports[0] == reports[1]
    assert reports[0].failures
    assert reports[0].replaced
    for index in indexes:  # what a replaced document counts for depends on the engine's own threads
        index.optimize()
    # Of equal scores the order is the engine's, whose own threads take documents as they come.
    one, other = (
        {hit.id: (hit.document, hit.score) for hit in i.search("中日关系", limit=500)} for i in indexes
    )
    assert one == other
    assert one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of all kinds: some replace others, some cannot be read, one has many documents."""
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(150):
        url = f"https://example.org/{n % 140}"
        head = f"<!--{1_700_000_000_000 + n % 9}-->\n[第{n}篇：中日關係]({url})\n\n---\n\n"
        (folder / f"{n:03}.md").write_text(head + f"<p>上川陽子和王毅談第{n}次</p>", encoding="utf-8")
    (folder / "020.txt").write_bytes(b"")
    (folder / "120.bin").write_bytes(b"\0")
    lines = [json.dumps({"id": f"line {n}", "body": f"第{n}行" if n % 50 else "，"}) for n in range(200)]
    (folder / "070.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_several_processes_read_the_same_files(folder: Path) -> None:
    paths = sorted(folder.iterdir())
    one, other = (list(index_files(paths, ReadOptions(), SETTINGS, workers)) for workers in (1, 2))
    assert one == other
    articles = [searchkit.read_articles(folder) for _ in range(3)]
    ids = [document.id for document in articles[0]]
    reports = []
    for each, workers in zip(articles[1:], (1, 2)):
        index = searchkit.create(":memory:")
        reports.append(index.add(each, workers=workers))
        assert {document.id for document in index} == set(ids)
        for name in ("failures", "replaced", "files_read"):
            assert str(getattr(each, name)) == str(getattr(articles[0], name))
            assert getattr(each, name), "there is something to compare"
    for report in reports:
        report.took = 0
        assert [(each.what, each.reason) for each in report.failures] == [
            (each.path, each.reason) for each in articles[0].failures
        ]
        assert report.replaced == len(articles[0].replaced)
    assert reports[0] == reports[1]


@pytest.mark.parametrize("task", ["add", "sync"])
def test_files_are_read_in_another_process(
    folder: Path, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    read_here: list[str] = []

    def read_file(path: str, options: ReadOptions) -> Iterator[Any]:
        read_here.append(Path(path).name)
        return iter(())

    monkeypatch.setattr(pipeline, "read_file", read_file)
    index = make_index()
    if task == "add":
        index.add(searchkit.read_articles(folder), workers=2)
    else:
        index.sync(folder, workers=2)
    assert read_here == ["070.jsonl"], "which is read as a stream"
    assert len(index) == 140


def test_sync_gives_the_same_with_several_processes(folder: Path, make_index: MakeIndex) -> None:
    indexes = [make_index(location=folder.parent / name) for name in ("one", "two")]
    reports = [index.sync(folder, workers=workers) for index, workers in zip(indexes, (1, 2))]
    for report in reports:
        report.took = 0
    assert reports[0] == reports[1]
    assert reports[0].replaced
    assert reports[0].failures
    assert {document.id: document for document in indexes[0]} == {each.id: each for each in indexes[1]}


def test_a_few_documents_are_analyzed_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("another process was started")

    monkeypatch.setattr(process_pool, "_results_of_others", never)
    assert len(list(build_all(given(process_pool._WORTH_IT - 1), SETTINGS, None))) > 0
    with pytest.raises(AssertionError, match="another process"):
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        list(build_all(given(process_pool._WORTH_IT), SETTINGS, None))


@pytest.mark.parametrize(
    ("kernel", "processors", "processes"),
    [
        ("python", 1, 1),
        ("python", 4, 4),
        ("compiled", 1, 1),
        ("compiled", 2, 1),
        ("compiled", 8, 4),
        ("python", None, 1),
    ],
)
def test_as_many_processes_as_keep_the_engine_busy(
    monkeypatch: pytest.MonkeyPatch, kernel: str, processors: int | None, processes: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    monkeypatch.setattr(process_pool, "KERNEL", kernel)
    assert process_pool._usual_processes() == processes


def test_results_come_while_later_calls_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the calls only a few are under way, and of calls with long texts even fewer."""
    taken = 0

    def documents(text: str) -> Iterator[Document]:
        nonlocal taken
        for n in range(200):
            taken += 1
            yield Document(id=str(n), body=f"第{n}篇{text}")

    monkeypatch.setattr(process_pool, "_MOST_BYTES", 10_000)
    for text, most in (("", 2 * (process_pool._AHEAD + 1)), ("长" * 1000, 2 * 2)):
        taken = 0
        results = build_all(documents(text), SETTINGS, 2)
        for number, _ in enumerate(results):
            assert taken <= (number // process_pool._CHUNK + most) * process_pool._CHUNK
        assert number == 199


def test_a_process_that_is_ahead_waits_with_its_results() -> None:
    """Results that fill the pipes many times do not block the calls that are still to be sent."""
    text = "中日关系，" * 20_000
    built = build_all((Document(id=str(n), body=text) for n in range(60)), SETTINGS, 3)
    assert [one.id for one in built if not isinstance(one, Failure)] == [str(n) for n in range(60)]


def test_rebuild_uses_several_processes(make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "_WORTH_IT", 10)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    index = make_index(*(Document(id=str(n), body=f"第{n}篇") for n in range(100)))
    assert index.rebuild() == len(index) == 100
    assert index.count("篇") == 100


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the processes in /proc")
def test_nothing_is_committed_when_a_worker_is_killed(make_index: MakeIndex) -> None:
    before = children()

    def documents() -> Iterator[Document]:
        for n in range(3000):
            if n == 1000:
                for pid in children() - before:
                    os.kill(pid, signal.SIGKILL)
            yield Document(id=str(n), body=f"第{n}篇")

    index = make_index()
    with pytest.raises(SearchkitError, match=r"ended with status -9.*nothing was committed"):
        index.add(documents(), workers=2)
    assert len(index) == 0
    assert children() <= before
    index.add([Document(body="后来")])
    assert len(index) == 1


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the processes in /proc")
def test_workers_end_when_the_documents_raise(make_index: MakeIndex) -> None:
    before = children()

    def documents() -> Iterator[Document]:
        for n in range(500):
            yield Document(id=str(n), body=f"第{n}篇")
        raise KeyboardInterrupt

    index = make_index()
    with pytest.raises(KeyboardInterrupt):
        index.add(documents(), workers=2)
    assert len(index) == 0
    assert children() <= before


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the processes in /proc")
def test_workers_end_silently_with_their_parent(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import itertools, searchkit\n"
        "def documents():\n"
        "    for n in itertools.count():\n"
        "        if n == 1000:\n"
        "            print('ready', flush=True)\n"
        "        yield {'id': str(n), 'body': f'第{n}篇，中日關係' * 20}\n"
        "searchkit.create(':memory:').add(documents(), workers=2)\n"
    )
    root = str(Path(searchkit.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as indexing:
        assert indexing.stdout is not None
        assert indexing.stderr is not None
        assert indexing.stdout.readline() == b"ready\n"
        assert Path(f"/proc/{indexing.pid}/task/{indexing.pid}/children").read_text().split()
        indexing.kill()
        # They hold this pipe as well: it has an end when all of them have ended.
        assert indexing.stderr.read() == b""


def test_indexing_in_a_script_needs_no_main_guard(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import searchkit\n"
        "index = searchkit.create(':memory:')\n"
        "report = index.add(({'id': str(n), 'body': '茶'} for n in range(200)), workers=2)\n"
        "print(report.added)\n"
    )
    root = str(Path(searchkit.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == 200


@pytest.mark.parametrize("workers", [None, 2])
def test_documents_are_added_while_python_ends(workers: int | None) -> None:
    program = (
        "import atexit, searchkit\n"
        "index = searchkit.create(':memory:')\n"
        "many = [{'id': str(number), 'body': '茶'} for number in range(600)]\n"
        f"atexit.register(lambda: print(index.add(many, workers={workers}).added, index.count('茶')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(searchkit.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "600 600\n"), done.stderr
