"""The analysis of a query's texts: each is segmented once, and its words are made of its tokens."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import lines, texts

import searchkit
from searchkit import Document
from searchkit.analysis import Analyzer, is_word, query_tokens
from searchkit.analysis.characters import EXPANDS, SMALL_DIGIT, class_of
from searchkit.query.analyzed_text import AnalyzedText, analyze_text, join_texts

ANALYZER = Analyzer()
STOPPING = Analyzer(stop_words=["的", "在"])


def places(text: AnalyzedText) -> list[list[tuple[int, int]]]:
    return [[(word.start, word.end) for word in words] for words in (text.query_words, text.content_words)]


def words_of(text: str, analyzer: Analyzer = ANALYZER) -> list[str]:
    return [word.text for word in analyze_text(text, analyzer).query_words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中国的历史", ["中国", "的", "历史"]),
        ("历史历史", ["历史"]),
        ("，。", []),
        ("C++语言", ["c++", "语言"]),
        ("straße", ["straße"]),
        ("Łódź", ["łodz"]),
        ("smørrebrød", ["smørrebrød"]),
        ("囧途", ["囧途"]),
        ("囧，途", ["囧", "途"]),
        ("嘚瑟的人", ["嘚瑟", "的", "人"]),
        ("C位", ["c位"]),
        ("リング", ["リング"]),
        ("指輪リング", ["指轮", "リング"]),
        ("テレビを見る", ["テレビ", "を", "见", "る"]),
        ("한국어", ["한국어"]),
        ("Москва", ["москва"]),
        ("2024年7月", ["2024年7月"]),
        ("第50届超级碗", ["第50届", "超级", "碗"]),
        ("10:30", ["10:30"]),
    ],
)
def test_the_query_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


def test_stop_words_are_query_words_where_there_are_no_others() -> None:
    assert words_of("中国的", STOPPING) == ["中国"]
    assert words_of("的", STOPPING) == ["的"]


@given(texts)
@example("cAT&T\nAT&TC++")
@example("𪛞𪛟")
def test_query_words_are_neighbouring_tokens_of_their_text(text: str) -> None:
    """Otherwise a query could not find the very text that it is."""
    analyzed = analyze_text(text, ANALYZER)
    assert analyzed.tokens == query_tokens(text)
    for word in analyzed.query_words:
        assert 0 <= word.start < word.end <= len(analyzed.tokens)
        assert "".join(query_tokens(word.text)) == "".join(analyzed.tokens[word.start : word.end])


@given(st.lists(lines.map(lambda line: line.replace(" ", "")), min_size=1, max_size=4))
@example(["C", "++", "AT", "&T", "卡拉", "OK", "a", "股"])
def test_joined_texts_are_analysed_as_the_text_that_they_are_together(parts: list[str]) -> None:
    # Between Han and Latin letters or digits no space parts two texts of a query.
    tokens = [found for part in parts if (found := query_tokens(part))]
    assume(all(is_word(a[-1]) == is_word(b[0]) for a, b in zip(tokens, tokens[1:])))
    # m² is one word by itself; behind a number it is its unit.
    assume(not any(class_of(character) in (EXPANDS, SMALL_DIGIT) for part in parts for character in part))
    for analyzer in (ANALYZER, STOPPING):
        joined = join_texts([analyze_text(part, analyzer) for part in parts])
        whole = analyze_text(" ".join(parts), analyzer)
        assert places(joined) == places(whole)
        assert joined._replace(query_words=(), content_words=()) == whole._replace(
            query_words=(), content_words=()
        )


@pytest.mark.parametrize(
    "query",
    [
        "半导体",
        "软件",
        "软件 出租车 土豆",
        "软件 软件 软件",
        '"半导体，软件" 半导体*',
        "苹果 香蕉 葡萄 西瓜 桃子 草莓 土豆 番茄",
        "(软件 OR 苹果) -香蕉 title:香蕉",
    ],
)
def test_no_text_of_a_query_is_segmented_twice(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    segmented: Counter[str] = Counter()
    segment = Analyzer.segment

    def spy(self: Analyzer, normalized: str) -> tuple[list[str], list[str]]:
        segmented[normalized] += 1
        return segment(self, normalized)

    with searchkit.create(":memory:", synonyms=[["土豆", "马铃薯"]]) as index:
        index.add([Document(id="1", body="半导体和软件，苹果，香蕉，葡萄")])
        monkeypatch.setattr(Analyzer, "segment", spy)
        for hit in index.search(query):
            assert hit.snippet.html()
    assert segmented
    assert max(segmented.values()) == 1
    assert not any(" " in text for text in segmented), "texts side by side are not segmented again as one"
