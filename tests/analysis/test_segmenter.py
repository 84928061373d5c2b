"""The segmenter: words of normalized text, of jieba's dictionary and of the user."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import lines, texts, unicode_text
from tool_programs import load_tool

from searchkit.analysis import jieba_tokenizer as module
from searchkit.analysis import normalize, segmenter_rules
from searchkit.analysis.characters import NONE, class_of
from searchkit.analysis.jieba_tokenizer import (
    JiebaTokenizer,
    compiled_jieba,
    jieba_tokenizer,
    jieba_version,
    python_jieba,
    rust_jieba,
)
from searchkit.analysis.kernel import KERNEL
from searchkit.analysis.segmenter import Segmenter, make_segmenter, segmenter
from searchkit.analysis.segmenter_rules import _PLACEHOLDER
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
        ("Москва и Ελλάδα", ["москва", "и", "ελλαδα"]),
    ],
)
def test_words_of_text(text: str, expected: list[str]) -> None:
    assert segmenter().words(normalize(text)) == expected


def test_a_word_of_ones_own_may_be_written_with_combining_marks() -> None:
    assert segmenter(("cafe\u0301馆",)).words("在cafe馆") == ["在", "cafe馆"]


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
    assert normalize(word) in make_segmenter([word]).words(normalize(text))


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
    assert make_segmenter([word]).words(normalize(text)) == expected


def test_words_of_ones_own_come_before_those_of_the_dictionary() -> None:
    assert segmenter().words("x光线") == ["x光线"]
    assert make_segmenter(["X光"]).words("x光线") == ["x光", "线"]


def test_one_segmenter_is_shared_by_all_indexes_with_the_same_words() -> None:
    assert segmenter(("甲乙丙",)) is segmenter(("甲乙丙",))
    assert segmenter(("甲乙丙",)) is not segmenter()


def test_words_of_ones_own_do_not_leak_into_other_segmenters() -> None:
    text = normalize("在雷神山的工地")
    before = segmenter().words(text)
    make_segmenter(["雷神山"]).words(text)
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
    if find_spec("jieba") is None:
        pytest.skip("needs the package jieba")
    module: Any = load_tool("dictionary_words")
    module.TARGET = tmp_path
    module.files = _package_folder  # not importing jieba: it warns
    module.print = lambda *_: None
    module.main()
    for shipped in (RESPELLED, MIXED):
        assert (tmp_path / shipped.name).read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")


TOKENIZERS: dict[str, Callable[[], JiebaTokenizer]] = {
    "compiled": compiled_jieba,
    "rjieba": rust_jieba,
    "jieba": python_jieba,
}


MIXED_OWN = ["iphone15", "a1b", "-4t", "㐀a", "++3", "4-a", "c++b"]


@pytest.fixture(scope="module")
def python() -> Segmenter:
    """The segmenter with the package jieba: the definition."""
    return make_segmenter(make_jieba=python_jieba)


@pytest.fixture(scope="module", params=["compiled", "rjieba"])
def other(request: pytest.FixtureRequest) -> str:
    """The name of a tokenizer that must give the same words."""
    if request.param == "compiled" and KERNEL != "compiled":
        pytest.skip("needs the compiled kernel")
    if request.param == "rjieba" and find_spec("rjieba") is None:
        pytest.skip("needs rjieba")
    return str(request.param)


@pytest.fixture(scope="module")
def fast(other: str) -> Segmenter:
    return make_segmenter(make_jieba=TOKENIZERS[other])


class TestAllTokenizers:
    """All tokenizers give the same words, or the fingerprint says who made them."""

    pytestmark = pytest.mark.skipif(
        find_spec("jieba") is None or jieba_version() != "0.2.2",
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
            # Equal paths, of which rounding decides.
            "陆陆陆阿瞳a李医生",
            "睡睡睡睡睡睡会儿",
            "哈" * 25,
        ],
    )
    def test_cut_the_same_words(self, text: str, python: Segmenter, fast: Segmenter) -> None:
        assert python.words(normalize(text)) == fast.words(normalize(text))

    def test_cut_any_text_alike(self, python: Segmenter, fast: Segmenter) -> None:
        alphabet = "甲乙年来的a1zc.-_+%&# 㐀\u9fff，。α\n"

        @given(texts | unicode_text | st.text(alphabet, max_size=16) | _mixed_text())
        def check(text: str) -> None:
            words = python.words(normalize(text))
            assert words == fast.words(normalize(text))
            assert " ".join(words) == fast.joined_words(normalize(text))

        check()

    def test_cut_every_character_alike(self, python: Segmenter, fast: Segmenter) -> None:
        """In a run of its own, and between Han."""
        for first in range(0, 0x110000, 0x800):
            characters = map(chr, range(first, first + 0x800))
            text = "\n".join([f"{one}{one},中{one}国" for one in characters if class_of(one) != NONE])
            assert python.words(normalize(text)) == fast.words(normalize(text))

    def test_cut_runs_of_han_alike(self, python: Segmenter, fast: Segmenter) -> None:
        frequent = st.sampled_from(
            "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动"
        )
        rare = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5)

        @given(st.lists(frequent | rare | st.sampled_from("哈睡陆"), max_size=30).map("".join))
        def check(text: str) -> None:
            assert python.words(text) == fast.words(text)

        check()

    def test_cut_articles_alike(
        self, python: Segmenter, fast: Segmenter, sample_documents: list[Document]
    ) -> None:
        for document in sample_documents:
            normalized = normalize(document.body)
            assert python.words(normalized) == fast.words(normalized)

    @pytest.mark.parametrize("seed", range(5))
    def test_cut_user_words_alike(self, seed: int, other: str) -> None:
        own = [
            "上川陽子",
            "雷神山",
            "薛定谔的貓",
            "gpt-4 turbo",
            "3.6.3版",
            "之",
            "中國人",
            "a",
            "的的",
            "X光",
        ]
        python, fast = (make_segmenter(own[seed::2], TOKENIZERS[name]) for name in ("jieba", other))

        latin = st.text("a1b4c-+._㐀茶", max_size=6)

        @settings(max_examples=30)
        @given(st.lists(lines | st.sampled_from(own) | latin, max_size=6).map("".join))
        def check(text: str) -> None:
            assert python.words(normalize(text)) == fast.words(normalize(text))

        check()

    def test_know_the_same_words(self, other: str) -> None:
        python, fast = (make_segmenter(["雷神山医院"], TOKENIZERS[name]) for name in ("jieba", other))
        for word in ["经济", "着名", "雷神山医院", "雷神山", "疫者", "文在寅", "中", "", "a", "中a"]:
            assert python.has_word(word) == fast.has_word(word), word
        assert fast.has_word("经济")
        assert fast.has_word("雷神山医院")
        assert not fast.has_word("疫者")

        @given(texts)
        def check(text: str) -> None:
            for word in python.words(normalize(text)):
                assert python.has_word(word) == fast.has_word(word)

        check()

    def test_give_user_words_the_same_frequencies(self, other: str) -> None:
        python, fast = python_jieba(), TOKENIZERS[other]()
        fixed = [("雷神山", 10**7), ("雷神山", 3 * 10**7), ("茶", 10**7)]
        asked = ["中国", "上川阳子", "的的的", "雷神山医院", "中国人民", "一", "人工智能大模型"]
        for word, frequency in [*fixed, *((word, None) for word in asked)]:
            assert python.add_word(word, frequency, None) == fast.add_word(word, frequency, None), word


@pytest.mark.skipif(KERNEL != "compiled", reason="needs the compiled kernel")
class TestCompiled:
    def test_cuts_any_text_as_jieba_does(self) -> None:
        """Also what the segmenter never gives it: capital letters, numbers, all of a block's symbols."""
        python, compiled = python_jieba(), compiled_jieba()
        alphabet = "甲乙中国人的AT&Tc++#aZ019.-_% \r\n㐀é，"

        @given(texts | unicode_text | st.text(alphabet, max_size=16))
        def check(text: str) -> None:
            assert python.cut(text) == compiled.cut(text)

        check()

    def test_any_text_is_cut_into_itself(self) -> None:
        """Lone surrogates too."""
        compiled = compiled_jieba()

        @given(st.text(st.characters()))
        def check(text: str) -> None:
            assert "".join(compiled.cut(text)) == text

        check()

    def test_words_are_added_while_another_thread_cuts(self) -> None:
        jieba = compiled_jieba()
        text = "外相上川阳子访华" * 20_000
        with ThreadPoolExecutor(2) as pool:
            cuts = [pool.submit(jieba.cut, text) for _ in range(4)]
            for number in range(200):
                jieba.add_word(f"上川{chr(0x4E00 + number)}子", None, None)
            assert all("".join(cut.result()) == text for cut in cuts)

    def test_a_word_without_frequency_is_none(self) -> None:
        compiled, python = compiled_jieba(), python_jieba()
        assert compiled.cut("泡茶") == ["泡茶"]
        for jieba in (compiled, python):
            jieba.add_word("泡茶", 0, None)
        assert compiled.cut("雪水泡茶泡茶") == python.cut("雪水泡茶泡茶")

    def test_a_frequency_beyond_all_is_an_error(self) -> None:
        for frequency in (-1, 2**53, 2**70):
            with pytest.raises(OverflowError):
                compiled_jieba().add_word("茶", frequency, None)

    def test_only_text_has_words(self) -> None:
        jieba, segmenter = compiled_jieba(), make_segmenter()
        calls = (jieba.cut, jieba.has_word, segmenter.words, segmenter.joined_words, segmenter.has_word)
        for call in calls:
            with pytest.raises(TypeError, match="expected str, not bytes"):
                call(b"")  # type: ignore[arg-type]


def test_a_text_without_han_neighbours_needs_no_tokenizer() -> None:
    rules = segmenter_rules.Segmenter(_not_installed, ["t恤"])
    assert rules.words("gpt-4 茶, t恤 α!") == ["gpt-4", "茶", "t恤", "α"]
    with pytest.raises(ModuleNotFoundError):
        rules.words("泡茶")


class TestWhichTokenizer:
    @pytest.mark.skipif(KERNEL != "compiled", reason="needs the compiled kernel")
    def test_the_compiled_one_is_taken_where_there_is_one(self) -> None:
        assert type(jieba_tokenizer()) is type(compiled_jieba())

    @pytest.mark.parametrize("reason", ["kernel", "jieba"])
    def test_rjieba_is_taken_where_there_is_no_compiled_one(
        self, reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("rjieba")
        if reason == "kernel":
            monkeypatch.setattr(module, "KERNEL", "python")
        else:
            monkeypatch.setattr(module, "compiled_jieba", _not_installed)
        assert type(jieba_tokenizer()) is type(rust_jieba())

    @pytest.mark.skipif(KERNEL != "compiled", reason="needs the compiled kernel")
    def test_the_compiled_one_is_not_made_of_another_jieba(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "version_of", {"rjieba": "0.2.2", "jieba": "0.43"}.__getitem__)
        with pytest.raises(ImportError, match="other words"):
            compiled_jieba()

    def test_rjieba_is_taken_where_its_words_are_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The fingerprint names rjieba, so it must be the one that cuts."""
        pytest.importorskip("rjieba")
        monkeypatch.setattr(module, "version_of", {"rjieba": "0.3.0", "jieba": "0.42.1"}.__getitem__)
        assert type(jieba_tokenizer()) is type(rust_jieba())

    def test_jieba_is_taken_where_there_is_nothing_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "KERNEL", "python")
        monkeypatch.setattr(module, "rust_jieba", _not_installed)
        assert type(jieba_tokenizer()).__name__ == "PythonJieba"

    def test_without_either_the_error_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("compiled_jieba", "rust_jieba", "python_jieba"):
            monkeypatch.setattr(module, name, _not_installed)
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
        monkeypatch.setattr(module, "version_of", versions.__getitem__)
        assert (jieba_version() == "0.2.2") == same


def _mixed_text() -> st.SearchStrategy[str]:
    """Han next to Latin, words of the table among it."""
    pieces = "t恤 A股 c++ AT&T 小s 江南style 3.6.3 gpt-4 年来 可达 中枪 天内 甲 的 a 1 % - 㐀".split()
    return st.lists(st.sampled_from([*pieces, " "]), max_size=8).map("".join)


def _rows(file: Any) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("# ")]


def _not_installed() -> Any:
    raise ModuleNotFoundError("not here")


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
