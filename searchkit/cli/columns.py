"""Text -> columns of a terminal: how wide it is, and where its lines break."""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchkit import Highlighted

_LINE_BREAK = re.compile("[\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")

# Where lines break is ours: wcwidth breaks them at spaces only. A line does not end with an opening bracket,
# nor begin with a closing one or a comma.
_OPENING = "「『（《〈【〔［“‘"
_CLOSING = "」』）》〉】〕］”’、，。．；：？！…—"
_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
# What no line breaks inside of: a space, or one wide character or a word of others, with its punctuation.
_PIECE = re.compile(
    rf"[ \u3000]|[{_OPENING}]*(?:[{_WIDE}]|[^ \u3000{_WIDE}{_OPENING}]+)[{_CLOSING}]*|[{_OPENING}]+"
)


def width(text: str) -> int:
    """The columns that the text takes in a terminal, with a space on either side."""
    # Imported when something is measured: its tables cost more time than `searchkit --version` has.
    import wcwidth

    # A combining mark at the beginning and a joiner at the end have another width alone.
    return wcwidth.width(f" {text} ", control_codes="ignore") - 2


def one_line(text: str) -> str:
    """The text with a space for every line break and tab: spans in it stay where they are."""
    return _LINE_BREAK.sub(" ", text)


def printable(text: str) -> str:
    """The text without what would steer the terminal: articles come from anywhere."""
    return Highlighted(text).ansi()


def padded(text: str, columns: int) -> str:
    """The text with spaces behind it, so that it takes so many columns; a wider one as it is."""
    return text + " " * (columns - width(text))


def clipped(text: Highlighted, start: int, end: int) -> Highlighted:
    """text[start:end] with the matches in it."""
    overlaps = [(max(a, start), min(b, end)) for a, b in text.spans]
    spans = [(a - start, b - start) for a, b in overlaps if a < b]
    return Highlighted(text.text[start:end], spans, text.start + start)


def cut(text: Highlighted, room: int) -> Highlighted:
    """What fits into so many columns: the beginning, or the surroundings of the first match behind it.

    There is a … where something is left out.
    """
    if width(text.text) <= room:
        return text
    match_end = text.spans[0][1] if text.spans else 0
    start = max(0, match_end - room)
    while width(text.text[start:match_end]) > room * 2 // 3:
        start += 1
    left = "…" if start else ""
    end = min(start + room, len(text.text))
    while width(f"{left}{text.text[start:end]}…") > room:
        end -= 1
    part = clipped(text, start, end)
    spans = [(a + len(left), b + len(left)) for a, b in part.spans]
    return Highlighted(f"{left}{part.text}…" if end < len(text.text) else left + part.text, spans, part.start)


def shortened(text: str, room: int) -> str:
    """What fits into so many columns, with a … in the middle: both ends of an address tell something."""
    if width(text) <= room:
        return text
    start, end = len(text) // 2, len(text) // 2
    while (start > 0 or end < len(text)) and width(f"{text[:start]}…{text[end:]}") > room:
        start, end = (start - 1, end) if width(text[:start]) > width(text[end:]) else (start, end + 1)
    return f"{text[:start]}…{text[end:]}"


def wrapped(text: Highlighted, room: int) -> Iterator[Highlighted]:
    """The lines of the text, none wider than so many columns where it can be helped."""
    start = end = 0  # of the line under way, without the spaces behind it
    for piece_start, piece_end in _pieces(text.text, room):
        if text.text[piece_start:piece_end].isspace():
            continue
        # Of the whole line: what joins with its neighbour has another width than both have apart.
        if start < end and width(text.text[start:piece_end]) > room:
            yield clipped(text, start, end)
            start = end
        if start == end:
            start = piece_start
        end = piece_end
    if start < end:
        yield clipped(text, start, end)


def _pieces(text: str, room: int) -> Iterator[tuple[int, int]]:
    """Where the pieces are that no line breaks; one wider than a line, like a url, is broken anywhere."""
    import wcwidth

    for match in _PIECE.finditer(text):
        start, end = match.span()
        if width(match[0]) <= room:
            yield start, end
        else:
            for grapheme in wcwidth.iter_graphemes(match[0]):
                yield start, (start := start + len(grapheme))
