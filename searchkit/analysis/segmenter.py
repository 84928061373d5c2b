"""Segmenter: folded text -> words, by jieba's dictionary and rules.

`rjieba` is jieba in Rust, some twenty times as fast as Python; where it is not installed, `PureJieba` makes
the same words. The dictionary is spelled as the mainland spells, so the text is folded first, and the few
words which the fold spells differently (着名 for 著名) are added to it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from searchkit.analysis.normalizer import normalize, read_resource
from searchkit.analysis.tokenizer import LATIN
from searchkit.errors import SearchkitError

if TYPE_CHECKING:
    import rjieba

__all__ = ["PureSegmenter", "Segmenter", "segmenter", "segmenter_version"]

# The rjieba and the jieba that the tests have compared: these give the same words.
_SAME_WORDS = {"rjieba": "0.2.2", "jieba": "0.42.1"}

# What jieba keeps inside words like 3.6.3 and gpt-4, but which is no part of a word at its ends.
_LOOSE_ENDS = "-._&%"
# Engines refuse terms of 32 kB; a "word" longer than this is data, not text.
_LONGEST = 255
_CUT = "\x00"
_LATIN_BEYOND_ASCII = re.compile(f"[{LATIN.removeprefix('0-9a-z')}]")
_CUT_IN_LATIN = re.compile(rf"(?<=[{LATIN}]){_CUT}(?=[{LATIN}])")


class Jieba(Protocol):
    """What a segmenter needs of rjieba, or of what stands in for it."""

    def add_word(self, word: str, frequency: int | None, tag: str | None, /) -> int: ...

    def cut(self, text: str, /) -> list[str]: ...


class Segmenter:
    """Words of jieba's dictionary and of one's own, which take precedence."""

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        self._jieba = self._new_jieba()
        for word, frequency in _respelled_words():
            self._jieba.add_word(word, frequency, None)
        for word in user_words:
            # Without a frequency the word gets one that lets it win over its parts.
            self._jieba.add_word(normalize(word), None, None)

    @staticmethod
    def _new_jieba() -> Jieba:
        return _jieba_class()()

    def words(self, normalized: str) -> list[str]:
        """The words of `normalized` in order, those without letter or digit left out.

        >>> Segmenter().words("着名作家用 gpt-4 写作。")
        ['着名作家', '用', 'gpt-4', '写作']
        """
        words = self._jieba.cut(normalized)
        if _LATIN_BEYOND_ASCII.search(normalized):
            words = _mended(words)
        # Nearly all that is no word as it is is punctuation, one character each.
        words = [
            word if word.isalnum() else word.strip(_LOOSE_ENDS)
            for word in words
            if word.isalnum() or (len(word) > 1 and any(map(str.isalnum, word)))
        ]
        if max(map(len, words), default=0) > _LONGEST:
            words = [word[:_LONGEST] for word in words]
        return words


class PureSegmenter(Segmenter):
    """The same words without rjieba."""

    @staticmethod
    def _new_jieba() -> Jieba:
        from searchkit.analysis.pure_jieba import PureJieba

        return PureJieba()


def _mended(words: list[str]) -> list[str]:
    """The words, those joined again between which a Latin word was cut: jieba knows ASCII only."""
    return _CUT_IN_LATIN.sub("", _CUT.join(words)).split(_CUT)


@cache
def _jieba_class() -> type[rjieba.Jieba]:
    """rjieba's class, without a run of its package, which makes a Jieba of its own that nobody here needs: as
    long as making ours takes, and as much memory."""
    name = "rjieba.rjieba"
    package = find_spec("rjieba")
    found = PathFinder.find_spec(name, package.submodule_search_locations if package else None)
    if "rjieba" in sys.modules or found is None or found.loader is None:
        return import_module("rjieba").Jieba  # type: ignore[no-any-return]
    if (
        name not in sys.modules
    ):  # such a module can be made once only, so whoever imports rjieba gets this one
        sys.modules[name] = module_from_spec(found)
        found.loader.exec_module(sys.modules[name])
    return sys.modules[name].Jieba  # type: ignore[no-any-return]


@lru_cache(maxsize=4)  # one is some 25 MB and takes 0.1 s to make: indexes share them
def segmenter(user_words: tuple[str, ...] = ()) -> Segmenter:
    """The Segmenter for these words of one's own."""
    with suppress(ImportError):  # not installed, or not for this machine
        return Segmenter(user_words)
    try:
        return PureSegmenter(user_words)
    except ImportError as error:
        raise SearchkitError(
            "neither rjieba nor jieba is installed, so there is nothing to find words with: "
            "pip install rjieba, or where that fails pip install jieba"
        ) from error


def segmenter_version() -> str:
    """What makes the words: equal texts, equal words."""
    if _is_there("rjieba"):
        return _version_of("rjieba")
    version = _version_of("jieba") if _is_there("jieba") else "none"
    return _SAME_WORDS["rjieba"] if version == _SAME_WORDS["jieba"] else f"jieba {version}"


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ImportError:
        return False


def _version_of(package: str) -> str:
    """The version that is installed, as its folder says."""
    spec = find_spec(package)
    for place in spec.submodule_search_locations or () if spec else ():
        for folder in Path(place).parent.glob(f"{package}-*.dist-info"):
            return folder.name.removeprefix(f"{package}-").removesuffix(".dist-info")
    # Elsewhere than beside it. This imports all of `email`, which takes longer than to open an index.
    from importlib.metadata import version

    return version(package)


@cache
def _respelled_words() -> list[tuple[str, int]]:
    text = read_resource("searchkit.analysis", "respelled_words.txt")
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return [(word, int(frequency)) for word, frequency in rows]
