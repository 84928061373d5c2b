"""Index.sync: the index is in step with the folder, and only what changed is read."""

from __future__ import annotations

import builtins
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit
from searchkit import Document, Index, SyncProgress, SyncReport
from searchkit.engine.tantivy import TantivyEngine, TantivySnapshot, TantivyWriter
from searchkit.indexing import sync as sync_module

MakeIndex = Callable[..., Index]
Content = str | bytes | None

_clock = 1_700_000_000_000_000_000
_opened: list[str] | None = None


def _note_opening(event: str, arguments: tuple[Any, ...]) -> None:
    if _opened is not None and event == "open" and isinstance(arguments[0], str):
        _opened.append(arguments[0])


sys.addaudithook(_note_opening)  # it stays, so there is one


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The paths of the files that are opened from now on; clear it at will."""
    global _opened
    _opened = []
    yield _opened
    _opened = None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    path.mkdir()
    return path


def write(folder: Path, files: Mapping[str, Content]) -> None:
    """Write the files, each at a time of its own; None removes one."""
    global _clock
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        _clock += 1_000_000_000
        os.utime(path, ns=(_clock, _clock))


def lines(*documents: tuple[str, str] | tuple[str, str, int]) -> str:
    """JSON Lines: ids, bodies and years."""
    return "".join(
        json.dumps({"id": id, "body": body, **({"published": f"{year[0]}-01-01T00:00:00Z"} if year else {})})
        + "\n"
        for id, body, *year in documents
    )


def counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    """added, updated, deleted, unchanged, failed"""
    return report.added, report.updated, report.deleted, report.unchanged, len(report.failures)


def bodies(index: Index) -> dict[str, str]:
    return {document.id.rpartition("/")[2]: document.body for document in index}


STEPS: list[tuple[str, list[tuple[dict[str, Content], tuple[int, int, int, int, int], dict[str, str]]]]] = [
    (
        "files come, change and go",
        [
            ({"a.txt": "甲", "b/c.txt": "丙"}, (2, 0, 0, 0, 0), {"a.txt": "甲", "c.txt": "丙"}),
            ({}, (0, 0, 0, 2, 0), {"a.txt": "甲", "c.txt": "丙"}),
            ({"a.txt": "乙", "d.txt": "丁"}, (1, 1, 0, 1, 0), {"a.txt": "乙", "c.txt": "丙", "d.txt": "丁"}),
            ({"a.txt": None, "b/c.txt": None}, (0, 0, 2, 1, 0), {"d.txt": "丁"}),
            ({"d.txt": None}, (0, 0, 1, 0, 0), {}),
        ],
    ),
    (
        "of a file with many documents only what changed is indexed",
        [
            ({"a.jsonl": lines(*zip("xyz", "甲乙丙"))}, (3, 0, 0, 0, 0), dict(zip("xyz", "甲乙丙"))),
            ({"a.jsonl": lines(("x", "甲"), ("y", "丁"))}, (0, 1, 1, 1, 0), {"x": "甲", "y": "丁"}),
        ],
    ),
    (
        "the other document with the id comes back",
        [
            ({"a.jsonl": lines(("x", "甲")), "b.jsonl": lines(("x", "乙"))}, (1, 0, 0, 0, 0), {"x": "乙"}),
            ({"b.jsonl": lines(("y", "乙"))}, (1, 1, 0, 0, 0), {"x": "甲", "y": "乙"}),
            ({"b.jsonl": lines(("x", "丙"))}, (0, 1, 1, 0, 0), {"x": "丙"}),
            ({"b.jsonl": None}, (0, 1, 0, 0, 0), {"x": "甲"}),
        ],
    ),
    (
        "an older one that changes does not push out a newer",
        [
            ({"a.jsonl": lines(("x", "新", 2024))}, (1, 0, 0, 0, 0), {"x": "新"}),
            ({"b.jsonl": lines(("x", "舊", 2020))}, (0, 0, 0, 1, 0), {"x": "新"}),
            ({"b.jsonl": lines(("x", "別", 2021))}, (0, 0, 0, 1, 0), {"x": "新"}),
            ({"a.jsonl": lines(("x", "新", 2020))}, (0, 1, 0, 0, 0), {"x": "別"}),
            ({"a.jsonl": None}, (0, 0, 0, 1, 0), {"x": "別"}),
        ],
    ),
    (
        "within one file as well",
        [
            ({"a.jsonl": lines(("x", "甲"), ("x", "乙"))}, (1, 0, 0, 0, 0), {"x": "乙"}),
            ({"a.jsonl": lines(("x", "乙", 2024), ("x", "甲", 2020))}, (0, 1, 0, 0, 0), {"x": "乙"}),
        ],
    ),
    (
        "a document moves to another file",
        [
            ({"a.jsonl": lines(("x", "甲"))}, (1, 0, 0, 0, 0), {"x": "甲"}),
            ({"a.jsonl": None, "b.jsonl": lines(("x", "甲"))}, (0, 0, 0, 1, 0), {"x": "甲"}),
            ({"b.jsonl": None}, (0, 0, 1, 0, 0), {}),
        ],
    ),
    (
        "a file that fails keeps what there was of it, until it is gone",
        [
            ({"a.txt": "甲", "b.txt": "乙"}, (2, 0, 0, 0, 0), {"a.txt": "甲", "b.txt": "乙"}),
            ({"a.txt": b"\0\1\2"}, (0, 0, 0, 2, 1), {"a.txt": "甲", "b.txt": "乙"}),
            ({}, (0, 0, 0, 2, 1), {"a.txt": "甲", "b.txt": "乙"}),
            ({"a.txt": None}, (0, 0, 1, 1, 0), {"b.txt": "乙"}),
        ],
    ),
    (
        "a file that fails is right again",
        [
            ({"a.txt": "甲"}, (1, 0, 0, 0, 0), {"a.txt": "甲"}),
            ({"a.txt": ""}, (0, 0, 0, 1, 1), {"a.txt": "甲"}),
            ({"a.txt": "丙"}, (0, 1, 0, 0, 0), {"a.txt": "丙"}),
        ],
    ),
    (
        "behind a line that is wrong anything may stand",
        [
            ({"a.jsonl": lines(("x", "甲"), ("y", "乙"))}, (2, 0, 0, 0, 0), {"x": "甲", "y": "乙"}),
            ({"a.jsonl": lines(("x", "丙")) + "{\n"}, (0, 1, 0, 1, 1), {"x": "丙", "y": "乙"}),
            ({"a.jsonl": lines(("x", "丙"))}, (0, 0, 1, 1, 0), {"x": "丙"}),
        ],
    ),
    (
        "what a failing file holds in the index only is lost to another that has the id",
        [
            ({"a.jsonl": lines(("x", "甲"))}, (1, 0, 0, 0, 0), {"x": "甲"}),
            ({"a.jsonl": "{\n"}, (0, 0, 0, 1, 1), {"x": "甲"}),
            ({"b.jsonl": lines(("x", "乙"))}, (0, 1, 0, 0, 1), {"x": "乙"}),
            ({"b.jsonl": None}, (0, 0, 1, 0, 1), {}),
            ({}, (0, 0, 0, 0, 1), {}),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize("steps", [steps for _, steps in STEPS], ids=[name for name, _ in STEPS])
def test_sync_follows_a_folder_step_by_step(steps: Any, folder: Path, make_index: MakeIndex) -> None:
    index = make_index(Document(id="foreign", body="別的"))
    for files, expected, documents in steps:
        write(folder, files)
        report = index.sync(folder)
        assert (counts(report), bodies(index)) == (expected, {**documents, "foreign": "別的"})


FILES: dict[str, Content] = {
    "a.txt": "甲",
    "b/c.jsonl": lines(("x", "乙")),
    "broken.txt": b"\0\1\2",
    "picture.jpg": "圖",
    "e.md": "",
}


class TestWhatIsRead:
    def read(self, opened: list[str], folder: Path) -> list[str]:
        found = sorted({os.path.relpath(path, folder) for path in opened if path.startswith(str(folder))})
        opened.clear()
        return [name for name in found if not (folder / name).is_dir()]

    def test_unchanged_files_are_not_read(
        self, folder: Path, make_index: MakeIndex, opened: list[str]
    ) -> None:
        write(folder, FILES)
        index = make_index()
        opened.clear()
        first = index.sync(folder)
        assert self.read(opened, folder) == ["a.txt", "b/c.jsonl", "broken.txt"]
        assert counts(first) == (2, 0, 0, 0, 3)
        second = index.sync(folder)
        assert self.read(opened, folder) == []
        assert second.failures == first.failures

    def test_a_touched_file_is_read_but_not_indexed(
        self, folder: Path, make_index: MakeIndex, opened: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, FILES)
        index = make_index()
        index.sync(folder)
        monkeypatch.setattr(sync_module, "file_work", None)
        opened.clear()
        write(folder, {"a.txt": "甲"})
        assert counts(index.sync(folder)) == (0, 0, 0, 2, 3)
        assert self.read(opened, folder) == ["a.txt"]
        index.sync(folder)
        assert self.read(opened, folder) == [], "its new time is known"

    def test_the_index_is_asked_for_many_documents_in_one_request(
        self, folder: Path, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, {f"{n}.jsonl": lines((f"old {n}", "甲"), (f"gone {n}", "甲")) for n in range(44)})
        index = make_index(Document(id="new 7", body="乙"))
        index.sync(folder)
        write(folder, {f"{n}.jsonl": lines((f"old {n}", "乙"), (f"new {n}", "乙")) for n in range(44)})
        requests: list[set[str]] = []
        stored = TantivySnapshot.stored

        def counted(snapshot: TantivySnapshot, ids: Iterable[str]) -> dict[str, bytes]:
            requests.append(set(ids))
            return stored(snapshot, requests[-1])

        monkeypatch.setattr(TantivySnapshot, "stored", counted)
        assert counts(index.sync(folder)) == (43, 44, 44, 1, 0)
        assert [len(ids) for ids in requests] == [88, 44], "what was in the files, and what is new in them"

    def test_another_encoding_reads_all_files_again(self, folder: Path, make_index: MakeIndex) -> None:
        write(folder, {"a.txt": "標題\n\n圖書館".encode("big5")})
        index = make_index()
        index.sync(folder, encoding="latin-1")
        assert index.sync(folder, encoding="big5").updated == 1
        assert [document.title for document in index] == ["標題"]

    def test_sync_without_changes_commits_nothing(
        self, folder: Path, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, FILES)
        index = make_index()
        index.sync(folder)
        monkeypatch.setattr(TantivyWriter, "commit", None)
        write(folder, {"a.txt": "甲", "b/c.jsonl": "\n" + lines(("x", "乙"))})
        assert counts(index.sync(folder)) == (0, 0, 0, 2, 3)

    def test_a_folder_that_moved_to_a_new_place_is_another(
        self, folder: Path, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        write(folder, {"a.jsonl": lines(("x", "甲"))})
        index = make_index()
        index.sync(folder)
        folder.rename(tmp_path / "moved")
        with pytest.raises(searchkit.ArticleError, match="no such file or folder"):
            index.sync(folder)
        assert bodies(index) == {"x": "甲"}

    def test_a_relative_path_is_the_same_folder(
        self, folder: Path, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, {"a.txt": "甲", "b.txt": ""})
        index = make_index()
        index.sync(folder)
        monkeypatch.chdir(folder)
        report = index.sync(".")
        assert counts(report) == (0, 0, 0, 1, 1)
        assert report.failures[0].what == "b.txt", "as it was asked for"


class TestWhatIsDeleted:
    def test_documents_added_otherwise_are_kept(self, folder: Path, make_index: MakeIndex) -> None:
        """Also where it took the place of a document of the folder."""
        write(folder, {"a.jsonl": lines(("x", "甲"), ("y", "乙"))})
        index = make_index()
        index.sync(folder)
        index.add([{"id": "x", "body": "別的"}])
        write(folder, {"a.jsonl": None})
        assert counts(index.sync(folder)) == (0, 0, 1, 0, 0)
        assert bodies(index) == {"x": "別的"}

    def test_documents_of_another_folder_are_kept(
        self, folder: Path, tmp_path: Path, make_index: MakeIndex
    ) -> None:
        other = tmp_path / "other"
        write(folder, {"a.jsonl": lines(("x", "甲"), ("y", "乙"))})
        write(other, {"a.jsonl": lines(("x", "甲"), ("z", "丙"))})
        index = make_index()
        index.sync(folder)
        index.sync(other)
        write(folder, {"a.jsonl": None})
        assert counts(index.sync(folder)) == (0, 0, 1, 0, 0)
        assert bodies(index) == {"x": "甲", "z": "丙"}
        write(other, {"a.jsonl": None})
        index.sync(other)
        assert bodies(index) == {}

    def test_a_document_of_two_folders_comes_from_the_later_one(
        self, folder: Path, tmp_path: Path, make_index: MakeIndex
    ) -> None:
        other = tmp_path / "other"
        write(folder, {"a.jsonl": lines(("x", "甲", 2024))})
        write(other, {"a.jsonl": lines(("x", "丙", 2020))})
        index = make_index()
        assert counts(index.sync(folder, other)) == (1, 0, 0, 0, 0)
        assert bodies(index) == {"x": "丙"}, "the later path has it, whatever its date"
        write(folder, {"a.jsonl": lines(("x", "乙"))})
        index.sync(folder)
        assert bodies(index) == {"x": "乙"}
        write(folder, {"a.jsonl": None})
        index.sync(folder)
        index.sync(other)
        assert bodies(index) == {"x": "丙"}

    def test_delete_false_keeps_documents_of_missing_files(self, folder: Path, make_index: MakeIndex) -> None:
        write(folder, {"a.txt": "甲", "b.jsonl": lines(("x", "乙"), ("y", "丙"))})
        index = make_index()
        index.sync(folder)
        write(folder, {"a.txt": None, "b.jsonl": lines(("x", "乙"))})
        for _ in range(2):
            assert counts(index.sync(folder, delete=False)) == (0, 0, 0, 1, 0)
            assert bodies(index) == {"a.txt": "甲", "x": "乙", "y": "丙"}
        write(folder, {"a.txt": "丁"})
        assert counts(index.sync(folder, delete=False)) == (0, 1, 0, 1, 0)
        assert counts(index.sync(folder)) == (0, 0, 1, 2, 0), "what was kept is still the folder's"
        assert bodies(index) == {"a.txt": "丁", "x": "乙"}

    def test_delete_may_be_decided_for_each_path(
        self, folder: Path, tmp_path: Path, make_index: MakeIndex
    ) -> None:
        other = tmp_path / "other"
        write(folder, {"a.txt": "甲"})
        write(other, {"b.txt": "乙"})
        index = make_index()
        index.sync(folder, other)
        write(folder, {"a.txt": None})
        write(other, {"b.txt": None})
        assert counts(index.sync(folder, other, delete=lambda path: path == other)) == (0, 0, 1, 0, 0)
        assert bodies(index) == {"a.txt": "甲"}

    def test_documents_of_an_unreadable_folder_are_kept(
        self, folder: Path, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, {"a.txt": "甲", "b/c.txt": "乙", "b/d.txt": "丙", "bb.txt": "丁"})
        index = make_index()
        index.sync(folder)
        write(folder, {"b/d.txt": None, "bb.txt": None})
        scandir = os.scandir

        def unreadable(path: str) -> Any:
            if path == str(folder / "b"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", unreadable)
            report = index.sync(folder)
        assert counts(report) == (0, 0, 1, 3, 1)
        assert report.failures[0].reason == "cannot be read: Permission denied"
        assert bodies(index) == {"a.txt": "甲", "c.txt": "乙", "d.txt": "丙"}
        assert counts(index.sync(folder)) == (0, 0, 1, 2, 0)

    def test_documents_of_an_unreadable_file_are_kept_until_it_is_read(
        self, folder: Path, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, {"a.txt": "甲"})
        index = make_index()
        index.sync(folder)
        write(folder, {"a.txt": "乙"})
        open_file = io.open

        def locked(path: str | Path, *arguments: Any, **options: Any) -> Any:
            if Path(path).name == "a.txt":
                raise PermissionError(13, "Permission denied")
            return open_file(path, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", locked)
            patch.setattr(builtins, "open", locked)
            assert counts(index.sync(folder)) == (0, 0, 0, 1, 1)
        assert counts(index.sync(folder)) == (0, 1, 0, 0, 0)


def test_a_value_refused_by_the_schema_is_a_failure_of_its_file(folder: Path, make_index: MakeIndex) -> None:
    right, wrong = ('{"id": "x", "body": "甲", "price": ' + price + "}\n" for price in ("1", '"dear"'))
    write(folder, {"a.jsonl": right})
    index = make_index(fields={"price": "number"})
    index.sync(folder)
    write(folder, {"a.jsonl": wrong})
    for _ in range(2):
        report = index.sync(folder)
        assert counts(report) == (0, 0, 0, 1, 1)
        assert report.failures[0].what == f"{folder / 'a.jsonl'}:1"
        assert "price" in report.failures[0].reason
    assert index.count("甲", where={"price": 1}) == 1


FIRST: dict[str, Content] = {"a.jsonl": lines(("x", "甲"), ("y", "乙")), "b.jsonl": lines(("z", "丙"))}
THEN: dict[str, Content] = {"a.jsonl": lines(("x", "丁")), "b.jsonl": None, "c.jsonl": lines(("w", "戊"))}


class TestWhenItEndsTooSoon:
    @pytest.mark.parametrize("note", [1, 2])
    @pytest.mark.parametrize(
        ("meanwhile", "expected"),
        [({}, {"x": "丁", "w": "戊"}), ({"a.jsonl": None, "c.jsonl": None}, {})],
        ids=["as it was", "files go meanwhile"],
    )
    def test_the_next_sync_completes_an_interrupted_one(
        self,
        note: int,
        meanwhile: dict[str, Content],
        expected: dict[str, str],
        folder: Path,
        make_index: MakeIndex,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The first note is written before the commit, the second after it."""
        write(folder, FIRST)
        index = make_index()
        index.sync(folder)
        write(folder, THEN)
        write_note, written = TantivyEngine.write_note, 0

        def failing(engine: TantivyEngine, name: str, text: str) -> None:
            nonlocal written
            written += 1
            if written == note:
                raise RuntimeError("the power is gone")
            write_note(engine, name, text)

        with monkeypatch.context() as patch:
            patch.setattr(TantivyEngine, "write_note", failing)
            with pytest.raises(RuntimeError, match="power"):
                index.sync(folder)
        assert bodies(index) == (dict(zip("xyz", "甲乙丙")) if note == 1 else {"x": "丁", "w": "戊"})
        write(folder, meanwhile)
        index.sync(folder)
        assert bodies(index) == expected

    def test_a_sync_interrupted_before_the_commit_is_repeated(
        self, folder: Path, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, FIRST)
        index = make_index(Document(id="w", body="別的"))
        index.sync(folder)
        write(folder, THEN)

        def failing(writer: TantivyWriter) -> None:
            raise RuntimeError("the power is gone")

        with monkeypatch.context() as patch:
            patch.setattr(TantivyWriter, "commit", failing)
            with pytest.raises(RuntimeError, match="power"):
                index.sync(folder)
        write(folder, {"a.jsonl": None, "c.jsonl": None})
        assert index.sync(folder).deleted == 3
        assert bodies(index) == {"w": "別的"}, "what was to take its place never came"


class TestOnDisk:
    def test_another_process_goes_on_and_a_backup_has_the_manifest(
        self, folder: Path, tmp_path: Path, opened: list[str]
    ) -> None:
        write(folder, {"a.txt": "甲", "b.txt": "乙"})
        with searchkit.create(tmp_path / "index") as index:
            index.sync(folder)
            index.backup(tmp_path / "copy")
        write(folder, {"b.txt": None})
        opened.clear()
        for name in ("index", "copy"):
            with searchkit.open(tmp_path / name) as index:
                assert counts(index.sync(folder)) == (0, 0, 1, 1, 0)
        assert not [path for path in opened if path == str(folder / "a.txt")]

    def test_a_damaged_manifest_is_an_error(self, folder: Path, tmp_path: Path) -> None:
        write(folder, {"a.txt": "甲"})
        with searchkit.create(tmp_path / "index") as index:
            index.sync(folder)
            (tmp_path / "index" / "notes" / "sync.txt").write_text('{"format": 2}')
            with pytest.raises(searchkit.IndexCorruptError, match="all files are read again"):
                index.sync(folder)
            (tmp_path / "index" / "notes" / "sync.txt").unlink()
            assert counts(index.sync(folder)) == (0, 0, 0, 1, 0)

    def test_sync_waits_for_another_writer(self, folder: Path, make_index: MakeIndex) -> None:
        index = make_index()
        with index.writer(), pytest.raises(searchkit.IndexLockedError):
            index.sync(folder, timeout=0)


def test_progress_reports_every_file_and_the_commit(folder: Path, make_index: MakeIndex) -> None:
    write(folder, {"a.txt": "甲", "b.jsonl": lines(("x", "乙"), ("y", "丙"))})
    index = make_index()
    seen: list[SyncProgress] = []
    index.sync(folder, progress=seen.append)
    assert seen[0] == (0, 2, 0, False)
    assert {each.files for each in seen} == {0, 1, 2}
    assert seen[-1] == (2, 2, 3, True)
    assert [each.committing for each in seen].count(True) == 1
    write(folder, {"a.txt": "丁"})
    seen.clear()
    index.sync(folder, progress=seen.append)
    assert seen[-1] == (1, 1, 1, True)


def test_sync_gives_the_same_with_many_workers(folder: Path, make_index: MakeIndex) -> None:
    write(folder, {f"{n}.jsonl": lines((str(n % 7), f"第{n}"), (str(n), "甲")) for n in range(20)})
    alone, together = make_index(), make_index()
    assert counts(alone.sync(folder, workers=1)) == counts(together.sync(folder, workers=2))
    assert bodies(alone) == bodies(together)


NAMES = ["a.txt", "b.jsonl", "c.jsonl", "d/e.jsonl", "d.jsonl"]
IDS = ["x", "y", "z"]
documents = st.tuples(
    st.sampled_from(IDS), st.sampled_from("甲乙丙"), st.sampled_from([2020, 2024])
) | st.tuples(st.sampled_from(IDS), st.sampled_from("甲乙丙"))
contents = st.lists(documents, min_size=1, max_size=3).map(lambda given: lines(*given))
changes = st.dictionaries(st.sampled_from(NAMES), st.none() | contents, max_size=3)


@settings(max_examples=60)
@given(st.lists(changes, min_size=2, max_size=5))
def test_any_sequence_of_syncs_equals_a_fresh_index(sequence: list[dict[str, Content]]) -> None:
    """After any changes: as if all had been read anew, and what came from elsewhere beside it."""
    foreign = Document(id="foreign", body="別的")
    with tempfile.TemporaryDirectory() as place, searchkit.create(":memory:") as index:
        folder = Path(place)
        index.add([foreign])
        before: dict[str, Document] = {}
        for change in sequence:
            write(
                folder,
                {name: text for name, text in change.items() if text is not None or (folder / name).exists()},
            )
            with searchkit.create(":memory:") as fresh:
                fresh.add(searchkit.read_articles(folder))
                expected = {document.id: document for document in fresh}
            report = index.sync(folder)
            assert {document.id: document for document in index} == {**expected, "foreign": foreign}
            both = before.keys() & expected.keys()
            assert counts(report) == (
                len(expected.keys() - before.keys()),
                sum(before[id] != expected[id] for id in both),
                len(before.keys() - expected.keys()),
                sum(before[id] == expected[id] for id in both),
                0,
            )
            before = expected


class TestDeletedByHand:
    """What `Index.delete`, `update` and `clear` did to documents of a folder."""

    FILES: Mapping[str, Content] = {
        "a.jsonl": lines(("1", "茶"), ("2", "水")),
        "b.jsonl": lines(("3", "酒")),
        "c.txt": "文",
    }

    @pytest.mark.parametrize("location", [":memory:", "{}/index", "whoosh:{}/index"])
    def test_after_clear_all_files_are_read_again(
        self, location: str, folder: Path, tmp_path: Path, make_index: MakeIndex
    ) -> None:
        write(folder, self.FILES)
        index = make_index(location=location.format(tmp_path))
        index.sync(folder)
        assert index.clear() == 4
        write(folder, {"b.jsonl": None})  # gone while nothing was synced
        assert counts(index.sync(folder)) == (3, 0, 0, 0, 0)
        assert {document.body for document in index} == {"茶", "水", "文"}
        assert counts(index.sync(folder)) == (0, 0, 0, 3, 0)

    def test_a_clear_that_is_not_committed_keeps_what_is_known(
        self, folder: Path, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, self.FILES)
        index = make_index()
        index.sync(folder)
        with pytest.raises(RuntimeError), index.writer() as writer:
            writer.clear()
            raise RuntimeError
        with monkeypatch.context() as patched:
            patched.setattr(TantivyWriter, "commit", _fail)  # after the manifest was written
            with pytest.raises(RuntimeError):
                index.clear()
        write(folder, {"b.jsonl": None})
        assert counts(index.sync(folder)) == (0, 0, 1, 3, 0), (
            "what is gone is still known to be of the folder"
        )

    def test_what_was_deleted_by_a_filter_comes_back_when_its_file_changes(
        self, folder: Path, make_index: MakeIndex
    ) -> None:
        write(folder, self.FILES)
        index = make_index()
        index.sync(folder)
        assert index.delete(query="水 OR 酒") == 2
        index.sync(folder)
        assert {document.body for document in index} == {"茶", "文"}
        write(folder, {"b.jsonl": lines(("3", "米酒"))})
        assert index.sync(folder).added == 1
        assert {document.body for document in index} == {"茶", "文", "米酒"}
        write(folder, {"c.txt": None})
        assert index.sync(folder).deleted == 1

    def test_what_was_updated_stays_until_its_file_changes(self, folder: Path, make_index: MakeIndex) -> None:
        write(folder, self.FILES)
        index = make_index()
        index.sync(folder)
        index.update(3, tags=["茶"])
        index.sync(folder)
        assert index.get(3).tags == ("茶",)  # type: ignore[union-attr]
        write(folder, {"b.jsonl": lines(("3", "米酒"))})
        assert index.sync(folder).updated == 1
        assert index.get(3).tags == ()  # type: ignore[union-attr]


def _fail(*_: object) -> None:
    raise RuntimeError
