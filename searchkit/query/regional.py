"""Regional words: what the same thing is called, or how the same word is written, in another region.

Three kinds, each a table in `searchkit/query/tables/` that people read and extend:

* spellings: the same word, written otherwise (帳號 and 账号); they count as equals;
* words: 软件 and 軟體, 出租车 and 計程車; they rank below what was typed;
* names: 特朗普 and 川普, 悉尼 and 雪梨; they rank below as well.

`tools/regional_words.py` makes one file of the three, which is fast to load: `regional.txt`.
docs/regional.md says what is in the tables and how to extend them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple, get_args

from searchkit.analysis.normalizer import read_resource
from searchkit.query.alternatives import AlternativeTable

Kind = Literal["spelling", "word", "name"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Group(NamedTuple):
    """A line of a table: words that find one another, and words that these find as well."""

    kind: Kind
    words: tuple[str, ...]
    found: tuple[str, ...] = ()
    """What stands behind ``=>``: the words find it, and it finds none of them."""


def spelling_words() -> Mapping[str, list[str]]:
    """For the `key_of_text` of a word, its other spellings, normalized."""
    return _maps()["spelling"]


def regional_words() -> Mapping[str, list[str]]:
    """For the `key_of_text` of a word, what the same thing is called elsewhere, normalized."""
    return _maps()["word"]


def name_words() -> Mapping[str, list[str]]:
    """For the `key_of_text` of a name, what it is elsewhere, normalized."""
    return _maps()["name"]


@cache
def spelling_table() -> AlternativeTable:
    """`spelling_words` as a plan takes them."""
    return AlternativeTable("spelling", spelling_words())


@cache
def regional_tables() -> tuple[AlternativeTable, ...]:
    """`regional_words` and `name_words` as a plan takes them."""
    return AlternativeTable("word", regional_words()), AlternativeTable("name", name_words())


def groups() -> Iterator[Group]:
    """The lines of the three tables, as they are written there. Slower than the maps.

    Raises ValueError for a line that is none, with its place.
    """
    for kind in KINDS:
        name = f"tables/{kind}s.txt"
        for number, line in enumerate(read_resource("searchkit.query", name).splitlines(), 1):
            if line and not line.startswith("#"):
                left, arrow, right = line.partition("=>")
                words, found = tuple(left.split()), tuple(right.split())
                if "=>" in right or (not found if arrow else len(words) < 2) or not words:
                    raise ValueError(f"{name}, line {number}: {line!r} is neither 'a b c' nor 'a b => c'")
                yield Group(kind, words, found)


@cache
def _maps() -> Mapping[str, Mapping[str, list[str]]]:
    _, *tables = read_resource("searchkit.query", "regional.txt").rstrip("\n").split("\n\n")
    rows = ([line.split("\t") for line in table.split("\n")] for table in tables)
    return {kind: {row[0]: row[1:] for row in table} for kind, table in zip(KINDS, rows, strict=True)}
