"""Parser: what a person typed -> query tree.

    中日關係 上川陽子     both parts
    "中日，關係"          this passage
    -體育                 not this part
    甲 OR 乙              either; binds less than the space
    (甲 OR 乙) 丙         grouped
    title:關係 body:"…"   in the title, in the body

Full-width forms of every operator work （：＂“”「」（）－）. Anything else is text.
Strict reading raises `QuerySyntaxError` with the place; lenient reading takes what is
not well-formed as text, and never raises.
"""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from searchkit.analysis import fold, units
from searchkit.errors import QuerySyntaxError
from searchkit.query.tree import And, Field, Not, Nothing, Or, Part, Passage, Query

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "MAX_TOKENS", "parse"]

MAX_LENGTH = 65_536
"""Characters of a query."""
MAX_DEPTH = 50
"""Groups within groups."""
MAX_TOKENS = 1000
"""Parts, passages and operators; a passage of any length is one."""

_FIELDS = ("title", "body")
_CLOSING = {'"': '"＂', "＂": '"＂', "“": "”", "「": "」", "『": "』"}
_QUOTES = "".join(_CLOSING)
_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<open>[(（])
    | (?P<close>[)）])
    | (?P<quote>[{_QUOTES}])
    | (?P<operator>(?:OR|AND|NOT)(?=[\s(（{_QUOTES}]|$))
    | (?P<field>(?i:title|body)[:：])
    | (?P<unknown>[a-z_]+:(?!//)(?=[^\s)）]))
    | (?P<minus>(?<![^\s(（])[-－](?=[^\s\-－)）]))
    | (?P<text>[^\s()（）{_QUOTES}]+)
    """,
    re.VERBOSE,
)


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


def parse(text: str, *, lenient: bool = False) -> Query:
    """The tree of a query; `Nothing` when it holds no letter, digit or Han character."""
    if len(text) > MAX_LENGTH:
        if not lenient:
            raise QuerySyntaxError(
                text[:20] + "…", 0, f"the query has {len(text)} characters; {MAX_LENGTH} is the most"
            )
        text = text[:MAX_LENGTH]
    if not units(fold(text)):
        return Nothing()
    return _Parser(text, lenient).query()


class _Parser:
    """Recursive descent, a method for each level of binding, the loosest first. Only groups recurse."""

    def __init__(self, text: str, lenient: bool) -> None:
        self._text = text
        self._lenient = lenient
        self._last_quote = {quote: text.rfind(quote) for quote in "".join(_CLOSING.values())}
        self._tokens = self._lex()
        self._next = 0

    def query(self) -> Query:
        found = []
        while (token := self._peek()) is not None:
            if token.kind == "close":  # no group is open here
                self._fail(token, "this bracket closes nothing")
                self._next += 1
            else:
                found.append(self._alternatives(None))
        return _joined(And, found)

    def _alternatives(self, field: Field | None) -> Query:
        """``sequence (OR sequence)*``"""
        branches = [self._sequence(field)]
        while (token := self._peek()) is not None and token.kind == "OR":
            self._next += 1
            if self._tokens[self._next - 2].kind in ("OR", "open") or self._next == 1:
                self._fail(token, "OR has nothing on its left")
            if not self._at_item():
                self._fail(token, "OR has nothing on its right")
            branches.append(self._sequence(field))
        return _joined(Or, branches)

    def _sequence(self, field: Field | None) -> Query:
        """``item+``, with AND between them or not."""
        items: list[Query] = []
        first = self._next
        while (token := self._peek()) is not None and token.kind not in ("close", "OR"):
            if token.kind == "AND":
                self._next += 1
                if self._next - 1 == first:
                    self._fail(token, "AND has nothing on its left")
                if not self._at_item():
                    self._fail(token, "AND has nothing on its right")
            else:
                items.append(self._item(field))
        return _joined(And, items)

    def _item(self, field: Field | None) -> Query:
        """A part, passage or group, with what stands before it: ``-``, NOT, fields."""
        negated = False
        while (token := self._take()).kind in ("NOT", "minus", "field"):
            if not self._at_item():
                self._fail(token, f"{token.text} has nothing behind it")
                return Nothing()
            if token.kind == "field":
                field = cast("Field", token.text[:-1].lower())
            else:
                negated = not negated
        found: Query
        if token.kind == "open":
            found = self._group(token, field)
        elif not units(fold(token.text)):
            found = Nothing()  # punctuation alone asks for nothing
        else:
            found = Passage(token.text, field) if token.kind == "passage" else Part(token.text, field)
        return Not(found) if negated and found != Nothing() else found

    def _group(self, bracket: _Token, field: Field | None) -> Query:
        if not (self._at_item() or self._lenient):
            self._fail(bracket, "there is nothing in this group")
        found = self._alternatives(field)
        closing = self._peek()
        if closing is not None:
            self._next += 1  # _alternatives stops at a closing bracket only
        else:
            self._fail(bracket, "this bracket is not closed")
        return found

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _at_item(self) -> bool:
        token = self._peek()
        return token is not None and token.kind not in ("close", "OR", "AND")

    def _fail(self, token: _Token, reason: str) -> None:
        if not self._lenient:
            raise QuerySyntaxError(self._text, token.position, reason)

    def _lex(self) -> list[_Token]:
        """The tokens; passages whole, and no brackets deeper than they may be."""
        tokens: list[_Token] = []
        groups: list[bool] = []  # for each open bracket: does it group, or is it only text?
        position = depth = 0
        while match := _TOKEN.match(self._text, position):
            kind = match.lastgroup or ""
            token = _Token(kind, match.group(), position)
            position = match.end()
            if kind == "space":
                continue
            if len(tokens) == MAX_TOKENS:
                self._fail(token, f"the query has more than {MAX_TOKENS} words and operators")
                break
            if kind == "quote":
                end = self._closing_quote(token)
                if end is None:
                    self._fail(token, "this quote is not closed")
                    token = token._replace(kind="text")
                elif self._stands_apart(token.position, end + 1):
                    token = _Token("passage", self._text[position:end], token.position)
                    position = end + 1
                else:
                    token = token._replace(kind="text")
            elif kind == "unknown":
                known = ", ".join(f"{name}:" for name in _FIELDS)
                self._fail(
                    token, f"there is no field {token.text} (there is {known}); quote it to search for it"
                )
                token = token._replace(kind="text")
            elif kind == "operator":
                token = token._replace(kind=token.text)
            elif kind == "open":
                if depth == MAX_DEPTH:
                    self._fail(token, f"groups are nested more than {MAX_DEPTH} deep")
                groups.append(depth < MAX_DEPTH and self._stands_apart(token.position, len(self._text)))
                depth += groups[-1]
                token = token if groups[-1] else token._replace(kind="text")
            elif kind == "close":
                closes_group = groups.pop() if groups else not self._lenient
                depth -= closes_group
                token = token if closes_group else token._replace(kind="text")
            previous = tokens[-1] if tokens else None
            if (
                token.kind == "text"
                and previous
                and previous.kind == "text"
                and previous.position + len(previous.text) == token.position
            ):
                tokens[-1] = previous._replace(text=previous.text + token.text)
            else:
                tokens.append(token)
        return tokens

    def _closing_quote(self, opening: _Token) -> int | None:
        start = opening.position
        there = [quote for quote in _CLOSING[opening.text] if start < self._last_quote[quote]]
        return min((self._text.find(quote, start + 1) for quote in there), default=None)

    def _stands_apart(self, start: int, end: int) -> bool:
        """Is text[start:end] an expression of its own?

        To the strict reading everything in quotes or brackets is. To the lenient one 他说“好”吗 and
        湖南（长沙） are running text.
        """
        if not self._lenient:
            return True
        before, behind = self._text[max(0, start - 1) : start], self._text[end : end + 1]
        return (before in "-－:：(（" or before.isspace()) and (behind in ")）" or behind.isspace())


def _joined(kind: type[And] | type[Or], queries: list[Query]) -> Query:
    """The queries under one node; those that ask for nothing are left out."""
    found: list[Query] = []
    for query in queries:
        if isinstance(query, kind):
            found.extend(query.children)
        elif query != Nothing():
            found.append(query)
    if not found:
        return Nothing()
    return found[0] if len(found) == 1 else kind(tuple(found))
