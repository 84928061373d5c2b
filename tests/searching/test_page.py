"""Pages: hits that were found together share what is decoded and highlighted, once it is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from searchkit import Document
from searchkit.engine.base import ScoredDoc
from searchkit.errors import IndexCorruptError
from searchkit.highlight.snippet import PythonHighlighter
from searchkit.indexing.stored_fields import StoredFields
from searchkit.query import HighlightTerm
from searchkit.searching.page import LARGEST
from searchkit.searching.results import hits_of


class Counting(PythonHighlighter):
    """Counts how often it is called, and for how many texts."""

    def __init__(self) -> None:
        super().__init__([HighlightTerm(("茶",))])
        self.calls: Counter[tuple[str, int]] = Counter()

    def whole(self, texts: Sequence[str], field):  # type: ignore[no-untyped-def]
        self.calls[field, len(texts)] += 1
        return super().whole(texts, field)

    def snippets(self, texts: Sequence[str], length: int):  # type: ignore[no-untyped-def]
        self.calls["snippet", len(texts)] += 1
        return super().snippets(texts, length)


def found(count: int) -> list[ScoredDoc]:
    documents = [
        Document(id=str(number), title=f"茶{number}", body=f"喝茶{number}") for number in range(count)
    ]
    return [ScoredDoc(1.0, StoredFields.encode(document, ())) for document in documents]


def test_titles_and_snippets_are_highlighted_once_for_all_hits() -> None:
    highlighter = Counting()
    hits = hits_of(found(10), highlighter, 160)
    assert [hit.id for hit in hits] == [str(number) for number in range(10)]
    assert not highlighter.calls
    assert [hit.title.text for hit in hits] == [f"茶{number}" for number in range(10)]
    assert [hit.snippet.text for hit in hits] == [f"喝茶{number}" for number in range(10)]
    assert all(hit.snippet.spans == ((1, 2),) and hit.snippet is hit.snippet for hit in hits)
    assert highlighter.calls == {("title", 10): 1, ("snippet", 10): 1}
    assert hits[3].body.text == "喝茶3"
    assert highlighter.calls["body", 1] == 1


def test_many_hits_are_not_highlighted_for_one() -> None:
    highlighter = Counting()
    hits = hits_of(found(2 * LARGEST + 1), highlighter, 160)
    assert hits[-1].snippet.text == f"喝茶{2 * LARGEST}"
    assert highlighter.calls == {("snippet", 1): 1}
    assert hits[LARGEST].title.text == f"茶{LARGEST}"
    assert highlighter.calls["title", LARGEST] == 1


def test_ids_need_no_bodies() -> None:
    """A body that is damaged is noticed when it is needed."""
    stored = StoredFields.encode(Document(id="1", title="a", body="茶"), ())
    (hit,) = hits_of([ScoredDoc(1.0, stored.replace("茶".encode(), b"\xff"))], Counting(), 160)
    assert (hit.id, hit.title.text, hit.source) == ("1", "a", "")
    for needed in ("snippet", "body", "document"):
        with pytest.raises(IndexCorruptError, match="stored fields"):
            getattr(hit, needed)


def test_a_document_has_its_body() -> None:
    (hit,) = hits_of(found(1), Counting(), 160)
    assert hit.document == Document(id="0", title="茶0", body="喝茶0")
    assert hit.document is hit.document
