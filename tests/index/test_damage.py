"""A damaged or incompatible index is an error that names the file and the way out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index.conftest import edit_metadata

import searchkit
from searchkit import Index
from searchkit.settings import FORMAT

MakeIndex = Callable[..., Index]


@pytest.mark.parametrize("format", [FORMAT + 1, 99])
def test_a_newer_format_asks_to_update_searchkit(format: int, on_disk: Path) -> None:
    edit_metadata(on_disk, format=format)
    with pytest.raises(searchkit.IndexIncompatibleError, match=rf"format {format}\b.*update searchkit"):
        searchkit.open(on_disk)
    edit_metadata(on_disk, format=FORMAT)
    with searchkit.open(on_disk) as index:
        assert len(index) == 3


@pytest.mark.parametrize("format", [1, FORMAT - 1])
def test_an_older_format_asks_to_create_the_index_again(format: int, on_disk: Path) -> None:
    edit_metadata(on_disk, format=format)
    with pytest.raises(
        searchkit.IndexIncompatibleError, match=rf"format {format}\b.*create it anew from its documents"
    ):
        searchkit.open(on_disk)


def test_a_newer_format_may_have_another_shape(on_disk: Path) -> None:
    (on_disk / "index.json").write_text('{"format": 7, "other": []}')
    with pytest.raises(searchkit.IndexIncompatibleError):
        searchkit.open(on_disk)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"x" * 100])
def test_index_json_that_is_not_a_json_object_is_damage(content: bytes, on_disk: Path) -> None:
    (on_disk / "index.json").write_bytes(content)
    with pytest.raises(searchkit.IndexCorruptError, match=r"index\.json"):
        searchkit.open(on_disk)


@pytest.mark.parametrize(
    "changes",
    [
        {"analyzer": ...},
        {"analyzer": None},
        {"analyzer": {"unheard_of": 1}},
        {"analyzer": {"user_words": "x", "stop_words": []}},
        {"fingerprint": ...},
        {"version": ...},
        {"format": ...},
    ],
)
def test_index_json_with_a_missing_value_is_damage(changes: dict[str, Any], on_disk: Path) -> None:
    edit_metadata(on_disk, **changes)
    with pytest.raises((searchkit.IndexCorruptError, searchkit.IndexIncompatibleError), match="index"):
        with searchkit.open(on_disk) as index:
            index.stats()


@pytest.mark.parametrize(
    "pattern", ["meta.json", "*.store", "*.term", "*.idx", "*.pos", "*.fast", "*.fieldnorm"]
)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "overwritten"])
def test_a_damaged_data_file_is_damage(pattern: str, damage: str, on_disk: Path) -> None:
    files = list((on_disk / "data").glob(pattern))
    assert files
    for file in files:
        content = file.read_bytes()
        file.unlink()
        if damage != "missing":
            file.write_bytes(
                {"empty": b"", "cut": content[: len(content) // 2], "overwritten": bytes(len(content))}[
                    damage
                ]
            )
    with pytest.raises(searchkit.IndexCorruptError, match="index"):
        with searchkit.open(on_disk) as index:
            index.search("国际论坛").to_dict()


def turn_a_bit(file: Path, at: float = 0.3) -> None:
    content = bytearray(file.read_bytes())
    content[int(len(content) * at)] ^= 1
    file.unlink()  # a new file, not one that is memory-mapped
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("scheme", ["", "whoosh:"])
@pytest.mark.parametrize("verify", [False, True])
@settings(max_examples=40)
@given(data=st.data())
def test_a_turned_bit_gives_no_wrong_answer(
    data: st.DataObject, verify: bool, scheme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The index is small enough for `open` to compare all of it."""
    path = tmp_path_factory.mktemp("turned") / "index"
    with searchkit.create(f"{scheme}{path}", synonyms=[["歌", "曲"]]) as index:
        index.add([{"id": "1", "title": "国际论坛", "body": "歌 曲"}, {"id": "2", "body": "歌"}])
        index.delete("2")
        right = index.search("曲").total, [one.to_dict() for one in index]
    files = [one for one in path.rglob("*") if one.suffix not in (".lock", "") and one.stat().st_size]
    file = data.draw(st.sampled_from(sorted(files)))
    turn_a_bit(file, data.draw(st.floats(0, 1, exclude_max=True)))
    try:
        with searchkit.open(f"{scheme}{path}", verify=verify) as index:
            assert (index.search("曲").total, [one.to_dict() for one in index]) == right
    except searchkit.SearchkitError:
        pass


@pytest.mark.parametrize("scheme", ["", "whoosh:"])
def test_of_a_large_file_open_sees_the_size_and_verify_every_byte(
    scheme: str, make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_index("国际论坛", "歌", location=f"{scheme}{tmp_path / 'index'}").close()
    for module in ("tantivy", "whoosh"):
        monkeypatch.setattr(f"searchkit.engine.{module}.engine.QUICK_BYTES", 0)
    file = next(one for kind in ("*.idx", "*.seg") for one in (tmp_path / "index" / "data").glob(kind))
    turn_a_bit(file)
    searchkit.open(f"{scheme}{tmp_path / 'index'}").close()
    with pytest.raises(searchkit.IndexCorruptError, match=f"{file.name}: .*checksum.*restore a backup"):
        searchkit.open(f"{scheme}{tmp_path / 'index'}", verify=True)
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(searchkit.IndexCorruptError, match=file.name):
        searchkit.open(f"{scheme}{tmp_path / 'index'}")


# Each copy is read by a process of its own, as tantivy may end the one that reads a damaged store.
READ_COPIES = """
import os, sys
import searchkit
from searchkit.engine.tantivy import engine

engine.QUICK_BYTES = 0
place, *copies = sys.argv[1:]
with searchkit.open(place) as index:
    right = {one.id: one for one in index}
for copy in copies:
    child = os.fork()
    if not child:
        said = "wrong"
        try:
            with searchkit.open(copy) as index:
                if {one.id: one for one in index} == right == index.get_many(right):
                    said = "right"
        except searchkit.IndexCorruptError:
            said = "damage"
        print(said, flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print("ended", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are forked")
def test_a_document_of_a_large_file_comes_back_as_it_was_or_not_at_all(tmp_path: Path) -> None:
    with searchkit.create(tmp_path / "index") as index:
        index.add(
            [
                {"id": str(number), "title": f"第{number}篇", "body": "国际论坛" * number}
                for number in range(9)
            ]
        )
    copies = [tmp_path / f"copy{number}" for number in range(80)]
    for number, copy in enumerate(copies):
        shutil.copytree(tmp_path / "index", copy)
        turn_a_bit(next((copy / "data").glob("*.store")), number / len(copies))
    program = [sys.executable, "-c", READ_COPIES, tmp_path / "index", *copies]
    said = subprocess.run(program, check=True, capture_output=True, text=True).stdout.split()
    assert len(said) == len(copies)
    assert "damage" in said
    assert set(said) <= {"right", "damage", "ended"}


def test_files_of_two_segments_that_changed_places_are_damage(make_index: MakeIndex, tmp_path: Path) -> None:
    with make_index(location=tmp_path / "index") as index:
        for number in range(2):
            index.add([{"id": str(number), "body": "歌曲"[number]}])
    first, second, *_ = (tmp_path / "index" / "data").glob("*.store")
    first.rename(tmp_path / "x")
    second.rename(first)
    (tmp_path / "x").rename(second)
    with pytest.raises(searchkit.IndexCorruptError, match=r"store: .*another than the one that checksums"):
        searchkit.open(tmp_path / "index")


@pytest.mark.parametrize("scheme", ["", "whoosh:"])
def test_a_damaged_file_of_a_new_commit_is_damage(scheme: str, make_index: MakeIndex, tmp_path: Path) -> None:
    location, data = f"{scheme}{tmp_path / 'index'}", tmp_path / "index" / "data"
    make_index("歌", location=location)
    with searchkit.open(location) as reader:
        assert reader.count("歌") == 1
        before = set(data.iterdir())
        with searchkit.open(location) as another:
            another.add([{"id": "new", "body": "歌"}])
        new = sorted(set(data.iterdir()) - before)
        file = next(one for one in new if one.suffix in (".idx", ".seg"))
        turn_a_bit(file)
        with pytest.raises(searchkit.IndexCorruptError, match=file.name):
            reader.count("歌")


def test_settings_that_are_not_what_was_written_are_damage(make_index: MakeIndex, tmp_path: Path) -> None:
    make_index("歌", location=tmp_path / "index", synonyms=[["歌", "曲"]]).close()
    edit_metadata(tmp_path / "index", keep_checksum=True, synonyms=[])
    with pytest.raises(searchkit.IndexCorruptError, match=r"index\.json: .*removes the line 'crc32'"):
        searchkit.open(tmp_path / "index")
    edit_metadata(tmp_path / "index")
    searchkit.open(tmp_path / "index").close()


def test_a_missing_data_folder_is_damage(on_disk: Path) -> None:
    (on_disk / "data").rename(on_disk / "elsewhere")
    with pytest.raises(searchkit.IndexCorruptError):
        searchkit.open(on_disk)
    assert not (on_disk / "data").exists()


def test_files_that_vanish_from_an_open_index_are_damage(on_disk: Path) -> None:
    index = searchkit.open(on_disk)
    (on_disk / "data").rename(on_disk.parent / "elsewhere")
    with pytest.raises(searchkit.IndexCorruptError):
        index.search("歌")
