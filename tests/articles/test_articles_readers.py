"""Readers: those of searchkit, those of other packages, and what happens when one cannot be used."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

import searchkit
from searchkit.articles import readers
from searchkit.articles.readers import Reader, ReadOptions, known_suffixes, reader_of, suffix_of
from searchkit.document import Document


def _read(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    for number, line in enumerate(Path(path).read_text("utf-8").split("|"), 1):
        yield str(number), Document(body=line) if line else "an empty part"


def _fail(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    yield "1", Document(body="第一部分")
    raise ZeroDivisionError("deep inside")


PARTS = Reader((".parts",), _read, whole=False)
FAILS = Reader((".fails",), _fail)
LACKS = Reader(
    (".lacks",), _read, needs="lacks", libraries=("json", "no_such_module_at_all", "no_such_package.module")
)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Packages have readers, among them one that cannot be imported and one that is none."""
    names = {"parts": "PARTS", "Fails": "FAILS", "lacks": "LACKS", "none": "_read", "txt": "PARTS"}
    found = [EntryPoint(kind, f"{__name__}:{name}", readers.ENTRY_POINTS) for kind, name in names.items()]
    found.append(EntryPoint("broken", "no_such_module_at_all:READER", readers.ENTRY_POINTS))
    monkeypatch.setattr(
        importlib.metadata, "entry_points", lambda **wanted: EntryPoints(found).select(**wanted)
    )
    monkeypatch.setattr(readers, "_READERS", {})
    readers._entry_points.cache_clear()
    yield
    readers._entry_points.cache_clear()


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_text("甲||乙", encoding="utf-8")
    return folder


def test_every_reader_of_searchkit_has_the_suffixes_of_the_table() -> None:
    for suffix in readers._MODULES:
        reader = reader_of(suffix)
        assert isinstance(reader, str) or suffix in reader.suffixes
        assert isinstance(reader, str) or {*reader.suffixes} <= {*readers._MODULES}


@pytest.mark.parametrize(
    ("path", "suffix"),
    [("/a.b/c", ""), ("a.TXT", ".txt"), (".txt", ""), ("..a.md", ".md"), ("x.jsonl.gz", ".jsonl.gz"),
     ("dump.xml.bz2", ".xml.bz2"), ("a.b.md", ".md"), ("x.gz", ".gz"), ("a.", "")],
)  # fmt: skip
def test_a_kind_is_the_suffix_of_the_name(path: str, suffix: str) -> None:
    assert suffix_of(path) == suffix


@pytest.mark.usefixtures("installed")
class TestReadersOfOtherPackages:
    def test_documents_and_failures_have_their_places(self, tmp_path: Path) -> None:
        index = searchkit.create(":memory:")
        report = index.sync(write(tmp_path, "x.parts"))
        assert report.added == 2
        assert [(each.what, each.reason) for each in report.failures] == [
            (f"{tmp_path / 'x.parts'}:2", "an empty part")
        ]

    def test_what_a_reader_raises_is_a_failure_of_its_file(self, tmp_path: Path) -> None:
        articles = searchkit.read_articles(write(tmp_path, "a.fails", "b.md"))
        assert [document.body for document in articles] == ["第一部分", "甲||乙"]
        (failure,) = articles.failures
        assert str(failure) == f"{tmp_path / 'a.fails'}: cannot be read: ZeroDivisionError: deep inside"

    def test_the_readers_of_searchkit_come_first(self, tmp_path: Path) -> None:
        assert len(list(searchkit.read_articles(write(tmp_path, "a.txt")))) == 1

    def test_a_message_names_all_kinds(self, tmp_path: Path) -> None:
        articles = searchkit.read_articles(write(tmp_path, "a.xyz") / "a.xyz")
        assert list(articles) == []
        assert articles.failures[0].reason.endswith(", .broken, .fails, .lacks, .none, .parts")
        assert known_suffixes().count(".txt") == 1

    @pytest.mark.parametrize(
        ("kind", "reason"),
        [
            (
                "lacks",
                "reading .lacks files needs no_such_module_at_all, no_such_package.module: "
                "pip install 'searchkit-zh[lacks]'",
            ),
            ("broken", "the reader of .broken files (no_such_module_at_all:READER) cannot be imported: No "),
            ("none", f"what reads .none files ({__name__}:_read) is no searchkit.articles.readers.Reader"),
        ],
    )
    def test_files_that_nobody_here_can_read_are_one_failure_a_kind(
        self, tmp_path: Path, kind: str, reason: str
    ) -> None:
        articles = searchkit.read_articles(write(tmp_path, f"1.{kind}", f"2.{kind}", "a.md"))
        assert len(list(articles)) == 1
        (failure,) = articles.failures
        assert failure.path == str(tmp_path)
        assert failure.reason.startswith(f"2 files are not read: {reason}")
        articles = searchkit.read_articles(tmp_path / f"1.{kind}")
        assert list(articles) == []
        assert articles.failures[0].reason.startswith(reason)

    def test_sync_keeps_the_documents_of_a_kind_whose_library_is_gone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index, parts = searchkit.create(":memory:"), PARTS
        write(tmp_path, "x.parts", "y.parts")
        assert index.sync(tmp_path).added == 2
        monkeypatch.setattr(readers, "_READERS", {})
        monkeypatch.setitem(globals(), "PARTS", LACKS)
        (tmp_path / "y.parts").write_text("丙", encoding="utf-8")
        for _ in range(2):
            report = index.sync(tmp_path)
            assert (report.deleted, len(index), len(report.failures)) == (0, 2, 1)
        monkeypatch.setattr(readers, "_READERS", {})
        monkeypatch.setitem(globals(), "PARTS", parts)
        report = index.sync(tmp_path)
        assert (report.added, report.updated, report.deleted, len(report.failures)) == (1, 0, 0, 1)
