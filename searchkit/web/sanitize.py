"""sanitize: a text of a document -> what a page may show of it, in the script that is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

import searchkit
from searchkit.web.script_conversion import Script, convert

__all__ = ["marked", "paragraphs", "sanitize"]

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
