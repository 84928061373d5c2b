"""sanitize: a text of a document -> what a page may show of it, in the script that is asked for.

The phrases of OpenCC (https://github.com/BYVoid/OpenCC, Apache-2.0) that keep their length say which of
several characters is meant: 头发 is 頭髮, 发现 is 發現. So what is shown has the length of the original, and
highlights stay in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pkgutil import get_data
from typing import Literal

from markupsafe import Markup

import searchkit

__all__ = ["SCRIPTS", "Script", "convert", "marked", "paragraphs", "sanitize"]

Script = Literal["", "hans", "hant"]
"""As it was written, Simplified, Traditional."""

SCRIPTS: tuple[Script, ...] = ("", "hans", "hant")

_DICTIONARIES: Mapping[Script, tuple[str, str]] = {  # later entries take the place of earlier ones
    "hans": ("TSCharacters", "TSPhrases"),
    "hant": ("STCharacters", "STPhrases"),
}
# Control, bidirectional and invisible characters; each becomes one other, so that highlights stay in place.
_UNSAFE = [
    *range(0x00, 0x09),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x200E,
    0x200F,
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xE0000, 0xE0080),
]
_REPLACED = dict.fromkeys(_UNSAFE, "\ufffd") | {0x0D: " "}


def sanitize(text: str, script: Script = "") -> str:
    """The text without characters that change how the text around them is shown; of the same length."""
    return convert(text, script).translate(_REPLACED)


def marked(highlighted: searchkit.Highlighted, script: Script = "") -> Markup:
    """The sanitized text as HTML, escaped, with its matches in ``<mark>``."""
    safe = searchkit.Highlighted(sanitize(highlighted.text, script), highlighted.spans, highlighted.start)
    return Markup(safe.html())  # which escapes


def paragraphs(highlighted: searchkit.Highlighted) -> Iterator[searchkit.Highlighted]:
    """The lines of a text that are not empty, each with its matches."""
    start = 0
    for line in highlighted.text.split("\n"):
        end = start + len(line)
        if line.strip():
            spans = [
                (max(first, start) - start, min(last, end) - start)
                for first, last in highlighted.spans
                if first < end and last > start
            ]
            yield searchkit.Highlighted(line, spans, start)
        start = end + 1


def convert(text: str, script: Script) -> str:
    """The text in this script; of the same length."""
    if not script:
        return text
    targets, lengths = _tables(script)
    found = []
    at = 0
    while at < len(text):
        for length in lengths.get(text[at], ()):
            if target := targets.get(text[at : at + length]):
                break
        else:
            length, target = 1, text[at]
        found.append(target)
        at += length
    return "".join(found)


@cache
def _tables(script: Script) -> tuple[dict[str, str], dict[str, list[int]]]:
    """What each character and phrase becomes, and how long those are that begin with a character."""
    targets: dict[str, str] = {}
    for name in _DICTIONARIES[script]:
        lines = (get_data("opencc", f"dictionary/{name}.txt") or b"").decode("utf-8").splitlines()
        for source, _, given in (line.partition("\t") for line in lines):
            target = given.split(" ")[0]  # what it becomes at most places
            if source and len(source) == len(target):
                targets[source] = target
    lengths: dict[str, list[int]] = {}
    for length, first in sorted({(len(source), source[0]) for source in targets}, reverse=True):
        lengths.setdefault(first, []).append(length)
    return targets, lengths
