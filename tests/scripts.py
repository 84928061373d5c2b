"""Other ways of writing the same text: OpenCC's conversions, and the pairs of its dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from opencc import OpenCC

CONVERSIONS = ("s2t", "t2s", "s2tw", "s2hk")


def convert(text: str, conversion: str) -> str:
    """The text as OpenCC converts it, phrases considered."""
    return str(_converter(conversion).convert(text))


def dictionary_pairs(name: str) -> Iterator[tuple[str, str]]:
    """Every pair of a dictionary of OpenCC; a line with several targets makes several pairs."""
    text = files("opencc").joinpath("dictionary", f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        source, _, targets = line.partition("\t")
        for target in targets.split():
            yield source, target


@cache
def _converter(conversion: str) -> OpenCC:
    return OpenCC(conversion)
