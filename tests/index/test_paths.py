"""Paths that no system has, or this one refuses: a clear error, and nothing is left behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Index, SearchkitError

MakeIndex = Callable[..., Index]
KINDS = ["", "whoosh:"]
LONG = "/".join(["long" * 50] * 21)  # 4,200 characters
LONG_NAME = "n" * 300


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("open_or_create", [searchkit.open, searchkit.create, searchkit.check])
class TestLocations:
    @pytest.mark.parametrize("path", [LONG, LONG_NAME, f"new/{LONG_NAME}/deeper"])
    def test_a_path_that_the_system_refuses_leaves_nothing(
        self, open_or_create: Any, kind: str, path: str, tmp_path: Path
    ) -> None:
        with pytest.raises(SearchkitError, match=r"File name too long|no such folder"):
            open_or_create(f"{kind}{tmp_path / path}")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("wrong", ["a\0b", "\0", "a\udcff", "\ud800/index"])
    def test_a_text_that_is_no_path_is_a_wrong_value(
        self, open_or_create: Any, kind: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(ValueError, match=r"NUL|UTF-8"):
            open_or_create(f"{kind}{wrong}")
        assert list(tmp_path.iterdir()) == []

    def test_bytes_are_a_wrong_type(self, open_or_create: Any, kind: str) -> None:
        with pytest.raises(TypeError, match=r"bytes.*os\.fsdecode"):
            open_or_create(f"{kind}index".encode())


def test_a_current_folder_that_is_gone_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for call in (searchkit.open, searchkit.create):
        with pytest.raises(SearchkitError, match=r"index: .*No such file"):
            call("index")


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_create_leaves_the_folder_as_it_was(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "empty").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr("searchkit.engine.storage.write_atomically", full)
        for place in ("empty", "new/deeper/index"):
            with pytest.raises(SearchkitError, match="No space left on device"):
                searchkit.create(f"{kind}{tmp_path / place}")
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]
    searchkit.create(f"{kind}{tmp_path / 'empty'}").close()


TARGETS: dict[str, Callable[[Index, Any], Any]] = {
    "backup": lambda index, path: index.backup(path),
    "export": lambda index, path: index.export(path),
    "copy_to": lambda index, path: index.copy_to(path),
    "sync": lambda index, path: index.sync(path),
    "add": lambda index, path: index.add(searchkit.read_articles(path)),
}


@pytest.mark.parametrize("target", TARGETS)
def test_targets_and_articles_have_the_same_errors(
    target: str, make_index: MakeIndex, tmp_path: Path
) -> None:
    index, act = make_index("茶", location=tmp_path / "index"), TARGETS[target]
    for path in (LONG, f"new/{LONG_NAME}"):
        with pytest.raises(SearchkitError, match=r"(?i)too long|no such file|nothing at"):
            act(index, f"{tmp_path / path}.jsonl")
    with pytest.raises(ValueError, match="NUL"):
        act(index, f"{tmp_path}/a\0.jsonl")
    with pytest.raises(TypeError, match=r"bytes.*os\.fsdecode"):
        act(index, os.fsencode(tmp_path / "b.jsonl"))
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert index.count("茶") == 1


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode there")
def test_an_export_may_have_any_name_and_an_index_one_in_utf_8(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index("茶", location=tmp_path / "index")
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jsonl")
    assert index.export(name) == 1
    assert [document.body for document in searchkit.read_articles(name)] == ["茶"]
    for act in (index.backup, index.copy_to):
        with pytest.raises(ValueError, match="UTF-8"):
            act(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
