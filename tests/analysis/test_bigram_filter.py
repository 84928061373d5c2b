"""The bigram filter: passages are exact phrases of bigrams, and stay within their line."""

from __future__ import annotations

from itertools import groupby
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import lines, texts

from searchkit.analysis import LINE_BREAK, Analyzer, bigram, is_symbol, plain, query_tokens, tokenize

ANALYZER = Analyzer()


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []),
        ("中", []),
        ("中日", [("中", "日")]),
        ("中日，关系", [("中", "日"), ("日", "关"), ("关", "系")]),
        ("使用GPT-4", [("使", "用"), ("用", "gpt"), ("gpt", "4")]),
        ("C++与C#", [("c++", "与"), ("与", "c#")]),
        ("3.6.3", [("3.", "6"), ("6.", "3")]),
        ("v3.14版", [("v", "3"), ("3.", "14"), ("14", "版")]),
        ("10:30", [("10:", "30")]),
        ("１０：３０", [("10:", "30")]),
        ("3∶2", [("3:", "2")]),
        ("3、14", [("3", "14")]),
        ("3. 14", [("3", "14")]),
        ("3..14", [("3", "14")]),
        ("2024-01-02", [("2024", "01"), ("01", "02")]),
        ("1,000.5", [("1000.", "5")]),
        ("C C++", [("c", "c++")]),
    ],
)
def test_bigrams_of_texts(text: str, pairs: list[tuple[str, str]]) -> None:
    ended = [bigram(first, second) for first, second in pairs]
    last = tokenize(text).texts[-1:]
    assert ANALYZER.terms(text).bigrams.split() == ended + [bigram(token, LINE_BREAK) for token in last]


def test_a_bigram_of_han_is_the_text_itself() -> None:
    assert bigram("中", "日") == "中日"


@given(st.lists(lines, min_size=2, max_size=6))
def test_different_pairs_of_tokens_make_different_bigrams(some_lines: list[str]) -> None:
    """The join is injective, so a bigram cannot stand for another pair."""
    found = [token for line in some_lines for token in tokenize(line).texts] + [
        "a",
        "b",
        "ab",
        "中",
        "c++",
        "c",
    ]
    pairs: dict[str, tuple[str, str]] = {}
    for first in found:
        for second in found:
            assert pairs.setdefault(bigram(first, second), (first, second)) == (first, second)


@given(texts)
def test_terms_are_joined_by_single_spaces(text: str) -> None:
    for terms in (ANALYZER.terms(text).unigrams, ANALYZER.terms(text).bigrams):
        assert (terms.split(" ") if terms else []) == terms.split()


@given(lines)
def test_the_bigrams_of_a_line_are_its_neighbouring_tokens(line: str) -> None:
    tokens = [token for token in query_tokens(line) if not is_symbol(token)]
    ended = [*tokens, LINE_BREAK] if tokens else []
    assert ANALYZER.terms(line).bigrams.split() == [bigram(a, b) for a, b in zip(ended, ended[1:])]


@given(texts)
def test_a_phrase_of_bigrams_is_a_passage_of_one_line_and_the_other_way_round(text: str) -> None:
    terms = ANALYZER.terms(text).bigrams.split()
    whole = tokenize(text)
    signs = [chr(joint) if joint else "" for joint in whole.joints]
    rows = [*zip(whole.lines, map(add, whole.texts, signs))]
    by_line = [
        [one for _, one in row if not is_symbol(one)] for _, row in groupby(rows, key=lambda each: each[0])
    ]
    everything = [token for line in by_line for token in line]
    for length in (2, 3, 4):
        for passage in _windows(everything, length):
            phrase = [bigram(a, b) for a, b in zip(passage, passage[1:])]
            passage = [*passage[:-1], plain(passage[-1])]
            in_one_line = any(
                passage == [*window[:-1], plain(window[-1])]
                for line in by_line
                for window in _windows(line, length)
            )
            assert (phrase in _windows(terms, len(phrase))) == in_one_line, passage


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\n\n", "。\n", "\n，", "\n \n"])
def test_no_phrase_crosses_a_line_end(line_end: str) -> None:
    terms = ANALYZER.terms(f"中日{line_end}关系").bigrams.split()
    assert {"中日", "关系"} <= set(terms)
    assert "日关" not in terms
    # Were it 2, the phrase of every second bigram, 中日@0 关系@2, would cross.
    assert terms.index("关系") - terms.index("中日") > 2


def _windows(items: list[str], length: int) -> list[list[str]]:
    return [items[start : start + length] for start in range(len(items) - length + 1)]
