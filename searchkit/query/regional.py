"""Regional words: 软件 and 軟體, 出租车 and 計程車 name the same thing in the mainland and in Taiwan.

`tools/regional_words.py` makes the table, and says from what and which words are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from searchkit.analysis.normalizer import read_resource
from searchkit.query.alternatives import AlternativeTable


@cache
def regional_words() -> Mapping[str, list[str]]:
    """For the `key_of_text` of a word, what the same thing is called elsewhere, normalized."""
    lines = read_resource("searchkit.query", "regional.txt").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("# "))
    return {key: others for key, *others in rows}


@cache
def regional_table() -> AlternativeTable:
    """The same, as a plan takes it."""
    return AlternativeTable("word", regional_words())
