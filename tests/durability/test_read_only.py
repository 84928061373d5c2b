"""A medium that cannot be written is searched as any other; who writes is told."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]


def mount(*arguments: object) -> None:
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this user may not mount: {done.stderr.strip()}")


@pytest.fixture(params=["", "whoosh:"])
def location(request: pytest.FixtureRequest, make_index: MakeIndex, tmp_path: Path) -> Iterator[str]:
    """The location of an index that cannot be written through it; the folder itself is beside it."""
    if not shutil.which("mount"):
        pytest.skip("there is no mount here")
    (tmp_path / "medium").mkdir()
    make_index("茶", "水", location=f"{request.param}{tmp_path / 'index'}").close()
    mount("--bind", tmp_path, tmp_path / "medium")
    try:
        mount("-o", "remount,bind,ro", tmp_path / "medium")
        yield f"{request.param}{tmp_path / 'medium' / 'index'}"
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path / "medium")], check=True)


def test_a_read_only_medium_is_searched(location: str, tmp_path: Path) -> None:
    with searchkit.open(location) as index:
        found = index.search("茶", facets=("year",), sort="newest")
        assert [hit.document.body for hit in found] == ["茶"]
        assert found[0].snippet.spans
        assert index.suggest("茶") is not None
        assert len(list(index)) == 2
        assert index.check().ok
        index.backup(f"{location.partition(':')[0]}:{tmp_path / 'b'}" if ":" in location else tmp_path / "b")
        for write in (
            lambda: index.add([Document(body="酒")]),
            lambda: index.delete("0"),
            index.optimize,
            lambda: index.set_synonyms([["茶", "茗"]]),
        ):
            with pytest.raises(searchkit.SearchkitError, match=r"cannot be written: Read-only file system"):
                write()
        assert index.count("水") == 1
    with pytest.raises(searchkit.SearchkitError, match=r"cannot be made here: Read-only file system"):
        searchkit.create(f"{location}2")


def test_what_others_commit_is_seen_through_a_read_only_medium(location: str, tmp_path: Path) -> None:
    with searchkit.open(location) as index, searchkit.open(location.replace("medium/", "")) as writable:
        for number in range(3):
            writable.add([Document(id=f"new {number}", body="酒")])
            assert index.count("酒") == number + 1
        page = index.search("酒", limit=1)
        writable.delete(["new 0", "0"])
        writable.optimize()
        assert (index.count("酒"), index.count("茶")) == (2, 0)
        assert index.search("酒", limit=1, cursor=page.cursor).total == 3


def test_without_a_temporary_folder_an_error_says_so(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    if location.startswith("whoosh:"):
        searchkit.open(location).close()
        return
    with pytest.raises(searchkit.SearchkitError, match=r"without a temporary folder: .*let TMPDIR name one"):
        searchkit.open(location)
