"""Words that no dictionary has: pieces side by side are one word of a query."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from searchkit import Index
from searchkit.analysis import Analyzer
from searchkit.query.analyzed_text import analyze_text
from searchkit.query.words import is_typographic_space

MakeIndex = Callable[..., Index]


@pytest.mark.parametrize(
    ("right", "wrong", "query"),
    [
        ("囧途", "途中囧事", "囧途"),
        ("嘚瑟的人", "瑟瑟发抖嘚", "嘚瑟"),
        ("怼人的话", "人人都怼", "怼人"),
        ("C位出道", "出道的位置C", "C位"),
        ("上B站看", "站B队", "B站"),
        ("X光机", "光照X轴", "X光"),
        ("指輪リング", "グリーン", "リング"),
        ("ラーメン屋", "メラーン", "ラーメン"),
        ("ありがとう", "とうがりあ", "ありがとう"),
        ("한국어 공부", "어한국", "한국어"),
        ("Москва столица", "Ночь, улица", "Москва"),
        ("Αθήνα", "Ρόδος νησί", "Αθήνα"),
        ("第50届大会", "50人的第一届", "第50届"),
        ("2024年的事", "年2024", "2024年"),
        ("5kg大米", "kg和5", "5kg"),
    ],
)
def test_a_word_in_pieces_matches_as_it_is(right: str, wrong: str, query: str, make_index: MakeIndex) -> None:
    index = make_index(right, wrong)
    for match in ("most", "all", "any"):
        assert [hit.id for hit in index.search(query, match=match)] == ["0"]
    (hit,) = index.search(query)
    assert len(hit.snippet.spans) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("囧途", ["囧途"]),
        ("囧 途", ["囧", "途"]),
        ("囧、途", ["囧", "途"]),
        ("囧\n途", ["囧", "途"]),
        ("我和你", ["我", "和", "你"]),
        ("の", ["の"]),
        ("★★", ["★", "★"]),
        ("a b", ["a", "b"]),
    ],
)
def test_only_neighbours_that_say_something_are_one_word(text: str, words: list[str]) -> None:
    found = [word.text for word in analyze_text(text, Analyzer()).query_words]
    assert found == list(dict.fromkeys(words))


def test_of_many_single_characters_each_pair_is_a_word() -> None:
    words = analyze_text("囧怼嘚囧怼嘚囧", Analyzer()).query_words
    assert [word.text for word in words] == ["囧怼", "嘚囧", "怼嘚囧"]


@pytest.mark.parametrize(
    ("before", "behind", "expected"),
    [
        ("第", "50", True),
        ("50", "届", True),
        ("MySQL", "安装", True),
        ("使用", "gpt", True),
        ("中国", "历史", False),
        ("iPhone", "15", False),
        ("中国，", "abc", False),
        ("⽇", "abc", True),
    ],
)
def test_a_space_between_han_and_latin_is_typography(before: str, behind: str, expected: bool) -> None:
    assert is_typographic_space(before, behind) is expected
