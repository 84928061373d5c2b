"""Synonyms: words of one's own that find one another, from a file or a mapping; alternatives of the words
of a query, by synonyms and by `searchkit.query.regional`.

A file has a rule a line, in the form that Solr and Elasticsearch read:

    # comment
    土豆, 马铃薯, 洋芋          each finds the others
    北大 => 北京大学            北大 finds 北京大学 as well, but not the other way round
    C#, C Sharp                a # within a word is no comment

A word has an alternative where the text of the query has it as a whole word, or as several: 人工 智慧 finds
人工智能 as well, and machine learning finds a synonym of both. Each of the several words then matches where
the alternative stands, so the alternative counts for as many words as it stands for.

A group is kept once, whatever its size, and not for each of its words.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from searchkit.analysis import query_tokens
from searchkit.query.alternatives import AlternativeTable
from searchkit.text import well_formed

SynonymRules = str | os.PathLike[str] | Mapping[str, str | Iterable[str]] | Iterable[Iterable[str]]
"""A file; a mapping of a word to what else it finds; or groups of words that find one another."""

_COMMENT = re.compile(r"(?:^|\s)#.*")
_SIGN = re.compile(r"[,，]|=>|(?:^|\s)#|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


class _Rule(NamedTuple):
    """Words that find others; where there are none, one another."""

    words: tuple[str, ...]
    found: tuple[str, ...] | None = None


Stored = list[list[list[str]]]
"""The rules as JSON: of each its words, and behind them what they find, where that is not one another."""


class Synonyms:
    """For each word, in any script, what else it finds."""

    def __init__(self, rules: SynonymRules = ()) -> None:
        self._rules = list(_read_rules(rules))

    @classmethod
    def of_stored(cls, stored: Stored) -> Synonyms:
        """The synonyms that were `stored`."""
        synonyms = cls()
        synonyms._rules = [_Rule(*map(tuple, parts)) for parts in stored]
        return synonyms

    @property
    def stored(self) -> Stored:
        """What `of_stored` takes."""
        return [[[*part] for part in rule if part is not None] for rule in self._rules]

    @property
    def rules(self) -> dict[str, list[str]]:
        """The rules as given, two-way ones in both directions. `Synonyms(rules)` is the same again.

        Large for a large group: it has each of its words as often as there are words.
        """
        rules: dict[str, dict[str, None]] = {}
        for rule in self._rules:
            for word in rule.words:
                found = rule.words if rule.found is None else rule.found
                others = (one for one in found if one != word or rule.found is not None)
                rules.setdefault(word, {}).update(dict.fromkeys(others))
        return {word: [*others] for word, others in rules.items()}

    @property
    def lines(self) -> list[str]:
        """The rules as lines of a file."""
        return [
            " => ".join(", ".join(map(_in_a_line, part)) for part in rule if part is not None)
            for rule in self._rules
            if rule.found is not None or len(rule.words) > 1
        ]

    def __len__(self) -> int:
        return len(self.by_key)

    @cached_property
    def by_key(self) -> Mapping[str, Sequence[str]]:
        """For the `key_of_text` of a word, what else it finds."""
        return _ByKey(self._rules)

    @cached_property
    def table(self) -> AlternativeTable:
        """The same, as a plan takes it."""
        return AlternativeTable("synonym", self.by_key)


class _ByKey(Mapping[str, Sequence[str]]):
    """For the key of a word, what else it finds, put together of its rules when it is asked for."""

    def __init__(self, rules: Iterable[_Rule]) -> None:
        self._having: dict[str, list[dict[str, str]]] = {}
        """Of each key, the words that its rules find; a dictionary by key, shared by the words of a rule."""
        for rule in rules:
            keys = [key_of_text(word) for word in rule.words]
            found = dict(zip(keys, rule.words))
            if rule.found is not None:
                found = {key_of_text(word): word for word in rule.found}
            for key in dict.fromkeys(keys):
                if len(found) > 1 or (found and key not in found):
                    self._having.setdefault(key, []).append(found)

    def __getitem__(self, key: str) -> Sequence[str]:
        found: dict[str, str] = {}
        for words in self._having[key]:
            found.update(words)
        found.pop(key, None)
        return [*found.values()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._having)

    def __len__(self) -> int:
        return len(self._having)


def key_of_text(text: str) -> str:
    """What all spellings of a word have in common: the tokens of its normalized form."""
    return " ".join(query_tokens(text))


def _clean(word: Any) -> str:
    if not isinstance(word, str):
        raise TypeError(f"synonyms: {word!r} is {type(word).__name__}, not text")
    if not key_of_text(word):
        raise ValueError(f"synonyms: {word!r} has no letter, digit or Han character in it")
    return well_formed(word.strip())


def _in_a_line(word: str) -> str:
    """The word, or what it is found by, where it has a sign that means something in a file."""
    return key_of_text(word) if _SIGN.search(word) else word


def _read_rules(rules: SynonymRules) -> Iterator[_Rule]:
    if isinstance(rules, str | os.PathLike):
        yield from _read(Path(rules))
    elif isinstance(rules, Mapping):
        for word, others in rules.items():
            found = [others] if isinstance(others, str) else others
            yield _Rule((_clean(word),), tuple(map(_clean, found)))
    else:
        for group in rules:
            if isinstance(group, str):
                raise TypeError(f"synonyms: a group of words is needed, not the text {group!r}")
            yield _Rule(tuple(map(_clean, group)))


def _read(path: Path) -> Iterator[_Rule]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not UTF-8: {error}") from error
    for number, line in enumerate(lines, 1):
        if rule := _COMMENT.sub("", line).strip():
            try:
                yield _rule(rule)
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}; a rule is 'a, b, c' or 'a => b'") from None


def _rule(rule: str) -> _Rule:
    left, arrow, right = rule.partition("=>")
    words = _words(left)
    if not arrow and len(words) < 2:
        raise ValueError(f"{rule!r} is one word")
    return _Rule(words, _words(right) if arrow else None)


def _words(text: str) -> tuple[str, ...]:
    if "=>" in text:
        raise ValueError("synonyms: there is more than one =>")
    return tuple(_clean(word) for word in re.split("[,，]", text))
