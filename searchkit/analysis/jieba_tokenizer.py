"""jieba's tokenizer: the compiled one, or `rjieba`, which is jieba in Rust, or `jieba` itself, in Python.

All have the same dictionary, our respelled words and the same model, and give the same words for runs of Han.
None is imported before it is needed.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from math import exp, log
from pathlib import Path
from typing import Any, Protocol

from searchkit.analysis.kernel import KERNEL
from searchkit.analysis.word_lists import respelled_words
from searchkit.errors import SearchkitError

# The releases whose words the tests have compared: these give the same.
_SAME_WORDS = {"rjieba": "0.2.2", "jieba": "0.42.1"}


class JiebaTokenizer(Protocol):
    """The methods of `rjieba.Jieba` that the segmenter calls."""

    def add_word(self, word: str, frequency: int | None, tag: str | None, /) -> int:
        """Add a word; without a frequency it gets one that lets it win over the words in it."""

    def cut(self, text: str, /) -> list[str]:
        """The words of the text, and what stands between them."""

    def has_word(self, word: str, /) -> bool:
        """Whether the dictionary has the word, or it was added."""


def jieba_tokenizer() -> JiebaTokenizer:
    """A new tokenizer: the compiled one, else that of `rjieba`, or where it cannot be imported of `jieba`."""
    # With a release of rjieba that has other words, the fingerprint says so, and then they must be its words.
    if KERNEL == "compiled" and jieba_version() == _SAME_WORDS["rjieba"]:
        with suppress(ImportError):  # jieba is not installed, or has other words
            return compiled_jieba()
    with suppress(ImportError):  # not installed, or not for this machine
        return rust_jieba()
    try:
        return python_jieba()
    except ImportError as error:
        raise SearchkitError(
            "neither rjieba nor jieba is installed, so there is nothing to find words with: "
            "pip install rjieba, or where that fails pip install jieba"
        ) from error


def compiled_jieba() -> JiebaTokenizer:
    """A new tokenizer of the compiled kernel, with the dictionary of `jieba`."""
    if version_of("jieba") != _SAME_WORDS["jieba"]:
        raise ImportError("this release of jieba may have other words")
    from searchkit.analysis.dictionary_cache import open_dictionary

    return open_dictionary()


def rust_jieba() -> JiebaTokenizer:
    """A new tokenizer of `rjieba`."""
    return _with_respelled_words(_rjieba_module().Jieba())


def python_jieba() -> JiebaTokenizer:
    """A new tokenizer of `jieba`."""
    return _with_respelled_words(_python_class()())


def _with_respelled_words(tokenizer: JiebaTokenizer) -> JiebaTokenizer:
    for line in respelled_words().splitlines():
        word, frequency = line.rsplit(" ", 1)
        tokenizer.add_word(word, int(frequency), None)
    return tokenizer


def jieba_version() -> str:
    """The release that makes the words. Releases that make the same words count as one."""
    if _is_installed("rjieba"):
        return version_of("rjieba")
    version = version_of("jieba") if _is_installed("jieba") else "none"
    return _SAME_WORDS["rjieba"] if version == _SAME_WORDS["jieba"] else f"jieba {version}"


def _rjieba_module() -> Any:
    """The compiled module alone: the package around it makes a Jieba that nobody here needs, which takes as
    much time and memory as ours."""
    name = "rjieba.rjieba"
    package = find_spec("rjieba")
    found = PathFinder.find_spec(name, package.submodule_search_locations if package else None)
    if "rjieba" in sys.modules or found is None or found.loader is None:
        return import_module("rjieba")
    if name not in sys.modules:  # it can be made only once, so whoever imports rjieba gets this one
        sys.modules[name] = module_from_spec(found)
        found.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@cache
def _python_class() -> type[Any]:
    with warnings.catch_warnings():  # it has invalid escapes, and imports pkg_resources
        warnings.simplefilter("ignore")
        from jieba import Tokenizer

    # `Tokenizer.initialize` logs, and leaves a file in the folder for temporary ones.
    frequencies, _ = Tokenizer.gen_pfdict(Tokenizer().get_dict_file())
    # As in rjieba. jieba counts a word twice that is in the file twice, so that equal paths differ elsewhere.
    total = sum(frequencies.values())

    class PythonJieba(Tokenizer):  # type: ignore[misc]
        """`jieba.Tokenizer` with the methods of `rjieba.Jieba`."""

        def __init__(self) -> None:
            super().__init__()
            self.FREQ, self.total, self.initialized = frequencies.copy(), total, True

        def cut(self, sentence: str, *args: Any, **options: Any) -> list[str]:
            words: Iterator[str] = super().cut(sentence, *args, **options)
            return list(words)

        def add_word(self, word: str, freq: int | None = None, tag: str | None = None) -> int:
            if freq is None:
                freq = self._frequency_to_win(word)
            self.total -= self.FREQ.get(word, 0)
            super().add_word(word, freq, tag)
            return freq

        def has_word(self, word: str) -> bool:
            return bool(self.FREQ.get(word))

        def _frequency_to_win(self, word: str) -> int:
            """As in rjieba, by logarithms; `suggest_freq` multiplies, which rounds differently."""
            whole = log(self.total)
            within = [self.FREQ.get(shorter) or 1 for shorter in self.cut(word, HMM=False)]
            probability = 0.0
            for each in within:  # not `sum`, which rounds differently from Python 3.12 on
                probability = probability + log(each) - whole
            frequency: int = max(int(exp(probability + whole)) + 1, self.FREQ.get(word, 1))
            return frequency

    return PythonJieba


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ImportError:
        return False


@cache
def version_of(package: str) -> str:
    """The version that is installed, as the name of its folder says."""
    spec = find_spec(package)
    for place in spec.submodule_search_locations or () if spec else ():
        for name in os.listdir(Path(place).parent):  # noqa: PTH208  three times as fast as `glob`
            if name.startswith(f"{package}-") and name.endswith(".dist-info"):
                return name.removeprefix(f"{package}-").removesuffix(".dist-info")
    # Not beside the package. This imports all of `email`, which takes longer than to open an index.
    from importlib.metadata import version

    return version(package)
