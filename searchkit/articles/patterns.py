"""Patterns of ``.gitignore`` -> what they say of a file or a folder.

git looks at each name on its way down, and the last pattern that matches counts. A pattern with a slash in
its beginning or middle is for the path below the folder that has it, any other for the name at any depth; one
with a slash at its end is for folders only. ``**`` stands for any folders, ``!`` takes back what an earlier
pattern says. What is in a folder that is left out cannot be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_PART = re.compile(
    r"""(?P<any_folders>(?:\A|(?<=/))\*\*+/) | (?P<all_inside>(?:\A|(?<=/))\*\*+\Z) | (?P<stars>\*+)
        | \[ (?P<negated>[!^]?) (?P<of>\]?(?:\\.|[^\]\\])*) \]
        | (?P<one>\?) | \\(?P<escaped>.) | (?P<bad>[\[\\]) | (?P<text>.)""",
    re.VERBOSE | re.DOTALL,
)
_CLASS_PART = re.compile(r"\\?(.)(-)?", re.DOTALL)


class _Pattern(NamedTuple):
    matches: re.Pattern[str]
    negated: bool
    anchored: bool
    for_folders: bool


class Patterns:
    """Lines of ``.gitignore``. Raises ValueError for one that could match nothing."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns = [_pattern(line) for line in map(_stripped, lines) if line and line[0] != "#"]
        self._patterns.reverse()

    def say(self, path: str, *, is_folder: bool) -> bool | None:
        """True for a path that matches, False where that is taken back, None where no pattern matches it."""
        name = path[path.rfind("/") + 1 :]
        for pattern in self._patterns:
            if (is_folder or not pattern.for_folders) and pattern.matches.fullmatch(
                path if pattern.anchored else name
            ):
                return not pattern.negated
        return None

    def cover(self, path: str) -> bool:
        """Whether the file matches, or else the innermost folder above it of which something is said."""
        said, is_folder = self.say(path, is_folder=False), True
        while said is None and "/" in path:
            path = path.rpartition("/")[0]
            said = self.say(path, is_folder=is_folder)
        return bool(said)


def _stripped(line: str) -> str:
    """The line without blanks at its end, unless the first of them is escaped."""
    line = line.rstrip("\r\n")
    stripped = line.rstrip(" ")
    escapes = len(stripped) - len(stripped.rstrip("\\"))
    return line[: len(stripped) + 1] if escapes % 2 else stripped


def _pattern(line: str) -> _Pattern:
    text = line.removeprefix("!")
    path = text.removesuffix("/")
    try:
        matches = re.compile("".join(_translated(path.removeprefix("/"))), re.DOTALL)
    except (ValueError, re.error) as error:
        raise ValueError(f"{line!r} is no pattern like '*.md' or 'drafts/': {error}") from error
    return _Pattern(matches, text != line, "/" in path, path != text)


def _translated(pattern: str) -> Iterator[str]:
    if not pattern:
        raise ValueError("it names nothing")
    for part in _PART.finditer(pattern):
        kind, text = part.lastgroup, part[0]
        if kind == "any_folders":
            yield "(?:.*/)?"
        elif kind == "all_inside":
            yield ".+"
        elif kind == "stars":
            yield "[^/]*"
        elif kind == "one":
            yield "[^/]"
        elif kind == "of":
            if "[:" in text:
                raise ValueError("classes like [:alpha:] are not known")
            chars = "".join(re.escape(one) + (dash or "") for one, dash in _CLASS_PART.findall(part["of"]))
            if chars.endswith("-"):
                chars = chars[:-1] + r"\-"
            yield f"(?!/)[{'^' if part['negated'] else ''}{chars}]"
        elif kind == "bad":
            raise ValueError(f"what {text} begins has no end")
        else:
            yield re.escape(part["escaped"] or text)
