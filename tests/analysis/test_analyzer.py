"""The analyzer: three channels of terms, with settings that have a fingerprint."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import lines, rewritten, texts

from searchkit.analysis import LINE_BREAK, Analyzer, Terms, bigram, normalize, tokenize


def test_the_terms_of_a_text_are_words_bigrams_and_unigrams() -> None:
    bigrams = f"中国 国用 {bigram('用', 'c++')} {bigram('c++', LINE_BREAK)}"
    assert Analyzer().terms("中國，用 C++。") == Terms(
        "中国 用 c++", bigrams, "中 国 用 c++", "中国，用 c++。"
    )


def test_a_text_of_punctuation_has_no_terms() -> None:
    assert Analyzer().terms("，。 — …") == Terms("", "", "", "，。 — …")


@given(texts)
def test_terms_are_joined_by_single_spaces(text: str) -> None:
    *channels, _ = Analyzer().terms(text)
    for channel in channels:
        assert channel.split(" ") == (channel.split() or [""])


@given(st.data())
def test_the_terms_of_a_text_are_those_of_its_rewriting(data: st.DataObject) -> None:
    """But for the parts of words, behind the tokens: it is the capitals that show them."""
    text = data.draw(lines)
    written = Analyzer().terms(data.draw(rewritten(text)))
    count = len(tokenize(text).texts)
    assert written._replace(unigrams="") == Analyzer().terms(text)._replace(unigrams="")
    assert written.unigrams.split()[:count] == Analyzer().terms(text).unigrams.split()[:count]


@pytest.mark.parametrize("stop_word", ["的", "臺灣", "台湾", "Ｔｈｅ"])
def test_stop_words_are_left_out_of_the_words_only(stop_word: str) -> None:
    text = "台灣的 the 山"
    with_all, without = Analyzer().terms(text), Analyzer(stop_words=[stop_word]).terms(text)
    assert set(with_all.words.split()) - set(without.words.split()) == {normalize(stop_word)}
    assert (without.bigrams, without.unigrams) == (with_all.bigrams, with_all.unigrams)


def test_words_of_ones_own_change_the_words_only() -> None:
    text = "外相上川陽子訪華"
    plain, own = Analyzer().terms(text), Analyzer(user_words=["上川陽子"]).terms(text)
    assert "上川阳子" in own.words.split()
    assert "上川阳子" not in plain.words.split()
    assert (own.bigrams, own.unigrams) == (plain.bigrams, plain.unigrams)


@pytest.mark.parametrize(
    ("one", "others"),
    [
        ({}, {"user_words": ["甲乙"]}),
        ({}, {"stop_words": ["的"]}),
        ({"user_words": ["甲乙"]}, {"user_words": ["甲丙"]}),
        ({"user_words": ["甲乙"]}, {"stop_words": ["甲乙"]}),
        ({"stop_words": ["的"]}, {"stop_words": ["的", "了"]}),
    ],
)
def test_the_fingerprint_changes_with_the_settings(one: dict[str, Any], others: dict[str, Any]) -> None:
    assert Analyzer(**one).fingerprint != Analyzer(**others).fingerprint


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ({}, {"user_words": [], "stop_words": ()}),
        ({"user_words": ["乙", "甲"]}, {"user_words": ("甲", "乙", "甲")}),
        ({"user_words": ["甲"]}, {"user_words": {" 甲 ", "", "  "}}),
        ({"stop_words": ["的", "了"]}, {"stop_words": (word for word in "了的")}),
    ],
)
def test_the_fingerprint_does_not_change_with_order_doubles_and_blanks(
    one: dict[str, Any], same: dict[str, Any]
) -> None:
    assert Analyzer(**one).fingerprint == Analyzer(**same).fingerprint


def test_the_fingerprint_does_not_change_with_use() -> None:
    analyzer = Analyzer(["甲乙"])
    before = analyzer.fingerprint
    analyzer.terms("甲乙丙")
    assert analyzer.fingerprint == before == Analyzer(["甲乙"]).fingerprint


@settings(max_examples=20)
@given(st.lists(st.text(min_size=1, max_size=4)), st.lists(st.text(min_size=1, max_size=4)))
def test_settings_make_the_same_analyzer_again(user_words: list[str], stop_words: list[str]) -> None:
    analyzer = Analyzer(user_words, stop_words)
    again = Analyzer(**json.loads(json.dumps(analyzer.settings)))
    assert again.settings == analyzer.settings
    assert again.fingerprint == analyzer.fingerprint


@pytest.mark.parametrize("name", ["user_words", "stop_words"])
@pytest.mark.parametrize("value", ["中国", [1], ["甲", None], [b"x"], 5, None])
def test_settings_of_a_wrong_type_are_refused(name: str, value: Any) -> None:
    with pytest.raises(TypeError):
        Analyzer(**{name: value})


@pytest.mark.parametrize(("value", "said"), [("中国", "中国"), (["甲", 1], "1 is int")])
def test_an_invalid_setting_is_named_with_its_value(value: Any, said: str) -> None:
    with pytest.raises(TypeError, match=f"user_words.*{said}"):
        Analyzer(user_words=value)
