"""Xapian with its n-grams for Chinese: every character, and every two neighbours."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import xapian

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task
from benchmarks.peers.texts import PerThread, day_millis, published_millis

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["XapianCjk"]

_PUBLISHED = 0
_TITLE_BYTES, _SNIPPET_BYTES = 3000, 480  # three bytes a character
_NGRAMS = xapian.QueryParser.FLAG_NGRAMS


class XapianCjk(Peer):
    """TermGenerator and QueryParser with FLAG_NGRAMS, which FLAG_CJK_NGRAM is called today.

    All words are required: ``set_default_op(OP_AND)``, where its own default is any. No other flag of the
    query parser is on, so no character is an operator; a passage has FLAG_PHRASE. `rank` takes any n-gram of
    the query, as the parser wants all of a run of Chinese whatever the operator. Totals are exact here, where
    Xapian would estimate. Texts are indexed with positions, and stored for its snippets.
    """

    name = "xapian-cjk"
    label = "Xapian, n-grams"
    packages: ClassVar[tuple[str, ...]] = ("xapian-bindings-binary",)
    cannot: ClassVar[dict[Task, str]] = {"other script": "it does not normalize characters"}

    def index(self, documents: Iterable[Document]) -> int:
        # How many documents it keeps in memory before it writes; its default is 10,000.
        os.environ["XAPIAN_FLUSH_THRESHOLD"] = "1000000"
        self.location.parent.mkdir(parents=True, exist_ok=True)
        database = xapian.WritableDatabase(str(self.location), xapian.DB_CREATE)
        generator = xapian.TermGenerator()
        generator.set_flags(xapian.TermGenerator.FLAG_NGRAMS)
        count = 0
        for document in documents:
            stored = xapian.Document()
            generator.set_document(stored)
            generator.index_text(document.title)
            generator.increase_termpos()  # no phrase reaches from the title into the body
            generator.index_text(document.body)
            stored.add_value(_PUBLISHED, xapian.sortable_serialise(published_millis(document)))
            stored.set_data(json.dumps([document.id, document.title, document.body], ensure_ascii=False))
            database.add_document(stored)
            count += 1
        database.commit()
        database.close()
        return count

    def open(self) -> None:
        # A database is for one thread at a time.
        self._databases = PerThread(lambda: xapian.Database(str(self.location)), xapian.Database.close)

    def answer(self, question: Question) -> Answer:
        database = self._databases.get()
        query = self._query(database, question)
        if question.match == "any":
            # Pairs stand for words; a character of one is in most documents.
            query = _any_of([term for term in query if len(term.decode()) > 1] or query)
        if question.since:
            since = xapian.sortable_serialise(day_millis(question.since))
            later = xapian.Query(xapian.Query.OP_VALUE_GE, _PUBLISHED, since)
            query = xapian.Query(xapian.Query.OP_FILTER, query, later)
        enquire = xapian.Enquire(database)
        enquire.set_query(query)
        if question.newest:
            enquire.set_sort_by_value(_PUBLISHED, True)
        found = enquire.get_mset(0, 10, database.get_doccount())
        hits = []
        for match in found:
            id, title, body = json.loads(match.document.get_data())
            if question.ids_only:
                title = snippet = ""
            else:
                title = _snippet(found, title, _TITLE_BYTES)
                snippet = _snippet(found, body, _SNIPPET_BYTES)
            hits.append(Hit(id, 0.0 if question.newest else match.weight, title, snippet))
        return Answer(hits, found.get_matches_estimated())

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        database = self._databases.get()
        enquire = xapian.Enquire(database)
        enquire.set_query(_any_of(self._query(database, Question(query))))
        found = enquire.get_mset(0, limit)
        return [(json.loads(match.document.get_data())[0], match.weight) for match in found]

    def close(self) -> None:
        self._databases.close()

    def _query(self, database: xapian.Database, question: Question) -> xapian.Query:
        parser = xapian.QueryParser()
        parser.set_database(database)
        parser.set_default_op(xapian.Query.OP_AND)
        if question.kind == "passage":
            passage = question.text.replace('"', " ")
            return parser.parse_query(f'"{passage}"', _NGRAMS | xapian.QueryParser.FLAG_PHRASE)
        return parser.parse_query(question.text, _NGRAMS)


def _any_of(terms: Iterable[bytes]) -> xapian.Query:
    return xapian.Query(xapian.Query.OP_OR, list(dict.fromkeys(terms)))


def _snippet(found: xapian.MSet, text: str, length: int) -> str:
    flags = xapian.MSet.SNIPPET_BACKGROUND_MODEL | xapian.MSet.SNIPPET_EXHAUSTIVE | xapian.MSet.SNIPPET_NGRAMS
    snippet = found.snippet(text, length, xapian.Stem("none"), flags, "<mark>", "</mark>", "…")
    # It marks each character.
    text = snippet.decode() if isinstance(snippet, bytes) else str(snippet)
    return text.replace("</mark><mark>", "")
