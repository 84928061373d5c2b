"""The promises of the design: script-blind, and never misses. On the shipped sample and on real articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scripts import CONVERSIONS, convert
from strategies import atoms, has_tokens, passages, quoted, rewritten

import searchkit
from searchkit import Document, Index, QuerySyntaxError
from searchkit.analysis import Analyzer, normalize

many = settings(max_examples=200)
EVERYTHING = 100_000
FIRST = 50
"""Hits compared: enough to see that the order is the same. The total is compared as well."""


class Archive(NamedTuple):
    """An index with the lines of its documents, each with the id of its document."""

    index: Index
    lines: list[tuple[str, str]]
    documents: list[Document]

    def __repr__(self) -> str:
        return f"<{len(self.documents)} documents>"


@pytest.fixture(
    scope="session",
    params=["sample", pytest.param("corpus", marks=pytest.mark.corpus)],
    ids=["sample", "real articles"],
)
def archive(request: pytest.FixtureRequest) -> Archive:
    index: Index = request.getfixturevalue(f"{request.param}_index")
    # Sorted: an index gives them as its threads came by them, and samples are of every n-th.
    documents = sorted(index, key=lambda document: document.id)
    lines = [
        (document.id, line)
        for document in documents
        for text in (document.title, document.body)
        for line in text.split("\n")
        if has_tokens(line)
    ]
    return Archive(index, lines, documents)


def found(index: Index, query: str, **options: object) -> tuple[int, list[tuple[str, float]]]:
    results = index.search(query, limit=FIRST, **options)  # type: ignore[arg-type]
    return results.total, [(hit.id, hit.score) for hit in results]


def everything(index: Index, query: str, **options: object) -> set[str]:
    return {hit.id for hit in index.search(query, limit=EVERYTHING, **options)}  # type: ignore[arg-type]


def draw_line(data: st.DataObject, archive: Archive) -> tuple[str, str]:
    # By its number: sampled_from would look at all of the lines each time.
    return archive.lines[data.draw(st.integers(0, len(archive.lines) - 1))]


def finds(archive: Archive, id: str, query: str) -> bool:
    return id in {hit.id for hit in archive.index.search(query, limit=EVERYTHING)}


def conversions(text: str) -> set[str]:
    return {convert(text, conversion) for conversion in CONVERSIONS} - {text}


def spread(items: Sequence[str], count: int) -> list[str]:
    """So many of the items, from all over."""
    return list(items[:: max(1, len(items) // count)])


def assert_script_blind(index: Index, queries: Sequence[str], **options: object) -> None:
    compared = 0
    differing = []
    for query in queries:
        expected = found(index, query, **options)
        for other in conversions(query):
            compared += 1
            if normalize(other) != normalize(query):  # a spelling of the tables: what was typed is first
                same = everything(index, other, **options) == everything(index, query, **options)
            else:
                same = found(index, other, **options) == expected
            if not same:
                differing.append((query, other))
    assert compared >= len(queries) * 0.5, "not a test: the queries are the same in every script"
    assert differing == []


class TestScriptBlind:
    """A query and its conversions find the same, in the same order, with equal scores."""

    def test_titles_find_the_same_in_every_script(self, archive: Archive) -> None:
        titles = [document.title for document in archive.documents if document.title]
        assert_script_blind(archive.index, spread(titles, 50), lenient=True)

    def test_quoted_titles_find_the_same_in_every_script(self, archive: Archive) -> None:
        titles = [
            query
            for document in archive.documents
            if has_tokens(document.title) and (query := quoted(document.title))
        ]
        assert_script_blind(archive.index, spread(titles, 50))

    def test_words_find_the_same_in_every_script(self, archive: Archive) -> None:
        analyzer = Analyzer()
        words = dict.fromkeys(
            line[start : start + len(word)]
            for _, line in archive.lines[::10]
            for word in analyzer.words(normalize(line))
            if len(word) > 1 and (start := normalize(line).find(word)) >= 0
        )
        some = [word for word in spread(list(words), 400) if conversions(word)]
        assert_script_blind(archive.index, spread(some, 100), lenient=True)

    @pytest.mark.parametrize(
        ("query", "other"), [("坐标", "座標"), ("家具", "傢俱"), ("熏陶", "薰陶"), ("什么", "甚麼")]
    )
    def test_words_with_a_character_that_only_phrases_convert(self, query: str, other: str) -> None:
        index = searchkit.create(":memory:")
        index.add([{"body": query}], workers=1)
        assert index.count(other) == index.count(query) == 1

    def test_single_characters_find_the_same_in_every_script(self, archive: Archive) -> None:
        characters = dict.fromkeys(
            character for _, line in archive.lines for character in line if character.isalnum()
        )
        some = [character for character in characters if conversions(character)]
        assert_script_blind(archive.index, spread(some, 100))

    @pytest.mark.parametrize("match", ["most", "all", "any"])
    def test_sentences_find_the_same_in_every_script(self, archive: Archive, match: str) -> None:
        sentences = [
            piece
            for _, line in archive.lines
            for piece in re.split("[，。！？；：、]", line)
            if 6 <= len(piece) <= 30
        ]
        some = [sentence for sentence in spread(sentences, 60) if conversions(sentence)]
        assert_script_blind(archive.index, spread(some, 30), lenient=True, match=match)

    @many
    @given(data=st.data(), in_quotes=st.booleans(), conversion=st.sampled_from(CONVERSIONS))
    def test_any_passage_finds_the_same_in_every_script(
        self, archive: Archive, data: st.DataObject, in_quotes: bool, conversion: str
    ) -> None:
        _, line = draw_line(data, archive)
        passage = data.draw(passages(line))
        query = (in_quotes and quoted(passage)) or passage
        other = convert(query, conversion)
        assume(other != query)
        assert found(archive.index, other, lenient=True) == found(archive.index, query, lenient=True)

    @many
    @given(data=st.data(), lenient=st.booleans())
    def test_variants_of_a_character_are_interchangeable_in_any_query(
        self, archive: Archive, data: st.DataObject, lenient: bool
    ) -> None:
        _, line = draw_line(data, archive)
        passage = data.draw(passages(line))
        query = data.draw(
            st.sampled_from(
                [
                    passage,
                    f"title:{passage}",
                    f"{passage} OR 茶",
                    f"茶 -({passage})",
                    quoted(passage) or passage,
                ]
            )
        )
        try:
            expected = found(archive.index, query, lenient=lenient)
        except QuerySyntaxError:  # the passage holds a bracket or quote that is not closed
            assume(False)
        # Operators are no text, and stay as they are.
        pieces = re.split(r"(\b(?:OR|AND|NOT)\b|(?i:title|body|source|tag|date)[:：])", query)
        other = "".join(
            piece if place % 2 else data.draw(rewritten(piece)) for place, piece in enumerate(pieces)
        )
        assert found(archive.index, other, lenient=lenient) == expected

    def test_highlights_land_on_the_text_as_it_was_written(self, archive: Archive) -> None:
        for document in archive.documents[:100]:
            title = document.title
            if not has_tokens(title) or not (query := quoted(title)):
                continue
            marked = set()
            for text in (query, *(convert(query, conversion) for conversion in CONVERSIONS)):
                (hit,) = [
                    hit for hit in archive.index.search(text, limit=EVERYTHING) if hit.id == document.id
                ]
                assert hit.title.text == title
                marked.add(hit.title.spans)
            assert len(marked) == 1
            ((start, end),) = marked.pop()
            assert not has_tokens(title[:start] + title[end:])


class TestNeverMisses:
    """A passage in quotes finds its article, whatever the segmenter made of it, in either script."""

    @many
    @given(data=st.data(), conversion=st.sampled_from(CONVERSIONS))
    def test_a_passage_in_the_other_script_finds_its_article(
        self, archive: Archive, data: st.DataObject, conversion: str
    ) -> None:
        id, line = draw_line(data, archive)
        query = quoted(data.draw(passages(line)))
        assume(query is not None)
        assert query is not None
        assert finds(archive, id, convert(query, conversion))

    @many
    @given(data=st.data())
    def test_a_passage_in_any_variants_finds_its_article(self, archive: Archive, data: st.DataObject) -> None:
        id, line = draw_line(data, archive)
        query = quoted(data.draw(passages(line).flatmap(rewritten)))
        assume(query is not None)
        assert query is not None
        assert finds(archive, id, query)

    @settings(max_examples=300)
    @given(data=st.data())
    def test_any_passage_of_a_line_finds_its_article_and_is_highlighted(
        self, archive: Archive, data: st.DataObject
    ) -> None:
        id, line = draw_line(data, archive)
        query = quoted(data.draw(passages(line)))
        assume(query is not None)
        assert query is not None
        (hit,) = [hit for hit in archive.index.search(query, limit=EVERYTHING) if hit.id == id]
        assert hit.title.spans or hit.body.spans
        assert hit.title.spans or hit.snippet.spans

    def test_every_line_finds_its_article(self, archive: Archive) -> None:
        some = archive.lines[:: max(1, len(archive.lines) // 200)]
        queries = [(id, query) for id, line in some if len(line) < 2000 and (query := quoted(line))]
        assert len(queries) > 100
        assert [query for id, query in queries if not finds(archive, id, query)] == []

    def test_every_piece_of_a_line_finds_its_article_whatever_its_place_and_length(
        self, sample_index: Index
    ) -> None:
        missed = []
        for document in list(sample_index)[::4]:
            pieces = atoms(document.body.split("\n")[0])
            for length in (1, 2, 3, 5, 8):
                for start in range(0, len(pieces) - length + 1, 3):
                    passage = "".join(pieces[start : start + length])
                    query = quoted(passage)
                    if query and has_tokens(passage):
                        hits = sample_index.search(query, limit=EVERYTHING)
                        if document.id not in {hit.id for hit in hits}:
                            missed.append(passage)
        assert missed == []

    def test_no_passage_crosses_a_line(self, archive: Archive) -> None:
        crossing = list(_crossings(archive.documents[:60]))
        assert len(crossing) > 20
        for document, passage in crossing:
            hits = {hit.id: hit for hit in archive.index.search(f"“{passage}”", limit=EVERYTHING)}
            if document.id in hits:  # then it stands elsewhere in the text, within a line
                assert hits[document.id].title.spans or hits[document.id].body.spans


def _crossings(documents: Sequence[Document]) -> Iterator[tuple[Document, str]]:
    """The last two characters of a line and the first two of the next."""
    for document in documents:
        lines = [
            "".join(character for character in line if character.isalpha() and ord(character) > 0x2E80)
            for line in document.body.split("\n")
        ]
        for first, second in zip(lines, lines[1:]):
            if len(first) > 2 and len(second) > 2:
                yield document, first[-2:] + second[:2]
