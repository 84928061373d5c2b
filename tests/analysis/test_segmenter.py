"""The segmenter: words of folded text, jieba's and one's own."""

from __future__ import annotations

from importlib.resources import files
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from strategies import texts

from searchkit.analysis import fold
from searchkit.analysis.segmenter import Segmenter, segmenter

RESPELLED = files("searchkit.analysis") / "respelled.txt"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("，。！", []),
        ("著名學者", ["着名", "学者"]),
        ("乾隆的茶", ["干隆", "的", "茶"]),
        ("台灣積體電路製造公司", ["台湾", "积体电路", "制造", "公司"]),
        ("使用 GPT-4 写作", ["使用", "gpt-4", "写作"]),
        ("升级到 3.6.3。", ["升级", "到", "3.6.3"]),
        ("买 iPhone15Pro", ["买", "iphone15pro"]),
        ("5G 手机", ["5g", "手机"]),
        ("学 C++ 和 C#", ["学", "c++", "和", "c#"]),
        ("100%", ["100"]),
        ("--test--", ["test"]),
    ],
)
def test_words_of(text: str, expected: list[str]) -> None:
    assert segmenter().words(fold(text)) == expected


@given(texts)
def test_words_hold_all_letters_digits_and_han_characters_in_order(text: str) -> None:
    folded = fold(text)
    kept = [c for word in segmenter().words(folded) for c in word if c.isalnum()]
    assert kept == [c for c in folded if c.isalnum()]


@given(texts)
def test_words_stand_in_the_text_and_hold_no_white_space(text: str) -> None:
    folded = fold(text)
    position = 0
    for word in segmenter().words(folded):
        assert not any(map(str.isspace, word))
        position = folded.index(word, position) + len(word)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("上川陽子", "外相上川陽子訪華"),
        ("中日關係史", "中日关系史研究"),
        ("雷神山", "在雷神山的工地"),
        ("薛定谔的貓", "薛定諤的猫很有名"),
    ],
)
def test_words_of_ones_own_are_kept_whole_in_any_script(word: str, text: str) -> None:
    assert fold(word) not in segmenter().words(fold(text)), "not a test: jieba knows the word"
    assert fold(word) in Segmenter([word]).words(fold(text))


def test_one_segmenter_is_shared_by_all_indexes_with_the_same_words() -> None:
    assert segmenter(("甲乙丙",)) is segmenter(("甲乙丙",))
    assert segmenter(("甲乙丙",)) is not segmenter()


def test_words_of_ones_own_do_not_leak_into_other_segmenters() -> None:
    text = fold("在雷神山的工地")
    before = segmenter().words(text)
    Segmenter(["雷神山"]).words(text)
    assert segmenter().words(text) == before


def test_respelled_words_are_in_folded_spelling() -> None:
    words = [
        line.rsplit(" ", 1) for line in RESPELLED.read_text(encoding="utf-8").splitlines() if line[0] != "#"
    ]
    assert len(words) > 500
    assert [word for word, _ in words if fold(word) != word] == []
    assert all(int(frequency) > 0 for _, frequency in words)


def test_respelled_words_are_what_the_tool_writes(tmp_path: Path) -> None:
    tool = Path(__file__).parents[2] / "tools" / "respelled_words.py"
    if not tool.exists() or find_spec("jieba") is None:
        pytest.skip("needs tools/ and the package jieba")
    module: Any = _load(tool)
    module.TARGET = tmp_path / "respelled.txt"
    module.files = _package_folder  # not importing jieba: it warns
    module.print = lambda *_: None
    module.main()
    assert module.TARGET.read_text(encoding="utf-8") == RESPELLED.read_text(encoding="utf-8")


def _load(path: Path) -> Any:
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
