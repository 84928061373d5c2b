"""The segmenter: words of normalized text, of jieba's dictionary and of the user."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.resources import files
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import lines, texts, unicode_text

from searchkit.analysis import jieba_tokenizer as module
from searchkit.analysis import normalize
from searchkit.analysis.jieba_tokenizer import jieba_tokenizer, jieba_version, python_jieba, rust_jieba
from searchkit.analysis.segmenter import _PLACEHOLDER, Segmenter, segmenter
from searchkit.document import Document
from searchkit.errors import SearchkitError

RESPELLED = files("searchkit.analysis") / "respelled_words.txt"
MIXED = files("searchkit.analysis") / "mixed.txt"


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
        ("straße und ærø-3", ["straße", "und", "ærø-3"]),
        ("a_b __c__ a&b a+b a.-b x.y# 3.6.3%", ["a_b", "c", "a", "b", "a", "b", "a", "b", "x.y", "3.6.3"]),
        ("买T恤和B超、AA制", ["买", "t恤", "和", "b超", "aa制"]),
        ("3T恤，SIM卡", ["3", "t恤", "sim卡"]),
        ("T恤衫A股市场", ["t恤衫", "a股", "市场"]),
        ("C++Builder", ["c++", "builder"]),
        ("AT&T的C语言", ["at&t", "的", "c语言"]),
        ("㐀㐁在a㐂", ["㐀㐁", "在", "a", "㐂"]),
        ("三" * 300, ["三" * 255]),
        ("a" * 300, ["a" * 255]),
        ("Москва", list("москва")),
    ],
)
def test_words_of_text(text: str, expected: list[str]) -> None:
    assert segmenter().words(normalize(text)) == expected


@given(texts)
def test_words_hold_all_letters_digits_and_han_characters_in_order(text: str) -> None:
    normalized = normalize(text)
    kept = [c for word in segmenter().words(normalized) for c in word if c.isalnum()]
    assert kept == [c for c in normalized if c.isalnum()]


@given(texts)
def test_words_stand_in_the_text_and_hold_no_white_space(text: str) -> None:
    normalized = normalize(text)
    position = 0
    for word in segmenter().words(normalized):
        assert not any(map(str.isspace, word))
        position = normalized.index(word, position) + len(word)


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
    assert normalize(word) not in segmenter().words(normalize(text)), "not a test: jieba knows the word"
    assert normalize(word) in Segmenter([word]).words(normalize(text))


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("卡拉OK", "去卡拉OK厅唱歌", ["去", "卡拉ok", "厅", "唱歌"]),
        ("卡拉OK", "卡拉OKAY", ["卡拉", "okay"]),
        ("AI", "用ai做openai", ["用", "ai", "做", "openai"]),
        ("iPhone15", "iphone15pro iphone15 iphone155", ["iphone15", "pro", "iphone15", "iphone155"]),
        ("3.6.3版", "v3.6.3版", ["v", "3.6.3版"]),
        ("股票A", "股票a股", ["股票a", "股"]),
        ("A股市", "a股市场", ["a股市", "场"]),
        ("喆䶮", "陶喆䶮", ["陶", "喆䶮"]),
        (".NET", "asp.net", ["asp", "net"]),
        ("a", "gpt-a", ["gpt-a"]),
        ("---", "a---b", ["a", "b"]),
        ("++", "a++b", ["a", "b"]),
        ("a-", "gpt-a-", ["gpt-a"]),
        ("gpt-4 turbo", "gpt-4 turbo", ["gpt-4", "turbo"]),
    ],
)
def test_words_of_ones_own_may_mix_han_and_latin(word: str, text: str, expected: list[str]) -> None:
    assert Segmenter([word]).words(normalize(text)) == expected


def test_words_of_ones_own_come_before_those_of_the_dictionary() -> None:
    assert segmenter().words("x光线") == ["x光线"]
    assert Segmenter(["X光"]).words("x光线") == ["x光", "线"]


def test_one_segmenter_is_shared_by_all_indexes_with_the_same_words() -> None:
    assert segmenter(("甲乙丙",)) is segmenter(("甲乙丙",))
    assert segmenter(("甲乙丙",)) is not segmenter()


def test_words_of_ones_own_do_not_leak_into_other_segmenters() -> None:
    text = normalize("在雷神山的工地")
    before = segmenter().words(text)
    Segmenter(["雷神山"]).words(text)
    assert segmenter().words(text) == before


def test_respelled_words_are_normalized() -> None:
    words = [line.rsplit(" ", 1) for line in _rows(RESPELLED)]
    assert len(words) > 500
    assert [word for word, _ in words if normalize(word) != word] == []
    assert all(int(frequency) > 0 for _, frequency in words)


def test_mixed_words_are_words() -> None:
    assert len(_rows(MIXED)) > 50
    assert [word for word in _rows(MIXED) if segmenter().words(word) != [word]] == []


def test_no_word_for_jieba_has_the_placeholder() -> None:
    words = [line.rsplit(" ", 1)[0] for line in _rows(RESPELLED)] + _rows(MIXED)
    assert [word for word in words if _PLACEHOLDER in word] == []


def test_word_lists_are_what_the_tool_writes(tmp_path: Path) -> None:
    tool = Path(__file__).parents[2] / "tools" / "dictionary_words.py"
    if not tool.exists() or find_spec("jieba") is None:
        pytest.skip("needs tools/ and the package jieba")
    module: Any = _load(tool)
    module.TARGET = tmp_path
    module.files = _package_folder  # not importing jieba: it warns
    module.print = lambda *_: None
    module.main()
    for shipped in (RESPELLED, MIXED):
        assert (tmp_path / shipped.name).read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def python() -> Segmenter:
    """The segmenter with the package jieba."""
    return Segmenter(tokenizer=python_jieba())


class TestBothTokenizers:
    """rjieba and jieba give the same words, or the fingerprint says who made them."""

    pytestmark = pytest.mark.skipif(
        find_spec("rjieba") is None or find_spec("jieba") is None or jieba_version() != "0.2.2",
        reason="compares jieba with rjieba 0.2.2; with others the fingerprint differs",
    )

    @pytest.mark.parametrize(
        "text",
        [
            "a-b a--b a_b __a__ a&b a+b c#d 3.6.3% 1%2 10%off a.-b x.y# gpt-4.5",
            "T恤和卡拉OK，3t恤；a㐀1，x.1㐀2，\u9fd6\u9fff茶\ufa0e",
            "2020-12-16T00:48 feedx.net d.j.augustin",
            "乾隆皇帝很喜歡用雪水泡茶，薛定諤的貓也是",
            "1956年来首例，冲突中枪14人，比例可达46%",
            "\r\n\t\u3000 \x00\x1f",
        ],
    )
    def test_rjieba_and_jieba_cut_the_same_words(self, text: str, python: Segmenter) -> None:
        assert python.words(normalize(text)) == segmenter().words(normalize(text))

    def test_rjieba_and_jieba_cut_any_text_alike(self, python: Segmenter) -> None:
        alphabet = "甲乙年来的a1zc.-_+%&# 㐀\u9fff，。α\n"

        @given(texts | unicode_text | st.text(alphabet, max_size=16) | _mixed_text())
        def check(text: str) -> None:
            assert python.words(normalize(text)) == segmenter().words(normalize(text))

        check()

    def test_rjieba_and_jieba_cut_articles_alike(
        self, python: Segmenter, sample_documents: list[Document]
    ) -> None:
        for document in sample_documents:
            normalized = normalize(document.body)
            assert python.words(normalized) == segmenter().words(normalized)

    @pytest.mark.parametrize("seed", range(5))
    def test_rjieba_and_jieba_cut_user_words_alike(self, seed: int) -> None:
        own = ["上川陽子", "雷神山", "薛定谔的貓", "gpt-4 turbo", "3.6.3版", "之", "中國人", "a", "的的"][
            seed::2
        ]
        rust, python = Segmenter(own, rust_jieba()), Segmenter(own, python_jieba())

        @settings(max_examples=30)
        @given(st.lists(lines | st.sampled_from(own), max_size=6).map("".join))
        def check(text: str) -> None:
            assert python.words(normalize(text)) == rust.words(normalize(text))

        check()

    def test_rjieba_and_jieba_give_user_words_the_same_frequencies(self) -> None:
        rust, python = rust_jieba(), python_jieba()
        fixed = [("雷神山", 10**7), ("雷神山", 3 * 10**7), ("茶", 10**7)]
        asked = ["中国", "上川阳子", "的的的", "雷神山医院", "中国人民", "一"]
        for word, frequency in [*fixed, *((word, None) for word in asked)]:
            assert rust.add_word(word, frequency, None) == python.add_word(word, frequency, None), word


class TestWhichTokenizer:
    def test_jieba_is_taken_where_there_is_no_rjieba(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "rust_jieba", _not_installed)
        assert type(jieba_tokenizer()).__name__ == "PythonJieba"

    def test_without_either_the_error_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "rust_jieba", _not_installed)
        monkeypatch.setattr(module, "python_jieba", _not_installed)
        with pytest.raises(SearchkitError, match="pip install rjieba"):
            jieba_tokenizer()

    def test_jieba_prints_nothing_and_leaves_no_file(self, tmp_path: Path) -> None:
        code = "from searchkit.analysis import jieba_tokenizer as j; print(j.python_jieba().cut('雪水泡茶'))"
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-W", "error", "-c", code],
            env=os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path)),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.stdout, done.stderr) == ("['雪水', '泡茶']\n", "")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("versions", "same"),
        [
            ({"jieba": "0.42.1"}, True),
            ({"rjieba": "0.2.2"}, True),
            ({"rjieba": "0.2.2", "jieba": "1.0"}, True),
            ({"rjieba": "0.3.0", "jieba": "0.42.1"}, False),
            ({"jieba": "0.43"}, False),
            ({}, False),
        ],
    )
    def test_version_is_one_only_where_the_words_are(
        self, versions: dict[str, str], same: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "_is_installed", versions.__contains__)
        monkeypatch.setattr(module, "_version_of", versions.__getitem__)
        assert (jieba_version() == "0.2.2") == same


def _mixed_text() -> st.SearchStrategy[str]:
    """Han next to Latin, words of the table among it."""
    pieces = "t恤 A股 c++ AT&T 小s 江南style 3.6.3 gpt-4 年来 可达 中枪 天内 甲 的 a 1 % - 㐀".split()
    return st.lists(st.sampled_from([*pieces, " "]), max_size=8).map("".join)


def _rows(file: Any) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("# ")]


def _not_installed() -> Any:
    raise ModuleNotFoundError("not here")


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
