"""The normalization table is what its tool makes of the dictionaries that are installed."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from types import ModuleType

from searchkit.analysis.normalizer import normalization_table

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "searchkit" / "analysis" / "normalizer.txt").read_text(encoding="utf-8")


def test_the_han_characters_are_those_of_the_dictionaries(tool: ModuleType) -> None:
    variants = tool.han_table()
    assert len(variants) > 4000
    assert {
        ord(character): normalized for character, normalized in variants.items()
    }.items() <= normalization_table().items()


def test_the_table_is_what_the_tool_writes(tool: ModuleType) -> None:
    if f"Unicode {unicodedata.unidata_version}." in TEXT:
        assert tool.normalization_table() == normalization_table()
    else:  # another Unicode has more characters, and changes none that both have
        now = tool.normalization_table()
        assert {
            code: now.get(code, normalized) for code, normalized in normalization_table().items()
        } == normalization_table()


def test_a_normalized_character_stays_as_it_is() -> None:
    assert (
        not {ord(normalized) for normalized in normalization_table().values()} & normalization_table().keys()
    )
