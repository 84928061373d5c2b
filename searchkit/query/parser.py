"""Parser: what a person typed -> query tree.

    中日關係 上川陽子      both texts
    "中日，關係"           this phrase;  "中日 关系"~5  with up to five characters in place of the space
    -體育   NOT 體育       not this
    甲 OR 乙               either; binds less than the space
    (甲 OR 乙) 丙          grouped
    title:關係 body:"…"    in the title, in the body
    source:… tag:…         exactly this source, this tag
    date:2024-07           published then; date:2024-01-01..2024-07-31, date:2024.., date:..2023
    半导*  micro*          words that begin like this
    w?rd  micro*ft         a word with any letters for * and one for ?
    helo~  helo~2          a word with one or two letters wrong
    甲^2                   counts twice for the rank

Every operator may be full width （：＂“”「」（）－～＊＾）. Everything else is text. What is not well-formed
raises `QuerySyntaxError` with its position; a lenient parser reads it as text, and never raises.
"""

from __future__ import annotations

import re

from searchkit.analysis import has_tokens, is_one_word, normalize
from searchkit.dates import parse_days
from searchkit.errors import QuerySyntaxError
from searchkit.query import ast
from searchkit.query.ast import AndNode, BoostNode, Field, MatchNoneNode, NotNode, QueryNode, TextNode
from searchkit.query.lexer import NO_OPERATOR, OPERATORS, Lexer, Token
from searchkit.text import well_formed

MAX_LENGTH = 32_768
"""Characters of a query."""
MAX_SLOP = 100
MAX_DISTANCE = 2
MAX_PATTERN = 50
"""Characters of a word with ``*`` or ``?``; an engine's automaton has no room for much more."""
MAX_WIDE_PATTERN = 8
"""Characters of a word with ``?`` behind ``*``."""
MAX_WEIGHT = 100

_IN_FIELD = ("title", "body")
# * or ? within a word; at its end ? ends a question, and * makes a prefix.
_WILDCARD = re.compile(r"[^*?]+[*?]+[^*?]+.*")
_WILDCARDS = str.maketrans("", "", "*?")


def parse(text: str, *, lenient: bool = False) -> QueryNode:
    """The tree of a query; `MatchNoneNode` for one without a letter, digit or Han character.

    Raises `QuerySyntaxError` for a query that is not well-formed, unless ``lenient``.
    """
    if not isinstance(text, str):
        raise TypeError(f"a query is a text, not {type(text).__name__}")
    if len(text) <= MAX_LENGTH and text.isalnum() and text not in OPERATORS and has_tokens(text):
        return TextNode(text)  # one word, as most queries are
    typed, text = text, well_formed(text)
    if len(text) > MAX_LENGTH:
        if not lenient:
            reason = f"the query has {len(text)} characters; {MAX_LENGTH} is the most"
            raise QuerySyntaxError(text[:20] + "…", 0, reason)
        text = text[:MAX_LENGTH]
    if not has_tokens(text):
        return MatchNoneNode()
    try:
        return _Parser(text, lenient).query()
    except QuerySyntaxError as error:
        raise QuerySyntaxError(typed, error.position, error.reason) from None


class _Parser:
    """Recursive descent with a method for each precedence, the lowest first. Only groups recurse."""

    def __init__(self, text: str, lenient: bool) -> None:
        self._text = text
        self._lenient = lenient
        self._tokens = [*Lexer(text, lenient).tokens(), Token("end", "", len(text))]
        self._next = 0

    def query(self) -> QueryNode:
        found = []
        while self._token.kind != "end":
            if self._token.kind == "close":  # no group is open here
                self._fail(self._take(), "this bracket closes nothing")
            else:
                found.append(self._disjunction(None))
        return _joined(AndNode, found)

    def _disjunction(self, field: Field | None) -> QueryNode:
        """``conjunction (OR conjunction)*``"""
        branches = [self._conjunction(field)]
        while self._token.kind == "OR":
            self._operator()
            branches.append(self._conjunction(field))
        return _joined(ast.OrNode, branches)

    def _conjunction(self, field: Field | None) -> QueryNode:
        """``item (AND? item)*``"""
        items: list[QueryNode] = []
        while self._token.kind not in ("close", "OR", "end"):
            if self._token.kind == "AND":
                self._operator()
            else:
                items.append(self._item(field))
        return _joined(AndNode, items)

    def _operator(self) -> None:
        """OR, or AND."""
        token = self._take()
        if self._next == 1 or self._tokens[self._next - 2].kind in ("OR", "open"):
            self._fail(token, f"{token.text} has nothing on its left")
        if not self._at_item():
            self._fail(token, f"{token.text} has nothing on its right")

    def _item(self, field: Field | None) -> QueryNode:
        """A text, phrase or group, with what stands before it: ``-``, NOT, fields."""
        negated = False
        name: Token | None = None  # of a field without text: source, tag, date
        while (token := self._take()).kind in ("NOT", "minus", "field"):
            if not self._at_item():
                return self._fail(token, f"{token.text} has nothing behind it")
            if token.kind != "field":
                negated = not negated
            elif token.text[:-1].lower() in _IN_FIELD:
                field = token.text[:-1].lower()
            else:
                name = token
        if name is not None:
            found = self._value(name, token)
        elif token.kind == "open":
            found, token = self._group(token, field)
        elif not has_tokens(token.text):
            found = MatchNoneNode()  # punctuation alone finds nothing
        elif token.kind == "phrase":
            found = ast.PhraseNode(token.text, field, self._number(token, "slop", MAX_SLOP))
        else:
            found = self._text_node(token, field)
        if found == MatchNoneNode():
            return found
        if negated:
            while isinstance(found, BoostNode):  # what is excluded has no weight
                found = found.child
            return found.child if isinstance(found, NotNode) else NotNode(found)
        if token.weight is None or isinstance(found, NotNode):
            return found
        if not 0 < token.weight <= MAX_WEIGHT:
            self._fail(token, f"the weight behind ^ is a number up to {MAX_WEIGHT}, and more than 0")
            return found
        return BoostNode(found, token.weight)

    def _group(self, bracket: Token, field: Field | None) -> tuple[QueryNode, Token]:
        """The contents of the group, and its closing bracket."""
        if not self._at_item():
            self._fail(bracket, "there is nothing in this group")
        found = self._disjunction(field)
        if self._token.kind == "end":
            self._fail(bracket, "this bracket is not closed")
            return found, bracket
        return found, self._take()  # _disjunction stops at a closing bracket only

    def _value(self, name: Token, token: Token) -> QueryNode:
        """``source:…``, ``tag:…``, ``date:…``"""
        field = name.text[:-1].lower()
        if token.kind not in ("text", "phrase") or not token.text.strip():
            return self._fail(name, f"{name.text} needs a value right behind it")
        if field != "date":
            return ast.TermNode(field, token.text.strip())
        days = parse_days(normalize(token.text))
        if days is None:
            return self._fail(
                token, f"{token.text!r} is no date like 2024, 2024-07, 2024-07-31 or 2024-01..2024-07"
            )
        return ast.DateRangeNode(*days)

    def _text_node(self, token: Token, field: Field | None) -> QueryNode:
        """A text, or one word with ``*``, ``?`` or ``~``."""
        text = token.text.replace("＊", "*")
        # Without dashes in front, as in --OR and in "…"-a*, there may be an operator.
        dashes = len(text) - len(text.lstrip("-－"))
        text = NO_OPERATOR * dashes + text[dashes:]
        normalized = normalize(text)
        if token.distance is not None:
            if is_one_word(normalized):
                return ast.FuzzyNode(text, field, self._number(token, "distance", MAX_DISTANCE, default=1))
            reason = "~ behind a word is for a run of letters or of digits"
            self._fail(token, f"{reason}; quote Chinese to let characters stand between")
        if _WILDCARD.fullmatch(normalized) and is_one_word(normalized.translate(_WILDCARDS)):
            # What may be any character behind any others doubles the automaton.
            is_wide = "?" in normalized.partition("*")[2]
            signs, most = ("? behind *", MAX_WIDE_PATTERN) if is_wide else ("* or ?", MAX_PATTERN)
            if len(text) <= most:
                return ast.WildcardNode(text, field)
            self._fail(token, f"a word with {signs} has at most {most} characters, not {len(text)}")
            text = normalized = text.replace("?", NO_OPERATOR).replace("*", NO_OPERATOR)
        if normalized.endswith("*") and "*" not in normalized[:-1]:
            return ast.PrefixNode(text[:-1], field)
        if "*" in normalized:
            self._fail(token, "* stands at the end of a word, or within a run of letters or of digits")
        if text in OPERATORS:  # NOT^2 is a word; without its weight it would be an operator
            text += NO_OPERATOR
        return TextNode(text.replace("*", NO_OPERATOR), field)

    def _number(self, token: Token, what: str, most: int, default: int | None = None) -> int:
        """The number behind ``~``; 0 when there is no ``~``."""
        if token.distance is None:
            return 0
        if token.distance < 0 and default is not None:
            return default
        if not 0 < token.distance <= most:
            given = f", not {token.distance}" if token.distance >= 0 else ""
            self._fail(token, f"the {what} behind ~ is a number from 1 to {most}{given}")
        return min(max(token.distance, 1), most)

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _at_item(self) -> bool:
        return self._token.kind not in ("close", "OR", "AND", "end")

    def _fail(self, token: Token, reason: str) -> MatchNoneNode:
        if not self._lenient:
            raise QuerySyntaxError(self._text, token.position, reason)
        return MatchNoneNode()


def _joined(kind: type[AndNode] | type[ast.OrNode], queries: list[QueryNode]) -> QueryNode:
    """The queries under one node, without those that find nothing."""
    flat = (child for query in queries for child in (query.children if isinstance(query, kind) else [query]))
    found = tuple(child for child in flat if child != MatchNoneNode())
    if len(found) == 1:
        return found[0]
    return kind(found) if found else MatchNoneNode()
