"""Pinyin: how a word sounds, and what is said where the package for it is missing."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import HAN, anything, lines

import searchkit
from searchkit.analysis import normalize
from searchkit.analysis.pinyin import pinyin_keys, require_pinyin


@pytest.mark.parametrize(
    ("word", "keys"),
    [
        ("王毅", ("wangyi", "wy")),
        ("北京大学", ("beijingdaxue", "bjdx")),
        ("银行", ("yinhang", "yh")),
        ("女人", ("nvren", "nr")),
        ("旅行", ("lvxing", "lx")),
        ("西安", ("xian", "xa")),
        ("茶", ("cha", "c")),
        ("安", ("an", "a")),
        ("a股", ("agu", "ag")),
        ("gpt4模型", ("gpt4moxing", "gmx")),
        ("王，毅", ("wangyi", "wy")),
        ("鹅", ("e",)),
        ("python", ()),
        ("", ()),
        ("。", ()),
        ("москва", ()),
        ("ひらがな", ()),
    ],
)
def test_pinyin_keys_are_the_sound_and_the_initials(word: str, keys: tuple[str, ...]) -> None:
    assert pinyin_keys(normalize(word)) == keys


@given(anything | lines)
def test_keys_are_letters_and_digits_that_a_keyboard_has(text: str) -> None:
    for key in pinyin_keys(normalize(text)):
        assert key
        assert key.isascii()
        assert key.isalnum()
        assert key == key.lower()


@given(st.text(st.sampled_from(HAN.replace("𠮷", "")), min_size=1, max_size=6))
def test_han_has_a_sound_with_an_initial_for_each_character(text: str) -> None:
    whole, *initials = pinyin_keys(normalize(text))
    if initials:
        assert len(initials[0]) == len(text)
        assert len(whole) >= len(text)
        assert whole[0] == initials[0][0]
    else:
        assert len(whole) == len(text), "each syllable is one letter"


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    for call in (require_pinyin, lambda: searchkit.create(":memory:", pinyin=True)):
        with pytest.raises(ImportError, match=r"pip install 'searchkit\[pinyin\]'"):
            call()
    with searchkit.create(":memory:") as index:
        index.add([{"id": "1", "title": "王毅", "body": "文"}])
        assert index.suggest("王")[0].text == "王毅", "nothing else needs it"
