"""The base of the two peers on tantivy: fields, one big writer, queries term by term, snippets.

Queries are built from terms instead of parsed, so no character is an operator. All words are required, as
with ``conjunction_by_default`` of its parser; without it any word matches, as in `rank`.
"""

from __future__ import annotations

import html
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

import tantivy
from tantivy import FieldType, Occur, Query, SnippetGenerator

from benchmarks.peers.base import Answer, Hit, Peer, Question
from benchmarks.peers.texts import END, START, day_millis, marked, published_millis

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["TantivyPeer"]

_MEMORY = 512_000_000
_SNIPPET = 160
_TITLE = 1000
_ANALYZER = "peer"


class TantivyPeer(Peer):
    """tantivy with an analyzer of its own."""

    packages: ClassVar[tuple[str, ...]] = ("tantivy",)

    @abstractmethod
    def analyzer(self) -> tantivy.TextAnalyzer:
        """What cuts titles and bodies into terms."""

    def indexed(self, text: str) -> str:
        """The text as it is handed to the engine, and stored."""
        return text

    def shown(self, escaped: str) -> str:
        """A stored text, escaped and with marks in it, as it is shown."""
        return escaped

    @abstractmethod
    def terms(self, query: str) -> list[str]:
        """The terms that a query asks for."""

    def passage(self, text: str) -> Query:
        """Documents with this passage, or where there are no phrases with all its terms."""
        return self._words(self.terms(text), Occur.Must)

    def index(self, documents: Iterable[Document]) -> int:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        for field in ("title", "body"):
            builder.add_text_field(field, stored=True, tokenizer_name=_ANALYZER, index_option="position")
        builder.add_integer_field("published", indexed=True, fast=True)
        self.location.mkdir(parents=True)
        index = tantivy.Index(builder.build(), path=str(self.location))
        index.register_tokenizer(_ANALYZER, self.analyzer())
        writer = index.writer(_MEMORY, 0)
        count = 0
        for document in documents:
            stored = tantivy.Document()
            stored.add_text("id", document.id)
            stored.add_text("title", self.indexed(document.title))
            stored.add_text("body", self.indexed(document.body))
            stored.add_integer("published", published_millis(document))
            writer.add_document(stored)
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        return count

    def open(self) -> None:
        self._index = tantivy.Index.open(str(self.location))
        self._index.register_tokenizer(_ANALYZER, self.analyzer())
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def answer(self, question: Question) -> Answer:
        if question.kind == "passage":
            asked = self.passage(question.text)
        else:
            occur = Occur.Should if question.match == "any" else Occur.Must
            asked = self._words(self.terms(question.text), occur)
        query = asked
        if question.since:
            low = day_millis(question.since)
            range_ = Query.range_query(self._schema, "published", FieldType.Integer, low, None)
            query = Query.boolean_query(
                [(Occur.Must, asked), (Occur.Must, Query.const_score_query(range_, 0.0))]
            )
        result = self._searcher.search(query, 10, order_by_field="published" if question.newest else None)
        if question.ids_only:
            shown = [Hit(id, 0.0 if question.newest else score, "", "") for id, score in self._ids(result)]
            return Answer(shown, int(result.count))  # type: ignore[attr-defined]
        titles, snippets = self._snippets(asked, "title", _TITLE), self._snippets(asked, "body", _SNIPPET)
        hits = []
        for score, address in result.hits:
            document = self._searcher.doc(address)
            title = self._html(titles, document, "title", _TITLE)
            snippet = self._html(snippets, document, "body", _SNIPPET)
            score = 0.0 if question.newest else score
            hits.append(Hit(str(document.get_first("id")), score, title, snippet))
        return Answer(hits, int(result.count))  # type: ignore[attr-defined]

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        result = self._searcher.search(self._words(self.terms(query), Occur.Should), limit, count=False)
        return self._ids(result)

    def _ids(self, result: tantivy.SearchResult) -> list[tuple[str, float]]:
        return [(str(self._searcher.doc(at).get_first("id")), score) for score, at in result.hits]

    def in_title_or_body(self, queries: Sequence[Query]) -> Query:
        """What one of the queries finds."""
        return Query.boolean_query([(Occur.Should, query) for query in queries])

    def term(self, text: str) -> Query:
        """Documents with the term."""
        return self.in_title_or_body(
            [Query.term_query(self._schema, field, text, "freq") for field in ("title", "body")]
        )

    def _words(self, terms: list[str], occur: Occur) -> Query:
        if not terms:
            return Query.empty_query()
        return Query.boolean_query([(occur, self.term(term)) for term in dict.fromkeys(terms)])

    def _snippets(self, query: Query, field: str, length: int) -> SnippetGenerator:
        generator = SnippetGenerator.create(self._searcher, query, self._schema, field)
        generator.set_max_num_chars(length)
        return generator

    def _html(self, generator: SnippetGenerator, document: tantivy.Document, field: str, length: int) -> str:
        # It marks with <b>, and has nothing to say of a text without a match.
        snippet = generator.snippet_from_doc(document).to_html()
        if not snippet:
            snippet = html.escape(str(document.get_first(field))[:length])
        return marked(self.shown(snippet.replace("<b>", START).replace("</b>", END)))
