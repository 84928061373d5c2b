"""An index whose analyzer has changed is read with a warning, and written after a rebuild only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from index.conftest import edit_metadata

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


@pytest.fixture
def changed(on_disk: Path) -> Iterator[Index]:
    """An index that was analysed without a word that its settings now have."""
    edit_metadata(on_disk, analyzer={"user_words": ["际论"], "stop_words": []})
    with pytest.warns(searchkit.AnalyzerChangedWarning, match=r"index.*rebuild\(\)") as warned:
        index = searchkit.open(on_disk)
    assert [Path(warning.filename).name for warning in warned] == [Path(__file__).name]
    with index:
        yield index


def test_a_changed_analyzer_needs_a_rebuild(changed: Index) -> None:
    assert changed.needs_rebuild
    assert changed.stats().needs_rebuild


def test_an_index_with_a_changed_analyzer_can_be_searched(changed: Index) -> None:
    assert len(changed) == 3
    assert changed.search("国际论坛").total == 1


def test_an_index_with_a_changed_analyzer_refuses_writes(changed: Index) -> None:
    for write in (
        lambda: changed.add([Document(body="甲")]),
        lambda: changed.delete("0"),
        lambda: changed.writer().__enter__(),
    ):
        with pytest.raises(searchkit.IndexIncompatibleError, match=r"rebuild\(\)"):
            write()
    assert len(changed) == 3


def test_rebuild_analyzes_all_documents_again(changed: Index, on_disk: Path) -> None:
    before = sorted(changed, key=lambda document: document.id)
    assert changed.rebuild() == 3
    assert not changed.needs_rebuild
    assert sorted(changed, key=lambda document: document.id) == before
    assert changed.add([Document(id="x", body="新")]).added == 1
    with searchkit.open(on_disk) as again:  # a warning would be an error
        assert len(again) == 4
        assert again.stats().user_words == 1
        with searchkit.create(":memory:", user_words=["际论"]) as fresh:
            fresh.add(again)
            for query in ("国际论坛", "际论", "歌", "权", "新"):
                results, expected = again.search(query), fresh.search(query)
                assert ids(results) == ids(expected)
                assert ids(results)


def test_an_old_fingerprint_alone_needs_a_rebuild(on_disk: Path) -> None:
    edit_metadata(on_disk, fingerprint="0123456789abcdef")
    with pytest.warns(searchkit.AnalyzerChangedWarning):
        index = searchkit.open(on_disk)
    with index:
        assert index.rebuild() == 3
        assert not index.needs_rebuild


def test_rebuild_of_a_current_index_changes_nothing(make_index: MakeIndex) -> None:
    index = make_index("苹果", "香蕉")
    before = index.search("苹果").to_dict()["hits"]
    assert index.rebuild() == 2
    assert index.search("苹果").to_dict()["hits"] == before
