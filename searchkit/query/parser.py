"""Parser: what a person typed -> query tree.

    中日關係 上川陽子      both texts
    "中日，關係"           this phrase;  "中日 关系"~5  with up to five characters in place of the space
    -體育   NOT 體育       not this
    甲 OR 乙               either; binds less than the space
    (甲 OR 乙) 丙          grouped
    title:關係 body:"…"    in the title, in the body
    source:… tag:…         exactly this source, this tag
    price:10..20           this value of a declared field, or one in a range
    date:2024-07           published then; date:2024-01-01..2024-07-31, date:2024.., date:..2023
    半导*  micro*          words that begin like this
    w?rd  *soft  iph*15    a word with any letters or digits for * and one for ?
    helo~  helo~2          a word with one or two letters wrong
    甲^2                   counts twice for the rank
    *                      every document

Every operator may be full width （：＂“”「」（）－～＊＾）. Everything else is text: a word before a colon
that names no field, and a web address, which may have any of these signs in it. What is not well-formed
raises `QuerySyntaxError` with its position; a lenient parser reads it as text, and never raises.
"""

from __future__ import annotations

import re
import unicodedata

from searchkit.analysis import has_tokens, is_one_word, is_word, normalize
from searchkit.dates import parse_days
from searchkit.errors import QuerySyntaxError
from searchkit.query import ast
from searchkit.query.ast import (
    AndNode,
    BoostNode,
    Field,
    MatchAllNode,
    MatchNoneNode,
    NotNode,
    QueryNode,
    TextNode,
)
from searchkit.query.lexer import NO_OPERATOR, OPERATORS, Lexer, Token
from searchkit.query.wildcards import is_pattern, too_much
from searchkit.schema import Schema
from searchkit.text import well_formed

MAX_LENGTH = 10_000
"""Characters of a query."""
MAX_SLOP = 100
MAX_DISTANCE = 2
MAX_WEIGHT = 100
LONGEST_BEGINNING = 10
"""Characters of the beginning of a Chinese word, with its ``*``; behind longer texts a ``*`` says nothing."""

_IN_FIELD = ("title", "body")
_STARS = ("*", "＊")
# One that ends in * or in a weight has an operator.
_ADDRESS = re.compile(r"https?://(?:(?![\^＾][\d.]+$)\S)+(?<![*＊])", re.IGNORECASE)
_NO_FIELDS = Schema()


def parse(text: str, *, lenient: bool = False, fields: Schema = _NO_FIELDS) -> QueryNode:
    """The tree of a query; `MatchNoneNode` for one without a letter, digit, Han character or symbol.

    ``fields`` has the declared fields of the index, which the query may name.

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
    if "*" not in text and "＊" not in text and not has_tokens(text):
        return MatchNoneNode()
    if "://" in text and _ADDRESS.fullmatch(address := text.strip()):
        return TextNode(address)
    try:
        return _Parser(text, lenient, fields).query()
    except QuerySyntaxError as error:
        raise QuerySyntaxError(typed, error.position, error.reason) from None


class _Parser:
    """Recursive descent with a method for each precedence, the lowest first. Only groups recurse."""

    def __init__(self, text: str, lenient: bool, fields: Schema = _NO_FIELDS) -> None:
        self._text = text
        self._lenient = lenient
        self._fields = fields
        self._tokens = [*Lexer(text, lenient, fields.declared).tokens(), Token("end", "", len(text))]
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
        name: Token | None = None  # of a field without text: source, tag, date, declared ones
        while (token := self._take()).kind in ("NOT", "minus", "field"):
            if not self._at_item():
                return self._fail(token, f"{token.text} has nothing behind it")
            if token.kind != "field":
                negated = not negated
            elif token.name in (*_IN_FIELD, *self._fields.texts):
                field = token.name
            else:
                name = token
        if name is not None:
            found = self._value(name, token, field)
        elif token.kind == "open":
            found, token = self._group(token, field)
        elif token.kind == "text" and token.text in _STARS and token.distance is None:
            found = self._everything(token, field)
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
        if token.weight is None or isinstance(found, NotNode | MatchAllNode):
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

    def _everything(self, star: Token, field: Field | None) -> QueryNode:
        """A ``*`` of its own."""
        if field is None:
            return MatchAllNode()
        return self._fail(star, f"* alone is every document; there has to be text behind {field}:")

    def _value(self, name: Token, token: Token, field: Field | None) -> QueryNode:
        """``source:…``, ``tag:…``, ``date:…``, and declared fields. What is no value of the field is text."""
        value = token.text.strip()
        if token.kind not in ("text", "phrase") or not value:
            return self._fail(name, f"{name.text} needs a value right behind it")
        if name.name in ("source", "tag"):
            return ast.TermNode(name.name, value)
        if name.name != "date":
            kind = self._fields.declared[name.name]
            if kind != "text":  # in full width as well
                value = unicodedata.normalize("NFKC", value).strip()
                value = value.lower() if kind == "boolean" else value
            try:
                self._fields.clause(name.name, value)
                return ast.FieldNode(name.name, value)
            except ValueError:
                expected = self._fields.expected(name.name)
                reason = f"{name.text} takes {expected}, not {token.text!r}"
                self._fail(token, f"{reason}; to search for the text, put all of it in quotes")
        elif (days := parse_days(normalize(value))) is not None:
            return ast.DateRangeNode(*days)
        else:
            self._fail(token, f"{token.text!r} is no date like 2024, 2024-07, 2024-07-31 or 2024-01..2024-07")
        if token.kind == "phrase":
            return ast.PhraseNode(token.text, field) if has_tokens(token.text) else MatchNoneNode()
        return self._text_node(token._replace(text=name.text[:-1] + NO_OPERATOR + token.text), field)

    def _text_node(self, token: Token, field: Field | None) -> QueryNode:
        """A text, or one word with ``*``, ``?`` or ``~``."""
        text = token.text.replace("＊", "*")
        # Without dashes in front, as in --OR and in "…"-a*, there may be an operator.
        dashes = len(text) - len(text.lstrip("-－"))
        text = NO_OPERATOR * dashes + text[dashes:]
        if field and text.startswith((":", "：", "//")):  # body::a is no field
            text = NO_OPERATOR + text
        normalized = normalize(text)
        if token.distance is not None:
            if is_one_word(normalized):
                return ast.FuzzyNode(text, field, self._number(token, "distance", MAX_DISTANCE, default=1))
            reason = "~ behind a word is for a run of letters or of digits"
            self._fail(token, f"{reason}; quote Chinese to let characters stand between")
        if "*" not in normalized and "?" not in normalized:
            # NOT^2 is a word; without its weight it would be an operator.
            return TextNode(text + NO_OPERATOR if text in OPERATORS else text, field)
        return self._with_signs(text, normalized, token, field)

    def _with_signs(self, text: str, normalized: str, token: Token, field: Field | None) -> QueryNode:
        """A text with ``*`` or ``?`` in it."""
        if is_pattern(normalized):
            if reason := too_much(normalized):
                self._fail(token, reason)
                text = normalized = text.replace("?", NO_OPERATOR).replace("*", NO_OPERATOR)
            else:
                return ast.WildcardNode(text, field)
        if (rest := text.lstrip("*")) != text and rest.rstrip("*").isalnum() and not is_word(normalize(rest)):
            text, normalized = rest, normalize(rest)  # before Chinese a * changes nothing
        if normalized.endswith("*") and "*" not in normalized[:-1]:
            if len(text) <= LONGEST_BEGINNING or is_word(normalized[-2]):
                return ast.PrefixNode(text[:-1], field)
            text = normalized = text[:-1] + NO_OPERATOR  # a sentence of Chinese is no beginning of a word
        if "*" in normalized:
            where = "at the end of a word, or within or before a run of letters and digits"
            self._fail(token, f"* stands {where}")
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
    """The queries under one node, without those that find nothing, or say nothing beside the others."""
    flat = (child for query in queries for child in (query.children if isinstance(query, kind) else [query]))
    found = tuple(child for child in flat if child != MatchNoneNode())
    if kind is AndNode and MatchAllNode() in found:
        found = tuple(child for child in found if child != MatchAllNode()) or (MatchAllNode(),)
    if len(found) == 1:
        return found[0]
    return kind(found) if found else MatchNoneNode()
