"""The tokenizer: which characters are a token, and that none is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from strategies import texts

from searchkit.analysis import Analyzer, is_latin, normalize, tokenize

ANALYZER = Analyzer()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("，。 _-！", []),
        ("中日關係", ["中", "日", "关", "系"]),
        ("C++", ["c++"]),
        ("C#", ["c#"]),
        ("Ｃ＋＋与Ｃ＃", ["c++", "与", "c#"]),
        ("C", ["c"]),
        ("C+", ["c"]),
        ("C+++", ["c"]),
        ("F#和J++", ["f#", "和", "j++"]),
        ("C++17", ["c++", "17"]),
        ("AC++", ["ac"]),
        ("abc#", ["abc"]),
        ("a+b", ["a", "b"]),
        ("GPT-4", ["gpt", "4"]),
        ("iPhone15Pro", ["iphone15pro"]),
        ("3.6.3", ["3", "6", "3"]),
        ("5G网络", ["5g", "网", "络"]),
        ("AT&T", ["at", "t"]),
        ("snake_case", ["snake", "case"]),
        ("don't", ["don", "t"]),
        ("café", ["cafe"]),
        ("straße", ["straße"]),
        ("Łódź", ["łodz"]),
        ("𠮷野家", ["𠮷", "野", "家"]),
        ("ドイツ", ["ド", "イ", "ツ"]),
        ("한국", ["한", "국"]),
        ("①②", ["①", "②"]),
        ("第Ⅳ期", ["第", "Ⅳ", "期"]),
        ("10km²", ["10km", "²"]),
        ("😀好", ["好"]),
        ("甲\n乙", ["甲", "乙"]),
    ],
)
def test_the_tokens_of_a_text(text: str, expected: list[str]) -> None:
    assert tokenize(normalize(text)) == expected
    assert ANALYZER.terms(text).unigrams == " ".join(expected)


@given(texts)
def test_no_letter_digit_or_han_character_is_lost(text: str) -> None:
    normalized = normalize(text)
    kept = "".join(tokenize(normalized))
    assert [c for c in kept if c not in "+#"] == [c for c in normalized if c.isalnum()]


@given(texts)
def test_only_latin_tokens_are_longer_than_one_character(text: str) -> None:
    for token in tokenize(normalize(text)):
        assert len(token) == 1 or is_latin(token)


@given(texts)
def test_tokens_are_tokens_of_themselves(text: str) -> None:
    for token in tokenize(normalize(text)):
        assert tokenize(token) == [token]


@given(texts)
def test_the_unigram_terms_are_the_tokens(text: str) -> None:
    assert ANALYZER.terms(text).unigrams.split() == tokenize(normalize(text))
