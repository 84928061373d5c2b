"""sanitize: a text of a document -> what a page may show of it, in the script that is asked for.

The phrases of OpenCC (https://github.com/BYVoid/OpenCC, Apache-2.0) that keep their length say which of
several characters is meant: 头发 is 頭髮, 发现 is 發現. So what is shown has the length of the original, and
highlights stay in place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pkgutil import get_data
from typing import Literal

from markupsafe import Markup

import searchkit

Script = Literal["", "hans", "hant"]
"""As it was written, Simplified, Traditional."""

SCRIPTS: tuple[Script, ...] = ("", "hans", "hant")

_DICTIONARIES: Mapping[Script, tuple[str, str]] = {  # later entries take the place of earlier ones
    "hans": ("TSCharacters", "TSPhrases"),
    "hant": ("STCharacters", "STPhrases"),
}
# Control, bidirectional and invisible characters; each becomes one other, so that highlights stay in place.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


def sanitize(text: str, script: Script = "") -> str:
    """The text without characters that change how the text around them is shown; of the same length."""
    return _UNSAFE.sub("\ufffd", convert(text, script).replace("\r", " "))


def marked(highlighted: searchkit.Highlighted, script: Script = "") -> Markup:
    """The sanitized text as HTML, escaped, with its matches in ``<mark>``."""
    safe = searchkit.Highlighted(sanitize(highlighted.text, script), highlighted.spans, highlighted.start)
    return Markup(safe.html())  # which escapes


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
