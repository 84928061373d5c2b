"""`searchkit.create` and `searchkit.open`: locations, what is refused, and what lasts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Document, Index, SearchkitError

MakeIndex = Callable[..., Index]


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


def test_documents_and_settings_last_until_the_index_is_opened_again(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    document = Document(id="1", title="甲", body="上川陽子", tags=("t",))
    make_index(document, location=tmp_path / "index", user_words=["上川陽子"], stop_words=["的"]).close()
    with searchkit.open(tmp_path / "index") as index:
        assert list(index) == [document]
        assert ids(index.search("上川阳子")) == ["1"]
        assert (index.stats().user_words, index.stats().stop_words) == (1, 1)


@pytest.mark.parametrize("kind", [str, Path])
def test_a_location_may_be_text_or_a_path(kind: Any, tmp_path: Path) -> None:
    location = kind(tmp_path / "深" / "路径 index")
    with searchkit.create(location) as index:
        index.add([Document(body="甲")])
    with searchkit.open(location) as index:
        assert len(index) == 1


def test_create_refuses_a_folder_that_holds_an_index(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index("旧", location=tmp_path / "index")
    with pytest.raises(searchkit.IndexExistsError, match="index already"):
        searchkit.create(tmp_path / "index")
    assert len(index) == 1


def test_create_refuses_a_folder_with_other_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(searchkit.IndexExistsError, match=r"not empty.*thesis\.txt"):
        searchkit.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_create_accepts_an_empty_folder(tmp_path: Path) -> None:
    with searchkit.create(tmp_path) as index:
        assert index.add([Document(body="甲")]).added == 1


def test_create_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SearchkitError, match="file"):
        searchkit.create(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_create_starts_over_after_an_interrupted_creation(make_index: MakeIndex, tmp_path: Path) -> None:
    make_index("旧", location=tmp_path / "index").close()
    (tmp_path / "index" / "index.json").unlink()  # it is written last
    with searchkit.create(tmp_path / "index") as index:
        assert len(index) == 0
        assert index.add([Document(body="甲")]).added == 1
        assert index.search("甲").total == 1


@pytest.mark.parametrize("what", ["nothing", "empty folder", "file", "folder of something else"])
def test_open_refuses_a_path_without_an_index(what: str, tmp_path: Path) -> None:
    path = tmp_path / "there"
    if "folder" in what:
        path.mkdir()
    if what == "file":
        path.write_text("mine")
    if what.endswith("else"):
        (path / "thesis.txt").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(searchkit.IndexNotFoundError, match=r"there.*create"):
        searchkit.open(path)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("open_or_create", [searchkit.open, searchkit.create])
@pytest.mark.parametrize("location", ["elsewhere:/tmp/x", "opensearch+x://host/name"])
def test_an_unknown_engine_is_named_in_the_error(open_or_create: Any, location: str) -> None:
    with pytest.raises(
        searchkit.EngineUnavailableError, match=location.partition(":")[0].replace("+", r"\+")
    ):
        open_or_create(location)


def test_a_location_that_names_no_place_is_refused() -> None:
    for wrong in (
        lambda: searchkit.open(""),
        lambda: searchkit.create(""),
        lambda: searchkit.open(":memory:"),
    ):
        with pytest.raises(ValueError, match="index"):
            wrong()
    for number in (lambda: searchkit.open(5), lambda: searchkit.create(None)):  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            number()
