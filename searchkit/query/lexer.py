"""Lexer: what a person typed -> tokens.

The lexer decides what is an operator and what is text. When it reads strictly, every quote and bracket is an
operator; when it reads leniently, only those that stand apart, because 他说“好”吗 and 湖南（长沙） are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, cast

from searchkit.errors import QuerySyntaxError
from searchkit.query.ast import QUOTES

MAX_DEPTH = 50
"""Groups within groups."""
MAX_TOKENS = 1000
"""Texts, phrases and operators; a phrase of any length is one, and so is text up to a bracket or quote."""
FIELDS = ("title", "body", "source", "tag", "date")
OPERATORS = ("OR", "AND", "NOT")

_QUOTE = "".join(QUOTES)
# std::vector and https://… are no fields.
_FIELD = r"(?P<name>[^\W\d]\w{0,99})[:：](?![:：]|//)"
_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<open>[(（])
    | (?P<close>[)）])
    | (?P<quote>[{_QUOTE}])
    | (?P<operator>(?:{"|".join(OPERATORS)})(?=[\s()（）{_QUOTE}]|$))
    | (?P<field>{_FIELD})
    | (?P<minus>(?<![^\s(（])[-－](?=[^\s\-－)）]))
    | (?P<text>[^\s()（）{_QUOTE}]+)
    """,
    re.VERBOSE,
)
_TEXT = re.compile(rf"[^\s()（）{_QUOTE}]+")
# What may follow a phrase, a group or a word: ~ with a number, ^ with a number.
_NUMBERS = r"(?=[~～^＾])(?P<tilde>[~～](?P<distance>\d*))?(?:[\^＾](?P<weight>\d+(?:\.\d+)?))?"
_SUFFIX = re.compile(_NUMBERS + r"(?=[\s)）]|$)")
_TEXT_SUFFIX = re.compile(_NUMBERS + "$")
NO_OPERATOR = "·"
"""Replaces a sign that is read as text: it is no operator, and every text ignores it."""


class Token(NamedTuple):
    """A token of the query language: its kind, its text, its position in the query, and its suffixes.

    ``distance`` is the number behind ``~``, -1 for a ``~`` without one; ``weight`` is that behind ``^``.
    ``name`` is that of a field, as the index has it.
    """

    kind: str
    text: str
    position: int
    distance: int | None = None
    weight: float | None = None
    name: str = ""


class Lexer:
    """Reads the tokens of a query; a phrase is one, and texts, phrases and groups have their suffixes.

    ``declared`` are the names of fields beside `FIELDS`.
    """

    def __init__(self, text: str, lenient: bool, declared: Iterable[str] = ()) -> None:
        self._text = text
        self._lenient = lenient
        self._names = names_of_fields(declared)
        self._position = 0
        self._found: list[Token] = []
        # For each open bracket: does it group, or is it only text?
        self._groups: list[bool] = []
        self._depth = 0
        self._last_quote = {quote: text.rfind(quote) for quote in "".join(QUOTES.values())}

    def tokens(self) -> list[Token]:
        """Raises `QuerySyntaxError` for what is not well-formed, unless lenient."""
        read = 0
        while match := _TOKEN.match(self._text, self._position):
            kind = match.lastgroup or ""
            token = Token(kind, match.group(), self._position)
            self._position = match.end()
            if kind == "field":
                token = self._field(token, match["name"])
            if kind == "space":
                continue
            read += 1
            if read > MAX_TOKENS:
                self._fail(token, f"the query has more than {MAX_TOKENS} words and operators")
                break
            self._add(self._read(token))
        return [_finished(token) if token.kind == "text" else token for token in self._found]

    def _read(self, token: Token) -> Token:
        """The token with the kind that it has at its position."""
        match token.kind:
            case "quote":
                return self._phrase(token)
            case "open":
                return self._opening(token)
            case "close":
                return self._closing(token)
            case "operator":
                return token._replace(kind=token.text)
            case _:
                return token

    def _field(self, token: Token, word: str) -> Token:
        """The token with the name of its field; text, where the index has no field of this name."""
        if name := self._names.get(word) or self._names.get(word.lower()):
            return token._replace(name=name)
        text = cast("re.Match[str]", _TEXT.match(self._text, token.position))
        self._position = text.end()
        return Token("text", text.group(), token.position)

    def _phrase(self, quote: Token) -> Token:
        start = quote.position + 1
        there = [mark for mark in QUOTES[quote.text] if quote.position < self._last_quote[mark]]
        end = min((self._text.find(mark, start) for mark in there), default=None)
        if end is None:
            self._fail(quote, "this quote is not closed")
            return _as_text(quote)
        if not self._stands_apart(quote.position, end + 1):
            return _as_text(quote)
        self._position = end + 1
        return self._suffixed(Token("phrase", self._text[start:end], quote.position))

    def _opening(self, bracket: Token) -> Token:
        if self._depth == MAX_DEPTH:
            self._fail(bracket, f"groups are nested more than {MAX_DEPTH} deep")
        groups = self._depth < MAX_DEPTH and self._stands_apart(bracket.position, len(self._text))
        self._groups.append(groups)
        self._depth += groups
        return bracket if groups else _as_text(bracket)

    def _closing(self, bracket: Token) -> Token:
        groups = self._groups.pop() if self._groups else not self._lenient
        self._depth -= groups
        return self._suffixed(bracket) if groups else _as_text(bracket)

    def _suffixed(self, token: Token) -> Token:
        """The token with the ``~`` and ``^`` right behind it."""
        match = _SUFFIX.match(self._text, self._position)
        if match is None:
            return token
        self._position = match.end()
        return _with_numbers(token, match)

    def _stands_apart(self, start: int, end: int) -> bool:
        """Is text[start:end] separated from the text around it?"""
        if not self._lenient:
            return True
        before, behind = self._text[max(0, start - 1) : start], self._text[end : end + 1]
        return (before in "-－:：(（" or before.isspace()) and (behind in ")）~～^＾" or behind.isspace())

    def _add(self, token: Token) -> None:
        """Append the token; text that follows text without a space is the same token."""
        last = self._found[-1] if self._found else token
        if last.kind == token.kind == "text" and last.position + len(last.text) == token.position:
            self._found[-1] = last._replace(text=last.text + token.text)
        else:
            self._found.append(token)

    def _fail(self, token: Token, reason: str) -> None:
        if not self._lenient:
            raise QuerySyntaxError(self._text, token.position, reason)


@lru_cache(maxsize=64)
def _names_of_fields(declared: tuple[str, ...]) -> Mapping[str, str]:
    names = {name.lower(): name for name in reversed((*FIELDS, *declared))}
    return names | {name: name for name in (*FIELDS, *declared)}


def names_of_fields(declared: Iterable[str]) -> Mapping[str, str]:
    """What a field can be called in a query, and its name: as it is, or in lower case."""
    return _names_of_fields(tuple(declared))


def _as_text(token: Token) -> Token:
    return token._replace(kind="text", text=NO_OPERATOR)


def _finished(token: Token) -> Token:
    """The text with its suffixes, without anything else that would be a suffix when read again."""
    text = token.text
    match = _TEXT_SUFFIX.search(text)
    if match is None:
        return token._replace(text=text)
    text = text[: match.start()]
    while other := _TEXT_SUFFIX.search(text):
        text = text[: other.start()] + NO_OPERATOR + text[other.start() + 1 :]
    return _with_numbers(token._replace(text=text), match)


def _with_numbers(token: Token, match: re.Match[str]) -> Token:
    distance = None
    if match["tilde"]:
        distance = int(match["distance"]) if match["distance"] else -1
    return token._replace(distance=distance, weight=float(match["weight"]) if match["weight"] else None)
