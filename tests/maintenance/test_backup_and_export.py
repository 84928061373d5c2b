"""A backup is an index of its own, whatever a writer does meanwhile; an export comes back without loss."""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents, texts

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]


def bodies(index: Index) -> dict[str, str]:
    return {document.id: document.body for document in index}


class TestBackup:
    def test_a_backup_is_an_index_of_its_own(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index(
            "茶", "水", location=tmp_path / "index", user_words=["雪水茶"], synonyms=[["茶", "茗"]]
        )
        index.backup(tmp_path / "backup")
        index.delete("0")
        index.add([Document(id="new", body="新")])
        index.optimize()
        with searchkit.open(tmp_path / "backup") as backup:
            assert bodies(backup) == {"0": "茶", "1": "水"}
            assert backup.check().ok
            assert backup.count("茗") == 1, "the settings are there as well"
            assert backup.stats().user_words == 1
            assert backup.add([Document(id="x", body="別的")], timeout=0).added == 1
            assert backup.optimize() == 3
            assert backup.check().ok
        assert bodies(index) == {"1": "水", "new": "新"}, "the two do not touch one another"
        assert index.check().ok

    def test_a_backup_outlives_the_index(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index("茶", location=tmp_path / "index")
        index.backup(tmp_path / "backup")
        index.close()
        for path in (tmp_path / "index" / "data").iterdir():
            path.unlink()
        with searchkit.open(tmp_path / "backup") as backup:
            assert backup.count("茶") == 1

    def test_backup_files_on_the_same_disk_are_hard_links(
        self, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        make_index("茶", location=tmp_path / "index").backup(tmp_path / "backup")
        (store,) = (tmp_path / "backup" / "data").glob("*.store")
        assert store.samefile(tmp_path / "index" / "data" / store.name)
        for name in ("data/meta.json", "data/.managed.json", "index.json"):
            # These are replaced, and a link would do; but what is edited by hand must not be shared.
            assert not (tmp_path / "backup" / name).samefile(tmp_path / "index" / name)

    def test_backup_copies_files_where_links_are_impossible(
        self, make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def link(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", link)
        make_index("茶", location=tmp_path / "index").backup(tmp_path / "backup")
        (store,) = (tmp_path / "backup" / "data").glob("*.store")
        assert not store.samefile(tmp_path / "index" / "data" / store.name)
        assert searchkit.check(tmp_path / "backup").ok

    def test_deleted_documents_stay_deleted_in_a_backup(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index("茶", "水", "酒", location=tmp_path / "index")
        index.optimize()
        index.delete("1")
        index.backup(tmp_path / "backup")
        with searchkit.open(tmp_path / "backup") as backup:
            assert bodies(backup) == {"0": "茶", "2": "酒"}
            assert backup.check().ok

    def test_an_empty_index_can_be_backed_up(self, make_index: MakeIndex, tmp_path: Path) -> None:
        make_index(location=tmp_path / "index").backup(tmp_path / "deep" / "er" / "backup")
        assert searchkit.check(tmp_path / "deep" / "er" / "backup").ok

    @pytest.mark.parametrize("what", ["folder", "empty folder", "file", "index", "broken link"])
    def test_a_backup_replaces_nothing(self, what: str, make_index: MakeIndex, tmp_path: Path) -> None:
        index, to = make_index("茶", location=tmp_path / "index"), tmp_path / "to"
        match what:
            case "file":
                to.write_text("mine")
            case "broken link":
                to.symlink_to(tmp_path / "nowhere")
            case "index":
                to = tmp_path / "index"
            case _:
                to.mkdir()
        if what == "folder":
            (to / "thesis.txt").write_text("mine")
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(searchkit.IndexExistsError, match=to.name):
            index.backup(to)
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_backup_inside_the_index_is_refused(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index("茶", location=tmp_path / "index")
        with pytest.raises(searchkit.SearchkitError, match="choose another place"):
            index.backup(tmp_path / "index" / "data" / "backup")

    def test_a_backup_of_an_index_in_memory_names_the_alternative(
        self, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        with pytest.raises(searchkit.SearchkitError, match=r":memory:.*export\(\)"):
            make_index("茶").backup(tmp_path / "backup")
        assert not (tmp_path / "backup").exists()

    def test_a_backup_of_a_damaged_index_is_refused(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index("茶", location=tmp_path / "index")
        (store,) = (tmp_path / "index" / "data").glob("*.store")
        store.unlink()
        with pytest.raises(searchkit.IndexCorruptError, match=store.name):
            index.backup(tmp_path / "backup")
        assert [path.name for path in tmp_path.iterdir()] == ["index"]

    def test_a_file_that_is_removed_meanwhile_is_one_of_an_older_commit(
        self, make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index, link, commits = make_index("茶", location=tmp_path / "index"), os.link, 0

        def slow_link(source: Path, to: Path) -> None:
            nonlocal commits
            if commits < 3:
                # Between the list of the files and their links, a commit replaces all of them.
                commits += 1
                index.add([Document(id=str(commits), body="水")])
                index.optimize()
            link(source, to)

        monkeypatch.setattr(os, "link", slow_link)
        index.backup(tmp_path / "backup")
        with searchkit.open(tmp_path / "backup") as backup:
            assert commits == 3
            assert set(bodies(backup)) == {"0", "1", "2", "3"}
            assert backup.check().ok

    def test_a_backup_is_consistent_while_a_writer_goes_on(
        self, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        index, done = make_index(location=tmp_path / "index"), threading.Event()

        def write() -> None:
            try:
                for number in range(20):
                    index.add(Document(id=f"{number}{part}", body=f"第{number}批") for part in "ab")
            finally:
                done.set()

        thread = threading.Thread(target=write)
        thread.start()
        backups = 0
        while backups < 25 and (not done.is_set() or not backups):
            index.backup(tmp_path / f"backup{backups}")
            backups += 1
        thread.join()
        for number in range(backups):
            with searchkit.open(tmp_path / f"backup{number}") as backup:
                held = set(bodies(backup))
                assert held == {f"{n}{part}" for n in range(len(held) // 2) for part in "ab"}
                report = backup.check()
                assert report.problems == []


class TestExport:
    @settings(max_examples=60)
    @given(data=st.data(), packed=st.booleans())
    def test_an_export_is_read_back_without_loss(
        self, data: st.DataObject, packed: bool, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        path = tmp_path_factory.getbasetemp() / ("export.jsonl.gz" if packed else "export.jsonl")
        text = st.text(max_size=30) | texts
        odd = st.builds(
            Document,
            title=text,
            body=text.map("{}甲".format),
            id=text,
            url=text,
            extra=st.dictionaries(
                text, st.none() | st.booleans() | st.floats(-9, 9) | st.lists(text), max_size=3
            ),
        )
        with searchkit.create(":memory:") as index:
            index.add(data.draw(st.lists(documents("abcd") | odd, max_size=6)))
            held = {document.id: document for document in index}
            assert index.export(path) == len(held)
        articles = searchkit.read_articles(path)
        assert {document.id: document for document in articles} == held
        assert articles.replaced == []
        assert not articles.failures or not held

    def test_each_line_of_an_export_is_a_document(self, make_index: MakeIndex, tmp_path: Path) -> None:
        document = Document(id="1", title="茶", body="第一行\n第二行\u2028", extra={"text": "x", "_id": 5})
        index = make_index(document)
        assert index.export(tmp_path / "a.jsonl") == 1
        assert index.export(tmp_path / "b.ndjson.gz") == 1
        (line,) = (tmp_path / "a.jsonl").read_bytes().splitlines()
        assert json.loads(line) == document.to_dict()
        assert gzip.decompress((tmp_path / "b.ndjson.gz").read_bytes()) == line + b"\n"
        assert list(searchkit.read_articles(tmp_path / "b.ndjson.gz")) == [document]

    def test_equal_documents_are_exported_to_equal_files(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index("茶", "水")
        for name in ("a", "b"):
            index.export(tmp_path / f"{name}.jsonl.gz")
        assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()

    @pytest.mark.parametrize("name", ["export", "export.json", "export.gz", "export.txt", ".jsonl.bz2"])
    def test_export_refuses_a_name_that_read_articles_does_not_know(
        self, name: str, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        with pytest.raises(ValueError, match=r"\.jsonl"):
            make_index("茶").export(tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_export_replaces_a_file_only_when_complete(
        self, make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index, path = make_index("茶", "水"), tmp_path / "export.jsonl"
        path.write_text("mine")

        def broken(self: Index) -> Iterator[Any]:
            yield Document(body="茶")
            raise searchkit.IndexCorruptError("the rest is damaged")

        with monkeypatch.context() as patch:
            patch.setattr(Index, "__iter__", broken)
            with pytest.raises(searchkit.IndexCorruptError):
                index.export(path)
        assert path.read_text() == "mine"
        assert list(tmp_path.iterdir()) == [path]
        index.export(path)
        assert len(list(searchkit.read_articles(path))) == 2

    def test_export_to_an_unwritable_place_is_an_error(self, make_index: MakeIndex, tmp_path: Path) -> None:
        with pytest.raises(searchkit.SearchkitError, match=r"export\.jsonl: cannot be written"):
            make_index("茶").export(tmp_path / "nowhere" / "export.jsonl")


@pytest.mark.parametrize(
    "call", [lambda i: i.check(), lambda i: i.backup("backup"), lambda i: i.export("export.jsonl")]
)
def test_export_and_backup_of_a_closed_index_are_refused(
    call: Callable[[Index], Any], make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    index = make_index("茶", location=tmp_path / "index")
    index.close()
    with pytest.raises(searchkit.SearchkitError, match="closed"):
        call(index)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
