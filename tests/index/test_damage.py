"""A damaged or incompatible index is an error that names the file and the way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
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
