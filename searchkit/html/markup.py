"""Markup: what a part of a text is; and where the marks of a page are in its cleaned text.

Cleaning moves, adds and takes away white space, but the visible characters stay, in their order. So a mark
is found again by how many of them stand before it, and nothing has to be put into the text on its way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from searchkit.html.whitespace import count_visible

MarkupKind = Literal["heading", "link", "image", "place"]

_LONGEST_ADDRESS = 2000  # characters; longer ones hold a picture or a session
_MOST_ADDRESSES = 200_000  # characters of the addresses of a text together
_MOST_MARKS = 10_000  # of a text
_PLAIN_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#]\S*)?").fullmatch


class Markup(NamedTuple):
    """What a part of the body is: from ``start`` to ``end``, in code points of it.

    ``value`` is the level of a heading (``"1"`` to ``"6"``), the address that a link leads to or a picture is
    at, or the name of a place, such as ``page 12`` or a chapter. A picture stands where its description does.
    """

    kind: MarkupKind
    start: int
    end: int
    value: str

    @property
    def link(self) -> str:
        """The address where a page may link to it, as `Document.link` is; otherwise nothing."""
        return link_of(self.value) if self.kind in ("link", "image") else ""


def link_of(url: str) -> str:
    """The url where a page may link to it, ``http`` or ``https``; otherwise nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:  # e.g. an unclosed [ of an IPv6 address
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


class Mark:
    """Markup on its way: the numbers of its first piece of text and of the one behind its last."""

    __slots__ = ("end", "kind", "start", "value")

    def __init__(self, kind: MarkupKind, start: int, end: int, value: str) -> None:
        self.kind, self.start, self.end, self.value = kind, start, end, value


def placed(marks: Sequence[Mark], pieces: Sequence[str], body: str) -> tuple[Markup, ...]:
    """The marks in the body that was made of the pieces; those without text are left out, but pictures."""
    if not marks:
        return ()
    bounds = sorted({bound for mark in marks for bound in (mark.start, mark.end)})
    sections = (count_visible("".join(pieces[first:last])) for first, last in zip([0, *bounds], bounds))
    counts = dict(zip(bounds, accumulate(sections)))
    ends: dict[int, int] = {}  # where the body has had so many visible characters
    count = at = 0
    for reached in sorted(set(counts.values())):
        at = ends[reached] = _behind(body, at, reached - count)
        count = reached
    found = []
    for mark in marks:
        first, last = counts[mark.start], counts[mark.end]
        if first < last or mark.kind == "image":
            start = _start(body, ends[first])
            found.append(Markup(mark.kind, start, max(start, ends[last]), mark.value))
    return tuple(found)


def resolved(markup: Iterable[Markup], url: str, cut: int, room: int) -> tuple[Markup, ...]:
    """The markup of a body whose first ``cut`` characters are gone, with addresses in place of references.

    References are joined with the ``url`` of the text. What leads nowhere or to the text itself is left out,
    and so is what has no room, in characters.
    """
    room = min(room, _MOST_ADDRESSES)
    own = url.partition("#")[0]
    found: list[Markup] = []
    for one in markup:
        kind, start, end, value = one
        if start < cut and end <= cut:
            continue
        if kind in ("link", "image"):
            address = _address(value, url)
            if not address or address.partition("#")[0] == own:
                continue
            room -= len(address)
            if room < 0:
                break
            if address != value:
                one = one._replace(value=address)
        found.append(one._replace(start=max(start - cut, 0), end=end - cut) if cut else one)
    return tuple(found[:_MOST_MARKS])


def _address(reference: str, url: str) -> str:
    if len(reference) > _LONGEST_ADDRESS:
        return ""
    if _PLAIN_ADDRESS(reference):
        return reference
    try:
        address = urljoin(url, "".join(reference.split()))
    except ValueError:
        return ""
    return link_of(address)


def _behind(body: str, at: int, count: int) -> int:
    """Where ``count`` more visible characters end than there are before ``at``."""
    while count and at < len(body):
        end = at + count
        count -= count_visible(body[at:end])
        at = end
    return at


def _start(body: str, at: int) -> int:
    """Where the next visible character is."""
    while at < len(body) and body[at].isspace():
        at += 1
    return at
