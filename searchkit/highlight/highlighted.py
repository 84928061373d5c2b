"""Highlighted: a text with the spans of its matches, as HTML and for terminals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from searchkit.text import escape_html

Span = tuple[int, int]

_SPECIAL = re.compile("[&<>\"']")
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
# What would steer a terminal or reverse the direction of its text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class _Html(str):
    """Text that is HTML already: libraries that escape (Django, Jinja, MarkupSafe) leave it as it is."""

    def __html__(self) -> str:
        return str(self)


@dataclass(slots=True, unsafe_hash=True)
class Highlighted:
    """A title, or a fragment of a body, with its matches.

    ``text`` is the original text, verbatim; ``spans`` are the matches as pairs ``(start, end)`` of code
    points in it, sorted and disjoint; ``start`` is where the fragment begins in the body.

    In a template that escapes, write ``{{ hit.title }}`` in Jinja and ``{{ hit.title.html }}`` in Django,
    which makes plain text of the first.
    """

    text: str
    spans: Sequence[Span] = ()
    start: int = 0

    def __post_init__(self) -> None:
        self.spans = tuple(self.spans)

    def html(self, tag: str = "mark") -> str:
        """The text as HTML, escaped, with the matches in ``<tag>``."""
        if not _TAG.fullmatch(tag):
            raise ValueError(f"tag must be the name of an HTML element like 'mark', not {tag!r}")
        # Most texts have nothing to escape, and one search is faster than to escape each span.
        escape = escape_html if _SPECIAL.search(self.text) else str
        return _Html(self._joined(f"<{tag}>", f"</{tag}>", escape))

    def ansi(self) -> str:
        """The text for a terminal: matches in bold yellow, without the control characters of the text."""
        return self._joined("\x1b[1;33m", "\x1b[0m", lambda text: _CONTROL.sub("", text))

    def __html__(self) -> str:
        return self.html()

    def _repr_html_(self) -> str:
        return f'<div style="max-width:60em;white-space:pre-line"><bdi>{self.html()}</bdi></div>'

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Highlighted({self.text!r}, spans={list(self.spans)})"

    def _joined(self, before: str, after: str, escape: Callable[[str], str]) -> str:
        found = []
        end_of_last = 0
        for start, end in self.spans:
            found += [escape(self.text[end_of_last:start]), before, escape(self.text[start:end]), after]
            end_of_last = end
        return "".join([*found, escape(self.text[end_of_last:])])
