"""Raw characters -> text as a reader sees it: no invisible characters, white space as a browser shows it.

Text arrives with the white space of its source file in it and, where a reader
sees a new line or a new cell of a table, with one of three marks that the other
modules put there. They are noncharacters of Unicode: no real text holds them.
"""

from __future__ import annotations

import re
from html import unescape

__all__ = ["CELL", "LINE", "ROW", "tidy", "tidy_line", "tidy_title"]

LINE = "\ufdd0"
"""A line begins here."""
CELL = "\ufdd1"
"""A cell of a table ends here. Lines at the edges of a cell do not count: a row stays one line."""
ROW = "\ufdd2"
"""A row of a table begins or ends here: a line, whatever cells end beside it."""

# Control characters but white space; zero-width characters, marks of direction, soft hyphens.
# Two sets, because one that spans both takes thrice the time.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad]|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_ANY_SPACE = " \t\n\r\f\v\x85\xa0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000" + LINE + CELL + ROW
_SPACES = re.compile(f"[{_ANY_SPACE}](?:(?<=[^ \u3000])[{_ANY_SPACE}]*|[{_ANY_SPACE}]+)")  # not a lone blank
_NEW_LINE = re.compile("[\x85\u2028\u2029]")
_NUMBER = re.compile(r"&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});", re.ASCII)

# Scripts without spaces between words: Han, kana, bopomofo and their punctuation. Not Hangul.
_CJK = re.compile(
    "[\u2e80-\u2fdf\u3001-\u312f\u31a0-\u31ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f"
    "\U00020000-\U0003ffff]"
)
_CJK_OR_QUOTE = re.compile(_CJK.pattern[:-1] + "\u2014\u2018\u2019\u201c\u201d\u2026]")


def tidy(text: str) -> str:
    """The lines of a text, without empty ones and without white space around them."""
    shown = _SPACES.sub(_shown, _INVISIBLE.sub("", text))
    if "\u3000" in shown:  # the indentation of a Chinese paragraph
        return "\n".join(stripped for line in shown.split("\n") if (stripped := line.strip()))
    return shown.strip()


def tidy_line(text: str) -> str:
    """The text as one line."""
    return tidy(text).replace("\n", " ").replace("\t", " ")


def tidy_title(text: str) -> str:
    """A title as one line, with its HTML entities resolved.

    Some feeds escape twice (``&amp;#22338;``): what is a number of a character even
    then is meant as the character. Nobody writes one in a title.
    """
    return tidy_line(_NUMBER.sub(lambda found: unescape(found[0]), unescape(text)))


def _shown(spaces: re.Match[str]) -> str:
    run = spaces[0]
    if ROW in run:
        return "\n"
    if CELL in run:
        return "\t"
    if LINE in run or _NEW_LINE.search(run):
        return "\n"
    if not run.strip("\u3000"):
        return run
    if "\n" in run and "\u3000\u3000" in run:  # the indentation of a paragraph
        return "\n"
    before, after = spaces.start() - 1, spaces.end()
    if "\n" in run and _joins(spaces.string[max(before, 0) : before + 1], spaces.string[after : after + 1]):
        return ""
    return " "


def _joins(before: str, after: str) -> bool:
    """Whether a source line that ends between these two is no space: Chinese has none between words."""
    return bool(
        (_CJK.match(before) and _CJK_OR_QUOTE.match(after))
        or (_CJK_OR_QUOTE.match(before) and _CJK.match(after))
    )
