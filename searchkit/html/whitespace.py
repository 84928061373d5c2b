"""Text with the white space of its source file -> lines as a reader sees them.

Invisible characters go, and white space becomes what a browser makes of it. Where the layout of a page
begins a new line or a new cell of a table, the parsers put one of three marks. They are noncharacters of
Unicode, which no real text holds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

LINE = "\ufdd0"
"""A line begins here."""
CELL = "\ufdd1"
"""A cell of a table ends here. Line breaks at the edges of a cell do not count: a row stays one line."""
ROW = "\ufdd2"
"""A row of a table begins or ends here: a line break, whatever cells end beside it."""

# Control characters except white space; zero-width characters, direction marks, soft hyphens.
# Two sets, because one that spans both takes three times as long.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad]|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_ANY_SPACE = " \t\n\r\f\v\x85\xa0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000" + LINE + CELL + ROW
_SPACES = re.compile(  # everything but a single blank, in a group: re.split keeps it
    f"([{_ANY_SPACE}](?:(?<=[^ \u3000])[{_ANY_SPACE}]*|[{_ANY_SPACE}]+))"
)
_NEW_LINE = re.compile(f"[{LINE}\x85\u2028\u2029]")
_NUMBER = re.compile(r"&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});", re.ASCII)

# Scripts without spaces between words: Han, kana, bopomofo and their punctuation. Not Hangul.
CJK = (
    "\u2e80-\u2fdf\u3001-\u312f\u31a0-\u31ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f"
    "\U00020000-\U0003ffff"
)
_CJK_OR_QUOTE = CJK + "\u2014\u2018\u2019\u201c\u201d\u2026"
_NO_SPACE_BETWEEN = re.compile(f"[{CJK}][{_CJK_OR_QUOTE}]|[{_CJK_OR_QUOTE}][{CJK}]")


def clean_lines(text: str) -> str:
    """The lines of a text, without empty ones and without white space around them."""
    if CELL in text or ROW in text:  # beside a LINE they count, so the text cannot be split there
        return _clean_piece(text)
    return "\n".join(filter(None, [_one_line(line) for line in text.split(LINE)]))


def _one_line(text: str) -> str:
    # Most lines have nothing invisible and no white space but single blanks.
    return text.strip(" ") if text.isprintable() and "  " not in text else _clean_piece(text)


def _clean_piece(text: str) -> str:
    """`clean_lines` of a text that has marks, or white space that is no single blank."""
    parts = _SPACES.split(_INVISIBLE.sub("", text))
    for index in range(1, len(parts), 2):  # each run of white space between two pieces of text
        shown = _shown(parts[index])
        if not shown and not _NO_SPACE_BETWEEN.fullmatch(parts[index - 1][-1:] + parts[index + 1][:1]):
            shown = " "
        parts[index] = shown
    shown = "".join(parts)
    if "\u3000" in shown:  # the indentation of a Chinese paragraph
        return "\n".join(stripped for line in shown.split("\n") if (stripped := line.strip()))
    return shown.strip()


def count_visible(text: str) -> int:
    """How many characters of the text are neither white space nor invisible, so that cleaning keeps them."""
    text = text.replace(LINE, "").replace("\n", "")
    if text.isprintable():  # then a blank is the only white space
        return len(text) - text.count(" ")
    text = "".join(text.replace(CELL, "").replace(ROW, "").split())
    return len(text if text.isprintable() else _INVISIBLE.sub("", text))


def text_lines(text: str) -> str:
    """The lines of a text whose line ends count, as in a plain text file."""
    return clean_lines(text.replace("\n", LINE))


def clean_line(text: str) -> str:
    """The text as one line."""
    if text.isprintable() and "  " not in text:  # nothing invisible, and single blanks only
        return text.strip()
    return clean_lines(text).replace("\n", " ").replace("\t", " ")


def clean_title(text: str) -> str:
    """A title as one line, with its HTML entities resolved.

    Some feeds escape twice (``&amp;#22338;``). A numeric reference that is left after the first round is
    resolved as well: nobody writes one in a title.
    """
    if "&" in text:
        text = _NUMBER.sub(lambda found: unescape(found[0]), unescape(text))
    return clean_line(text)


@lru_cache(maxsize=256)  # a text has few kinds of white space, and many of each
def _shown(run: str) -> str:
    """What a browser shows of a run of white space.

    Empty for a source line that ends: between Chinese characters nothing, and else a blank.
    """
    if ROW in run:
        return "\n"
    if CELL in run:
        return "\t"
    if _NEW_LINE.search(run):
        return "\n"
    if not run.strip("\u3000"):
        return run
    if "\n" not in run:
        return " "
    return "\n" if "\u3000\u3000" in run else ""  # the indentation of a paragraph
