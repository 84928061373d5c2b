"""An index is copied to another place, of any engine."""

from __future__ import annotations

from pathlib import Path

import pytest

import searchkit
from searchkit import Document, IndexExistsError, SearchkitError
from searchkit.maintenance import copy as copying


@pytest.fixture
def source(sample_documents: list[Document], tmp_path: Path) -> searchkit.Index:
    index = searchkit.create(tmp_path / "source", fields={"price": "number"}, synonyms=[["茶", "茗"]])
    index.add(sample_documents)
    return index


def test_a_copy_has_the_same_documents_and_answers(source: searchkit.Index, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = source.copy_to(f"whoosh:{tmp_path / 'copy'}", progress=lambda done, of: seen.append((done, of)))
    assert (report.copied, report.kept, report.removed) == (len(source), 0, 0)
    assert report.queries >= 20
    assert seen == [(len(source), len(source))]
    with searchkit.open(report.location) as copy:
        assert {one.id: one for one in copy} == {one.id: one for one in source}
        assert copy.stats().fields == source.stats().fields
        assert copy.stats().synonyms == source.stats().synonyms
        for query in ("图书馆", "茶 水", "“雪水”"):
            assert [hit.id for hit in copy.search(query)] == [hit.id for hit in source.search(query)]
    with pytest.raises(IndexExistsError, match="index already"):
        source.copy_to(report.location)


def test_an_interrupted_copy_goes_on(
    source: searchkit.Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_PAGE", 10)
    monkeypatch.setattr(copying, "_COMMIT", 10)

    def stop(done: int, of: int) -> None:
        if done == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        source.copy_to(tmp_path / "copy", progress=stop)
    gone = next(iter(searchkit.open(tmp_path / "copy"))).id
    source.delete(gone)
    report = source.copy_to(tmp_path / "copy")
    assert (report.kept, report.removed) == (29, 1)
    assert report.copied == len(source) - 29
    with searchkit.open(tmp_path / "copy") as copy:
        assert {one.id for one in copy} == {one.id for one in source}


def test_a_copy_that_lost_documents_is_an_error(
    source: searchkit.Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_missing", lambda page, target: page[1:])
    with pytest.raises(SearchkitError, match="the copy has 43 documents, and not 44"):
        source.copy_to(tmp_path / "copy")
