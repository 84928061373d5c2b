"""The ceiling: the embedded engine alone, without the work of searchkit.

It holds exactly what searchkit's index holds, and answers searchkit's own plans. What searchkit does itself
is left out of its time: `prepare` reads and analyses the articles, so that `index_articles` only hands
finished terms to tantivy; `prepare_questions` reads and plans the queries, so that `answer` only runs them
and fetches ten ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import tantivy
from tantivy import Query

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task, articles
from benchmarks.peers.searchkit_embedded import options, typed
from searchkit import Document
from searchkit.analysis import Analyzer
from searchkit.engine.base import IndexDocument, id_term
from searchkit.engine.plan import Sort
from searchkit.engine.tantivy import WRITER_MEMORY, TantivyEngine
from searchkit.engine.tantivy.query import match_query, ranked_query
from searchkit.indexing.pipeline import build_all
from searchkit.query.synonyms import Synonyms
from searchkit.schema import Schema
from searchkit.searching.options import SearchOptions
from searchkit.searching.planning import plan, read
from searchkit.settings import Settings

__all__ = ["Ceiling"]

_Prepared = tuple[Query, Sort | None]


class Ceiling(Peer):
    """tantivy with searchkit's terms and plans ready made; its hits are ids without title and snippet.

    The id of a document is that which the engine keeps: a digest where it is longer than 128 characters.
    """

    name = "ceiling"
    label = "tantivy alone, searchkit's terms"
    packages: ClassVar[tuple[str, ...]] = ("tantivy",)
    cannot: ClassVar[dict[Task, str]] = {
        "snippets": "it is the engine alone: ids only",
        "from memory": "its terms are in memory already when it indexes files",
    }

    def __init__(self, location: Path) -> None:
        super().__init__(location)
        self._settings = Settings(Analyzer(), Schema(None), Synonyms(()), False)
        self._entries: list[IndexDocument] = []
        self._prepared: dict[Question, _Prepared] = {}

    def prepare(self, folder: Path) -> None:
        self._prepare(articles(folder))

    def _prepare(self, documents: Iterable[Document]) -> None:
        made = build_all(documents, self._settings, None)
        self._entries = [entry for entry in made if isinstance(entry, IndexDocument)]

    def index_articles(self, folder: Path) -> int:
        if not self._entries:
            self.prepare(folder)
        return self.index_terms()

    def index(self, documents: Iterable[Document]) -> int:
        self._prepare(documents)
        return self.index_terms()

    def index_terms(self) -> int:
        """Hand what was prepared to the engine, and commit it."""
        engine = TantivyEngine.create(
            self.location, self._settings.metadata(), self._settings.fields.for_engine
        )
        schema = engine.index.schema
        writer = engine.index.writer(WRITER_MEMORY, 0)
        for entry in self._entries:
            fields = {name: terms for name, terms in entry.terms.items() if terms}
            values = {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in entry.values.items()
            }
            given = {"id": id_term(entry.id), "stored": entry.stored, **fields, **values}
            writer.add_document(tantivy.Document.from_dict(given, schema))
        writer.commit()
        writer.wait_merging_threads()
        engine.close()
        return len(self._entries)

    def open(self) -> None:
        self._entries = []
        engine = TantivyEngine.open(self.location)
        self._engine = engine
        self._schema = engine.index.schema
        self._searcher = engine.index.searcher()

    def prepare_questions(self, questions: Sequence[Question]) -> None:
        self._prepared = {question: self._plan(question, **options(question)) for question in questions}

    def _plan(self, question: Question, **given: Any) -> _Prepared:
        asked = SearchOptions(lenient=True, **given)
        filters = asked.filters(self._settings.fields)
        query, snapshot = read(typed(question), asked, self._settings, filters), self._engine.snapshot()
        planned = plan(query, asked, snapshot, self._settings, filters).plan
        # With nothing to rank by, searchkit takes the newest for the best.
        by = "newest" if asked.sort == "relevance" and not planned.scores else asked.sort
        sort = self._settings.fields.sort(by)
        if sort:
            return match_query(planned.match, self._schema), sort
        return ranked_query(planned, self._schema), None

    def answer(self, question: Question) -> Answer:
        prepared = self._prepared.get(question) or self._plan(question, **options(question))
        result = self._search(prepared, 10)
        hits = [Hit(id, score, "", "") for id, score in self._ids(result, prepared)]
        return Answer(hits, int(result.count))  # type: ignore[attr-defined]

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        """As searchkit does, without what it lists behind few hits."""
        prepared = self._plan(Question(query))
        return self._ids(self._search(prepared, limit), prepared)

    def _search(self, prepared: _Prepared, limit: int) -> tantivy.SearchResult:
        query, sort = prepared
        if sort is None:
            return self._searcher.search(query, limit)
        order = tantivy.Order.Desc if sort.descending else tantivy.Order.Asc
        return self._searcher.search(query, limit, order_by_field=sort.field, order=order)

    def _ids(self, result: tantivy.SearchResult, prepared: _Prepared) -> list[tuple[str, float]]:
        return [
            (str(self._searcher.doc(at).get_first("id")), 0.0 if prepared[1] else score)
            for score, at in result.hits
        ]

    def close(self) -> None:
        self._engine.close()
