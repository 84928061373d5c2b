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
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from searchkit.analysis import query_tokens
from searchkit.query.alternatives import AlternativeTable
from searchkit.text import well_formed

SynonymRules = str | os.PathLike[str] | Mapping[str, str | Iterable[str]] | Iterable[Iterable[str]]
"""A file; a mapping of a word to what else it finds; or groups of words that find one another."""

_COMMENT = re.compile(r"(?:^|\s)#.*")


class Synonyms:
    """For each word, in any script, what else it finds."""

    def __init__(self, rules: SynonymRules = ()) -> None:
        self.rules: dict[str, list[str]] = {}
        """The rules as given, two-way ones in both directions. JSON; `Synonyms(rules)` is the same again."""
        for word, others in _pairs(rules):
            known = self.rules.setdefault(_clean(word), [])
            known += [other for other in map(_clean, others) if other not in known]

    def __len__(self) -> int:
        return len(self.by_key)

    @cached_property
    def by_key(self) -> Mapping[str, list[str]]:
        """For the `key_of_text` of a word, what else it finds."""
        found: dict[str, dict[str, str]] = {}
        for word, others in self.rules.items():
            key = key_of_text(word)
            found.setdefault(key, {}).update((key_of_text(other), other) for other in others)
            found[key].pop(key, None)
        return {key: list(others.values()) for key, others in found.items() if others}

    @cached_property
    def table(self) -> AlternativeTable:
        """The same, as a plan takes it."""
        return AlternativeTable("synonym", self.by_key)


def key_of_text(text: str) -> str:
    """What all spellings of a word have in common: the tokens of its normalized form."""
    return " ".join(query_tokens(text))


def _clean(word: Any) -> str:
    if not isinstance(word, str):
        raise TypeError(f"synonyms: {word!r} is {type(word).__name__}, not text")
    if not key_of_text(word):
        raise ValueError(f"synonyms: {word!r} has no letter, digit or Han character in it")
    return well_formed(word.strip())


def _pairs(rules: SynonymRules) -> Iterator[tuple[str, Iterable[str]]]:
    if isinstance(rules, str | os.PathLike):
        yield from _read(Path(rules))
    elif isinstance(rules, Mapping):
        for word, others in rules.items():
            yield word, [others] if isinstance(others, str) else others
    else:
        for group in rules:
            if isinstance(group, str):
                raise TypeError(f"synonyms: a group of words is needed, not the text {group!r}")
            words = list(group)
            for word in words:
                yield word, (other for other in words if other is not word)


def _read(path: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not UTF-8: {error}") from error
    for number, line in enumerate(lines, 1):
        if rule := _COMMENT.sub("", line).strip():
            try:
                yield from _rule(rule)
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}; a rule is 'a, b, c' or 'a => b'") from None


def _rule(rule: str) -> Iterator[tuple[str, list[str]]]:
    left, arrow, right = rule.partition("=>")
    words, others = _words(left), _words(right) if arrow else []
    if not arrow and len(words) < 2:
        raise ValueError(f"{rule!r} is one word")
    for word in words:
        yield word, others if arrow else [other for other in words if other != word]


def _words(text: str) -> list[str]:
    if "=>" in text:
        raise ValueError("synonyms: there is more than one =>")
    return [_clean(word) for word in re.split("[,，]", text)]
