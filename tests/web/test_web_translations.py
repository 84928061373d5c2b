"""The interface in three languages, and texts in either script."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.web.languages import LANGUAGES, TEXTS, language, read_translations
from searchkit.web.sanitize import convert, sanitize

CHINESE = st.text(alphabet="头发现后皇乾隆干里面裏於于臺台湾周週 a\n，𠮷")


def test_every_text_is_there_in_every_language_with_the_same_places():
    def places(lang):
        return {name: re.findall(r"\{\w+\}", text) for name, text in TEXTS[lang].items()}

    assert set(TEXTS) == set(LANGUAGES)
    english = places("en")
    for lang in LANGUAGES:
        found = places(lang)
        assert found.keys() == english.keys()
        singular = {"same_story_1"}
        assert {n: p for n, p in found.items() if n not in singular} == {
            n: p for n, p in english.items() if n not in singular
        }


def test_a_translation_that_lacks_a_text_is_refused_with_its_name(tmp_path):
    (tmp_path / "en.json").write_text(json.dumps({"search": "Search", "home": "Home"}))
    (tmp_path / "fr.json").write_text(json.dumps({"search": "Rechercher"}))
    with pytest.raises(ValueError, match=r"en.json and fr.json .* has home"):
        read_translations(tmp_path, ["en", "fr"])


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("", "en"),
        ("fr,zh;q=0.5", "zh-Hans"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("en-GB,zh", "en"),
        ("\x00,,;;", "en"),
    ],
)
def test_the_language_is_the_first_that_the_browser_accepts(accepted, lang):
    assert language("", accepted) == lang
    assert language("zh-Hant", accepted) == "zh-Hant"


@pytest.mark.parametrize(
    ("text", "hans", "hant"),
    [
        ("头发，发现皇后在后面", "头发，发现皇后在后面", "頭髮，發現皇后在後面"),
        ("乾隆的饼干", "乾隆的饼干", "乾隆的餅乾"),
        ("圖書館", "图书馆", "圖書館"),
        ("plain text 123", "plain text 123", "plain text 123"),
    ],
)
def test_texts_in_the_other_script(text, hans, hant):
    assert (convert(text, ""), convert(text, "hans"), convert(text, "hant")) == (text, hans, hant)


@given(CHINESE, st.sampled_from(["", "hans", "hant"]))
def test_sanitized_text_is_as_long_as_the_original(text, script):
    assert len(sanitize(text, script)) == len(text)


@pytest.mark.parametrize("control", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\U000e0041", "\u2028"])
def test_bidirectional_and_control_characters_are_replaced(control):
    assert sanitize(f"甲{control}乙") == "甲\ufffd乙"
