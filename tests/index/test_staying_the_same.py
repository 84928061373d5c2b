"""An open index stays the one that was opened, wherever the program goes and whatever links lead to."""

from __future__ import annotations

import copy
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Document, Index, IndexReplacedError

MakeIndex = Callable[..., Index]
KINDS = ["", "whoosh:"]


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


@pytest.mark.parametrize("kind", KINDS)
class TestFolders:
    def test_a_relative_location_outlives_a_change_of_folder(
        self, kind: str, make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        make_index("茶", location=f"{kind}here").close()
        (tmp_path / "other").mkdir()
        with searchkit.open(f"{kind}here") as index:
            assert index.location == f"{kind}here"
            os.chdir("other")
            assert index.count("茶") == 1
            assert index.add([Document(id="1", body="茶")]).added == 1
            assert index.count("茶") == 2
            index.backup(f"{kind}backup")
            index.export("export.jsonl")
            index.copy_to("copy")
            index.rebuild()
        assert {path.name for path in Path().iterdir()} == {"backup", "export.jsonl", "copy"}, (
            "what is written goes where the program is"
        )

    def test_a_link_that_is_turned_moves_neither_reads_nor_writes(
        self, kind: str, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        for name in ("v1", "v2"):
            make_index(Document(id=name, body="茶"), location=f"{kind}{tmp_path / name}").close()
        (tmp_path / "live").symlink_to("v1")
        index = searchkit.open(f"{kind}{tmp_path / 'live'}")
        (tmp_path / "next").symlink_to("v2")
        (tmp_path / "next").replace(tmp_path / "live")
        assert ids(index.search("茶")) == ["v1"]
        assert index.add([Document(id="new", body="茶")]).added == 1
        index.set_synonyms([["茶", "茗"]])
        assert set(ids(index.search("茗"))) == {"v1", "new"}
        with searchkit.open(f"{kind}{tmp_path / 'live'}") as other:
            assert [document.id for document in other] == ["v2"]
            assert other.stats().synonyms == 0

    @pytest.mark.parametrize("fields", [None, {"price": "number"}])
    def test_an_index_made_anew_is_neither_read_nor_written(
        self, kind: str, fields: Any, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        location = f"{kind}{tmp_path / 'index'}"
        index = make_index("茶", location=location)
        shutil.rmtree(tmp_path / "index")
        other = make_index("水", location=location, fields=fields)
        for use in (
            lambda: index.search("茶"),
            lambda: index.get("0"),
            lambda: index.suggest("茶"),
            lambda: next(iter(index)),
            lambda: index.add([Document(id="1", body="茶")]),
            lambda: index.delete("0"),
            index.rebuild,
            index.optimize,
            lambda: index.set_synonyms([["茶", "茗"]]),
            index.stats,
            index.check,
            lambda: index.backup(tmp_path / "backup"),
            lambda: index.export(tmp_path / "export.jsonl"),
        ):
            with pytest.raises(IndexReplacedError, match=r"index: another index has taken the place"):
                use()
        assert [document.body for document in other] == ["水"]
        assert other.check().ok
        assert sorted(path.name for path in tmp_path.iterdir()) == ["index"]

    def test_the_identity_stays_with_the_index(
        self, kind: str, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        index = make_index("茶", location=f"{kind}{tmp_path / 'index'}")

        def identity(name: str) -> str:
            return str(json.loads((tmp_path / name / "index.json").read_text())["identity"])

        first = identity("index")
        (tmp_path / "a.txt").write_text("茶水")
        for change in (
            index.rebuild,
            index.optimize,
            lambda: index.set_synonyms([["茶", "茗"]]),
            lambda: index.sync(tmp_path / "a.txt"),
            lambda: index.backup(f"{kind}{tmp_path / 'backup'}"),
            lambda: index.copy_to(f"{kind}{tmp_path / 'copy'}"),
        ):
            change()
            assert identity("index") == first
        assert identity("backup") == first
        assert identity("copy") != first, "a copy is an index of its own"


class TestPickle:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        "again", [lambda index: pickle.loads(pickle.dumps(index)), copy.copy, copy.deepcopy]
    )
    def test_a_pickled_index_is_opened_again(
        self, kind: str, again: Any, make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        index = make_index("茶", location=f"{kind}index")
        with again(index) as other:
            assert other.location == f"{kind}{tmp_path / 'index'}"
            index.add([Document(id="1", body="茶")])
            assert other.count("茶") == 2

    def test_another_index_in_its_place_is_not_the_pickled_one(
        self, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        data = pickle.dumps(make_index("茶", location=tmp_path / "index"))
        shutil.rmtree(tmp_path / "index")
        with pytest.raises(searchkit.IndexNotFoundError):
            pickle.loads(data)
        make_index("茶", location=tmp_path / "index")
        with pytest.raises(IndexReplacedError, match="another index has taken the place"):
            pickle.loads(data)

    def test_an_index_in_memory_or_closed_cannot_be_pickled(
        self, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        with pytest.raises(TypeError, match=r"in memory cannot be pickled.*copy_to"):
            pickle.dumps(make_index("茶"))
        index = make_index("茶", location=tmp_path / "index")
        index.close()
        with pytest.raises(searchkit.SearchkitError, match="closed"):
            pickle.dumps(index)
