"""Whoosh with jieba's own analyzer for it."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import jieba
from jieba.analyse import ChineseAnalyzer
from whoosh import fields, highlight, index, qparser, query

from benchmarks.peers.base import Answer, Hit, Peer, Question, Task
from benchmarks.peers.texts import NO_DATE, PerThread, day_millis, published_millis

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["WhooshJieba"]

_MEGABYTES = 512
_SNIPPET = 160

jieba.setLogLevel(logging.WARNING)  # it tells on stderr how long its dictionary took


class _Mark(highlight.HtmlFormatter):
    template = "<%(tag)s>%(t)s</%(tag)s>"


_TITLE_HIGHLIGHTER = highlight.Highlighter(
    fragmenter=highlight.PinpointFragmenter(maxchars=1000, surround=1000), formatter=_Mark("mark")
)
_BODY_HIGHLIGHTER = highlight.Highlighter(
    fragmenter=highlight.PinpointFragmenter(maxchars=_SNIPPET, surround=_SNIPPET // 4),
    formatter=_Mark("mark"),
)


class WhooshJieba(Peer):
    """Title and body as stored TEXT, a query parser for both, all words asked for: its parser's default.

    The parser has no plugins, so no character is an operator. `rank` takes any word, its ``OrGroup``.
    ``chars=True`` and the pinpoint fragmenter spare taking texts apart again for highlights, as
    https://whoosh.readthedocs.io/en/latest/highlight.html recommends; a large ``limitmb`` is from its tips
    for batches, https://whoosh.readthedocs.io/en/latest/batch.html. Their ``procs`` made it slower.
    """

    name = "whoosh-jieba"
    label = "Whoosh, jieba's analyzer"
    packages: ClassVar[tuple[str, ...]] = ("whoosh3", "jieba")
    cannot: ClassVar[dict[Task, str]] = {
        "passage": "jieba's analyzer counts positions in characters, so phrases find nothing",
        "one character": "a character is found only where the segmenter left it alone",
        "other script": "it does not normalize characters",
    }

    def index(self, documents: Iterable[Document]) -> int:
        analyzer = ChineseAnalyzer()
        schema = fields.Schema(
            id=fields.ID(stored=True),
            title=fields.TEXT(stored=True, analyzer=analyzer, chars=True),
            body=fields.TEXT(stored=True, analyzer=analyzer, chars=True),
            published=fields.NUMERIC(int, bits=64, sortable=True, default=NO_DATE),
        )
        self.location.mkdir(parents=True)
        created = index.create_in(str(self.location), schema)
        writer = created.writer(limitmb=_MEGABYTES)
        for document in documents:
            writer.add_document(
                id=document.id,
                title=document.title,
                body=document.body,
                published=published_millis(document),
            )
        writer.commit()
        count = int(created.doc_count())
        created.close()
        return count

    def open(self) -> None:
        self._index = index.open_dir(str(self.location))
        # Its documentation: one searcher for each thread.
        self._searchers = PerThread(self._index.searcher, lambda searcher: searcher.close())
        plugins: list[Any] = []
        of_both = ("title", "body")
        self._all = qparser.MultifieldParser(of_both, self._index.schema, plugins=plugins)
        self._any = qparser.MultifieldParser(
            of_both, self._index.schema, plugins=plugins, group=qparser.OrGroup
        )

    def answer(self, question: Question) -> Answer:
        since = question.since and query.NumericRange("published", day_millis(question.since), None)
        parser = self._any if question.match == "any" else self._all
        results = self._searchers.get().search(
            parser.parse(question.text),
            limit=10,
            filter=since or None,
            sortedby="published" if question.newest else None,
            reverse=question.newest,
        )
        hits = []
        for hit in results:
            score = 0.0 if question.newest else float(hit.score)
            if question.ids_only:
                hits.append(Hit(hit["id"], score, "", ""))
                continue
            title = _TITLE_HIGHLIGHTER.highlight_hit(hit, "title", top=1) or html.escape(hit["title"])
            snippet = _BODY_HIGHLIGHTER.highlight_hit(hit, "body", top=1) or html.escape(
                hit["body"][:_SNIPPET]
            )
            hits.append(Hit(hit["id"], score, title, snippet))
        return Answer(hits, len(results))

    def rank(self, text: str, limit: int) -> list[tuple[str, float]]:
        results = self._searchers.get().search(self._any.parse(text), limit=limit)
        return [(hit["id"], float(hit.score)) for hit in results]

    def close(self) -> None:
        self._searchers.close()
        self._index.close()
