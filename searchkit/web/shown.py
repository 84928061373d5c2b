"""shown: a text of a document -> what a page shows of it: harmless, and in the script that is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

import searchkit
from searchkit.web.scripts import Script, converted

__all__ = ["marked", "paragraphs", "plain"]

# Characters that turn the direction of text around or that nobody can see; one for one, so that highlights
# stay where they are.
_STEERING = [
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
_HARMLESS = dict.fromkeys(_STEERING, "\ufffd") | {0x0D: " "}


def plain(text: str, script: Script = "") -> str:
    """The text without characters that steer the text around it."""
    return converted(text, script).translate(_HARMLESS)


def marked(highlighted: searchkit.Highlighted, script: Script = "") -> Markup:
    """The text as HTML, escaped, with its matches in ``<mark>``."""
    shown = searchkit.Highlighted(plain(highlighted.text, script), highlighted.spans, highlighted.start)
    return Markup(shown.html())  # which escapes


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
