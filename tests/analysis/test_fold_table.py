"""The table of the fold is what its tool makes of the dictionaries that are installed."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from types import ModuleType

from searchkit.analysis.fold import fold_table

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "searchkit" / "analysis" / "fold.txt").read_text(encoding="utf-8")


def test_the_han_characters_are_those_of_the_dictionaries(tool: ModuleType) -> None:
    variants = tool.han_table()
    assert len(variants) > 4000
    assert {ord(character): folded for character, folded in variants.items()}.items() <= fold_table().items()


def test_the_table_is_what_the_tool_writes(tool: ModuleType) -> None:
    if f"Unicode {unicodedata.unidata_version}." in TEXT:
        assert tool.fold_table() == fold_table()
    else:  # another Unicode has more characters, and changes none that both have
        now = tool.fold_table()
        assert {code: now.get(code, folded) for code, folded in fold_table().items()} == fold_table()


def test_a_folded_character_is_folded_no_further() -> None:
    assert not {ord(folded) for folded in fold_table().values()} & fold_table().keys()
