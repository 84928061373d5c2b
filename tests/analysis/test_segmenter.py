"""The segmenter: words of folded text, jieba's and one's own."""

from __future__ import annotations

from importlib.resources import files
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import lines, texts, unicode_text

from searchkit.analysis import normalize
from searchkit.analysis import segmenter as module
from searchkit.analysis.pure_jieba import PureJieba
from searchkit.analysis.segmenter import PureSegmenter, Segmenter, segmenter, segmenter_version
from searchkit.document import Document
from searchkit.errors import SearchkitError

RESPELLED = files("searchkit.analysis") / "respelled_words.txt"


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


def test_one_segmenter_is_shared_by_all_indexes_with_the_same_words() -> None:
    assert segmenter(("甲乙丙",)) is segmenter(("甲乙丙",))
    assert segmenter(("甲乙丙",)) is not segmenter()


def test_words_of_ones_own_do_not_leak_into_other_segmenters() -> None:
    text = normalize("在雷神山的工地")
    before = segmenter().words(text)
    Segmenter(["雷神山"]).words(text)
    assert segmenter().words(text) == before


def test_respelled_words_are_in_folded_spelling() -> None:
    words = [
        line.rsplit(" ", 1) for line in RESPELLED.read_text(encoding="utf-8").splitlines() if line[0] != "#"
    ]
    assert len(words) > 500
    assert [word for word, _ in words if normalize(word) != word] == []
    assert all(int(frequency) > 0 for _, frequency in words)


def test_respelled_words_are_what_the_tool_writes(tmp_path: Path) -> None:
    tool = Path(__file__).parents[2] / "tools" / "respelled_words.py"
    if not tool.exists() or find_spec("jieba") is None:
        pytest.skip("needs tools/ and the package jieba")
    module: Any = _load(tool)
    module.TARGET = tmp_path / "respelled_words.txt"
    module.files = _package_folder  # not importing jieba: it warns
    module.print = lambda *_: None
    module.main()
    assert module.TARGET.read_text(encoding="utf-8") == RESPELLED.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pure() -> PureSegmenter:
    return PureSegmenter()


class TestWithoutRjieba:
    """The segmenter in pure Python gives the same words, or the fingerprint says who made them."""

    pytestmark = pytest.mark.skipif(find_spec("jieba") is None, reason="needs the package jieba")

    @pytest.mark.parametrize(
        "text",
        [
            "a-b a--b a_b __a__ a&b a+b c#d 3.6.3% 1%2 10%off a.-b x.y# gpt-4.5",
            "T恤和卡拉OK，3t恤；a㐀1，x.1㐀2，\u9fd6\u9fff茶\ufa0e",
            "2020-12-16T00:48 feedx.net d.j.augustin",
            "乾隆皇帝很喜歡用雪水泡茶，薛定諤的貓也是",
            "\r\n\t\u3000 \x00\x1f",
        ],
    )
    def test_the_same_words(self, text: str, pure: PureSegmenter) -> None:
        _skip_unless_compared()
        assert pure.words(normalize(text)) == segmenter().words(normalize(text))

    def test_the_same_words_of_any_text(self, pure: PureSegmenter) -> None:
        _skip_unless_compared()

        @given(texts | unicode_text | st.text("甲乙a1.-_+%& 㐀\u9fff", max_size=12))
        def check(text: str) -> None:
            assert pure.words(normalize(text)) == segmenter().words(normalize(text))

        check()

    def test_the_same_words_of_articles(self, pure: PureSegmenter, sample_documents: list[Document]) -> None:
        _skip_unless_compared()
        for document in sample_documents:
            normalized = normalize(document.body)
            assert pure.words(normalized) == segmenter().words(normalized)

    @pytest.mark.parametrize("seed", range(5))
    def test_the_same_words_with_words_of_ones_own(self, seed: int) -> None:
        _skip_unless_compared()
        own = ["上川陽子", "雷神山", "薛定谔的貓", "gpt-4 turbo", "3.6.3版", "之", "中國人", "a", "的的"][
            seed::2
        ]
        fast, pure = Segmenter(own), PureSegmenter(own)

        @settings(max_examples=30)
        @given(st.lists(lines | st.sampled_from(own), max_size=6).map("".join))
        def check(text: str) -> None:
            assert pure.words(normalize(text)) == fast.words(normalize(text))

        check()

    def test_the_same_frequencies_of_words_of_ones_own(self) -> None:
        _skip_unless_compared()
        fast, pure = module._jieba_class()(), PureJieba()
        fixed = [("雷神山", 10**7), ("雷神山", 3 * 10**7), ("茶", 10**7)]
        asked = ["中国", "上川阳子", "gpt-4", "的的的", "雷神山医院", "中国人民", "一", "a"]
        for word, frequency in [*fixed, *((word, None) for word in asked)]:
            assert fast.add_word(word, frequency, None) == pure.add_word(word, frequency, None), word

    def test_it_is_taken_where_there_is_no_rjieba(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_jieba_class", _not_installed)
        segmenter.cache_clear()
        try:
            assert type(segmenter()) is PureSegmenter
        finally:
            segmenter.cache_clear()

    def test_without_either_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_jieba_class", _not_installed)
        monkeypatch.setattr(PureSegmenter, "_new_jieba", staticmethod(_not_installed))
        segmenter.cache_clear()
        with pytest.raises(SearchkitError, match="pip install rjieba"):
            segmenter()

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
    def test_the_version_is_one_only_where_the_words_are(
        self, versions: dict[str, str], same: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "_is_there", versions.__contains__)
        monkeypatch.setattr(module, "_version_of", versions.__getitem__)
        assert (segmenter_version() == "0.2.2") == same


def _skip_unless_compared() -> None:
    if find_spec("rjieba") is None or segmenter_version() != "0.2.2":
        pytest.skip("the segmenters are compared with rjieba 0.2.2; with others the fingerprint differs")


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
