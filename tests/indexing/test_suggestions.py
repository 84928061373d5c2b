"""The words of a document that are suggested: which, how they are written, by which keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import anything, texts

from searchkit.analysis import Analyzer, normalize
from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.analysis.kernel import compiled
from searchkit.indexing.suggestions import SEPARATOR, python_suggested_words, suggested_words, word_keys

ANALYZER = Analyzer()
needs_kernel = pytest.mark.skipif(compiled is None, reason="the kernel is not built")


def shown(text: str, least: int = 1) -> dict[str, str]:
    terms = ANALYZER.terms(text)
    return suggested_words(text, terms.normalized, terms.words, least, FUNCTION_WORDS)


def test_a_word_is_shown_as_the_text_writes_it_where_it_first_stands() -> None:
    assert shown("美國與美国的 iPhone，ＩＰＨＯＮＥ") == {"美国": "美國", "iphone": "iPhone"}


def test_single_characters_function_words_and_numbers_are_not_suggested() -> None:
    assert shown("我们在 5G 和 2024 年 AI 大会，什么 gpt") == {"大会": "大会", "gpt": "gpt"}


def test_of_a_body_only_repeated_words_are_suggested() -> None:
    body = "经济增长。经济政策。政策变化"
    keys = word_keys("北京", ANALYZER.terms("北京"), body, ANALYZER.terms(body), False)
    assert keys == (f"经济{SEPARATOR}经济", f"政策{SEPARATOR}政策", f"北京{SEPARATOR}北京")


def test_the_title_says_how_a_word_of_both_is_written() -> None:
    body = "台湾經濟，台湾社會"
    keys = word_keys("臺灣", ANALYZER.terms("臺灣"), body, ANALYZER.terms(body), False)
    assert keys == (f"台湾{SEPARATOR}臺灣",)


def test_a_word_is_not_found_within_an_earlier_one() -> None:
    assert shown("focus CUS") == {"focus": "focus", "cus": "CUS"}


@given(texts)
def test_every_word_shown_is_in_the_text_and_reads_like_it(text: str) -> None:
    for word, written in shown(text).items():
        assert written in text
        # By itself 々 does not repeat what stands before it in the text.
        assert normalize(written) == word or written.startswith("々")


@needs_kernel
@given(texts, st.integers(0, 3))
def test_the_compiled_kernel_suggests_the_same_words_of_a_text(text: str, least: int) -> None:
    terms = ANALYZER.terms(text)
    given = text, terms.normalized, terms.words, least, FUNCTION_WORDS
    assert list(compiled.suggested_words(*given).items()) == list(python_suggested_words(*given).items())


few = st.text(st.sampled_from("甲乙ab12éª²𠮷 ￿"), max_size=12)


@needs_kernel
@given(few | anything, few | anything, few | anything, st.integers(-1, 3), st.frozensets(few))
def test_the_compiled_kernel_suggests_the_same_of_texts_that_do_not_belong_together(
    text: str, normalized: str, words: str, least: int, left_out: frozenset[str]
) -> None:
    given = text, normalized, words, least, left_out
    assert list(compiled.suggested_words(*given).items()) == list(python_suggested_words(*given).items())


@needs_kernel
def test_both_give_up_words_that_are_not_in_the_text_at_the_same_one() -> None:
    for missing in (99, 100, 101):
        words = " ".join([f"词{n}" for n in range(missing)] + ["在内"])
        given = "在内", "在内", words, 1, frozenset[str]()
        expected = {"在内": "在内"} if missing < 100 else {}
        assert compiled.suggested_words(*given) == python_suggested_words(*given) == expected


@needs_kernel
def test_both_give_the_same_words_of_a_long_text() -> None:
    words = " ".join(f"词{n % 20_011}" for n in range(60_000))
    given = words, words, words, 3, frozenset({"词7"})
    assert list(compiled.suggested_words(*given).items()) == list(python_suggested_words(*given).items())
    assert len(python_suggested_words(*given)) > 15_000


class Unhashable(str):
    """A text that others made a class of their own of."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]


@needs_kernel
def test_the_compiled_kernel_needs_no_hash_of_a_class() -> None:
    assert compiled.suggested_words("甲乙", "甲乙", Unhashable("甲乙"), 1, frozenset()) == {"甲乙": "甲乙"}


@needs_kernel
@pytest.mark.parametrize("given", [(), ("a",) * 5, ("a", "a", "a", 1, {}), (b"", "a", "a", 1, set())])
def test_the_compiled_kernel_refuses_what_is_no_text(given: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        compiled.suggested_words(*given)
    with pytest.raises(TypeError):
        compiled.sketch(b"")
