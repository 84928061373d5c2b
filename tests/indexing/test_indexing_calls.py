"""How many Python functions an article calls on its way from a file into an engine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import searchkit
from searchkit.analysis import Analyzer
from searchkit.articles.readers import ReadOptions
from searchkit.document import Document
from searchkit.engine import create_engine
from searchkit.engine.base import EngineWriter, IndexDocument
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.indexing.pipeline import index_files
from searchkit.settings import Settings

# Without the compiled kernel, what it does for a text is calls as well. A dozen calls are for markup and for
# times without a zone.
MOST_FROM_A_FILE, MOST_OF_A_DOCUMENT = (150, 70) if searchkit.kernel() == "compiled" else (195, 700)

SAMPLE = Path(searchkit.__file__).parent / "sample" / "articles"

SETTINGS = Settings(Analyzer())


@pytest.fixture
def writer() -> Iterator[EngineWriter]:
    engine = create_engine(":memory:", SETTINGS.metadata(), SETTINGS.fields.for_engine)
    writer = engine.writer(timeout=0)
    yield writer
    writer.close()
    engine.close()


def calls_of(work: Callable[[], Any]) -> Counter[str]:
    """The calls of functions in Python, a generator each time that it goes on, once caches are filled."""
    work()
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            calls[frame.f_code.co_name] += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def articles() -> list[Path]:
    return sorted(SAMPLE.rglob("*.md"))


def test_an_article_makes_fewer_than_150_calls_on_its_way_in(writer: EngineWriter) -> None:
    """From the file to the writer of the engine; half of the articles of the sample make no more."""

    def add(path: Path) -> None:
        for outcome in index_files([path], ReadOptions(), SETTINGS, workers=1):
            assert isinstance(outcome.result, IndexDocument)
            writer.upsert(outcome.result)

    counts = {path.stem: calls_of(partial(add, path)) for path in articles()}
    typical = sorted(counts.values(), key=Counter.total)[len(counts) // 2]
    assert typical.total() < MOST_FROM_A_FILE, typical.most_common()


def test_building_and_writing_an_article_make_few_calls(writer: EngineWriter) -> None:
    builder = DocumentBuilder(SETTINGS)

    def add(document: Document) -> None:
        writer.upsert(builder.build(document))

    for document in searchkit.read_articles(SAMPLE):
        calls = calls_of(partial(add, document))
        assert calls.total() <= MOST_OF_A_DOCUMENT, (document.id, calls.most_common())
