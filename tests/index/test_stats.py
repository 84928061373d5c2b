"""`Index.stats()`: what an index holds and how it was made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import searchkit
from searchkit import Document, Index
from searchkit.settings import FORMAT

MakeIndex = Callable[..., Index]


def test_stats_describe_the_index(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index(
        "甲", "乙", location=tmp_path / "index", user_words=["上川陽子"], stop_words=["的", "了"]
    )
    stats = index.stats()
    assert stats.location == str(tmp_path / "index")
    assert stats.documents == 2
    assert stats.bytes == sum(
        path.stat().st_size for path in (tmp_path / "index").rglob("*") if path.is_file()
    )
    assert (stats.user_words, stats.stop_words) == (1, 2)
    assert not stats.needs_rebuild
    assert stats.version == searchkit.__version__
    assert stats.format == FORMAT
    assert stats.analyzer
    assert (stats.synonyms, stats.fields, stats.pinyin) == (0, {}, False)
    assert stats.kernel == searchkit.kernel()


def test_stats_of_an_index_in_memory_have_no_bytes(make_index: MakeIndex) -> None:
    stats = make_index("甲").stats()
    assert (stats.location, stats.documents, stats.bytes) == (":memory:", 1, 0)


def test_stats_count_documents_committed_by_another_index_object(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    index = make_index("甲", location=tmp_path / "index")
    with searchkit.open(tmp_path / "index") as other:
        index.add([Document(id="x", body="乙")])
        assert other.stats().documents == 2
