"""Schema: values of documents, which filter, sort and are counted -> fields of an engine, clauses of a plan.

A text is a value as a whole, and 台湾, 台灣 and 臺灣 are one value: an engine holds its normalized form, and
in a field beside it how it is written, where that is another one.

Every index has those of a `Document`; what else stands in ``extra`` can be declared when an index is made:
``create(location, fields={"author": "text", "price": "number"})``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import tzinfo
from functools import lru_cache
from reprlib import repr as shortened
from typing import Any, Literal, SupportsFloat, get_args

from searchkit.analysis import normalize, visible
from searchkit.dates import UTC, day_bounds, day_of, local_time, time_bound, to_milliseconds
from searchkit.document import LONGEST_LABEL, MOST_LABELS, Document, address_key
from searchkit.engine.base import id_term
from searchkit.engine.plan import SCORE, TEXT_PREFIX, Boolean, Clause, Range, Sort, TermSet, Value, ValueField
from searchkit.errors import DocumentError
from searchkit.text import as_list, uuid_text

FieldKind = Literal["text", "number", "date", "boolean", "fulltext"]

MONTH, SKETCH, WORDS, TITLES, TITLE_KEY = (
    "month",
    "sketch",
    "suggested_words",
    "suggested_titles",
    "title_key",
)
ADDRESS = "address"
"""The key field with the url of a document, and its id where that is an address: `address_term`."""

_BUILT_IN = (
    *(ValueField(name, "label") for name in ("source", "written_source", "tags", "written_tags")),
    *(ValueField(name, "integer") for name in ("published", MONTH)),
    *(ValueField(name, "key") for name in (SKETCH, WORDS, TITLES, ADDRESS, TITLE_KEY)),
)
_ENGINE_KINDS: dict[FieldKind, Literal["integer", "number", "label", "terms"]] = {
    "text": "label",
    "number": "number",
    "date": "integer",
    "boolean": "label",
    "fulltext": "terms",
}
TAGS = "tags"
CHANNELS_OF_TAGS = ("bigrams", "unigrams")
"""Those of tags, which are searched as text as well."""
CHANNELS = ("words", "bigrams", "unigrams")
"""The channels of a field of text that is declared."""
_TAKEN = frozenset(
    "id title body url source tag tags published date year month extra relevance newest oldest".split()
)
_LARGEST_BOOST = 1000
OPEN_END = "<"
"""Begins the end of a range that is not in it: ``10..<50``."""
_OF_EVERY_DOCUMENT: dict[str, FieldKind] = {"source": "text", "tags": "text", "published": "date"}
"""The values that every document has, declared or not."""


class Schema:
    """The fields of an index: the values of every document, and what is declared for ``extra``."""

    def __init__(self, declared: Mapping[str, FieldKind] | None = None, zone: tzinfo = UTC) -> None:
        self.zone = zone
        """The time zone of days, and of times that are given without theirs."""
        if not isinstance(declared, Mapping | None):
            raise TypeError(f"fields must be a mapping of names to kinds, not {declared!r}")
        self.declared = dict(declared or {})
        """What was declared, of any kind."""
        for name, kind in self.declared.items():
            if kind not in get_args(FieldKind):
                kinds = ", ".join(get_args(FieldKind))
                raise ValueError(f"fields: {name!r} must be one of {kinds}, not {kind!r}")
            if not isinstance(name, str) or not name.isidentifier() or len(name) > 100:
                raise ValueError(f"fields: {name!r} is no name of letters, digits and underscores")
            if name in _TAKEN:
                raise ValueError(f"fields: {name!r} is taken: every document has it, or a query means it")
        self.values_of = {name: kind for name, kind in self.declared.items() if kind != "fulltext"}
        """The declared fields that have values, to filter, sort and count by."""
        self.texts = tuple(name for name, kind in self.declared.items() if kind == "fulltext")
        """The declared fields of text, which is searched as the body is."""

    @property
    def for_engine(self) -> tuple[ValueField, ...]:
        """The fields that an engine has to hold."""
        own: list[ValueField] = []
        for name, kind in self.values_of.items():
            own.append(ValueField(engine_name(name), _ENGINE_KINDS[kind]))
            if kind == "text":
                own.append(ValueField(written(engine_name(name)), "label"))
        texts = (
            ValueField(f"{text_field(name)}_{part}", "terms") for name in self.texts for part in CHANNELS
        )
        tags = (ValueField(f"{text_field(TAGS)}_{part}", "terms") for part in CHANNELS_OF_TAGS)
        return (*_BUILT_IN, *own, *tags, *texts)

    def texts_of(self, document: Document) -> dict[str, str]:
        """The text that the document has in each declared field of text; an empty one where it has none.

        Raises `DocumentError` for a value that is no text.
        """
        found = {}
        for name in self.texts:
            text = document.extra.get(name)
            if not isinstance(text, str | None):
                raise DocumentError(f"extra[{name!r}] must be a text, not {str(text)[:60]!r}", id=document.id)
            found[name] = text or ""
        return found

    def values(self, document: Document) -> dict[str, Value]:
        """What the document has in these fields.

        Raises `DocumentError` when a declared value is of another kind.
        """
        values: dict[str, Value] = {"tags": ()}
        if document.tags:
            _add_labels(values, "tags", document.tags)
        if document.source:
            _add_labels(values, "source", (document.source,))
        if published := document.published:
            at = published if published.tzinfo is self.zone else local_time(published, self.zone)
            values["published"] = to_milliseconds(at)
            values[MONTH] = at.year * 100 + at.month
        # The id of most documents is their url, or no address.
        addresses = [address_term(text) for text in {document.url, document.id} if "." in text]
        if found := sorted({*filter(None, addresses)}):
            values[ADDRESS] = tuple(found)
        for name, kind in self.values_of.items():
            given = document.extra.get(name)
            if given is not None:
                try:
                    stored = _stored(kind, given, self.zone)
                except (TypeError, ValueError, OverflowError):
                    reason = f"extra[{name!r}] must be {_EXPECTED[kind]}, not {shortened(given)}"
                    raise DocumentError(reason, id=document.id) from None
                if isinstance(stored, tuple) and kind == "text":
                    _add_labels(values, engine_name(name), stored)
                else:
                    values[engine_name(name)] = stored
        return values

    def where(self, wanted: Mapping[str, Any]) -> tuple[Clause, ...]:
        """What a document must be to have these values: ``{"author": ["甲", "乙"], "price": "10..20"}``.

        None is no value, ``{"not": ...}`` what does not have these. Raises ValueError for a field that is not
        declared, or a value that is none of its kind.
        """
        for name in wanted:
            self.check_known(name, [*_OF_EVERY_DOCUMENT, *self.values_of], "where")
        return tuple(self._wanted(name, value) for name, value in wanted.items())

    def _wanted(self, name: str, value: Any) -> Clause:
        if isinstance(value, Mapping):
            if [*value] != ["not"] or isinstance(value["not"], Mapping):
                raise ValueError(f"where: {name!r} takes {{'not': ...}} with values in it, not {value!r}")
            return Boolean(must_not=(self._wanted(name, value["not"]),))
        choices = value if isinstance(value, list | set | frozenset) else [value]
        found = tuple(self._choice(name, choice) for choice in choices)
        return found[0] if len(found) == 1 else Boolean(should=found, minimum_should_match=1)

    def _choice(self, name: str, value: Any) -> Clause:
        if value is None:
            return Boolean(must_not=(Range(engine_name(name), None, None),))
        if isinstance(value, Mapping):
            return self._wanted(name, value)
        try:
            return self.clause(name, value)
        except ValueError as error:
            raise ValueError(f"where: {name!r} is {self.expected(name)}, not {value!r}") from error

    def clause(self, name: str, value: Any) -> Clause:
        """What a document must be whose declared field has this value, or one in this range.

        Raises ValueError for a value of another kind.
        """
        try:
            return self._node(name, value)
        except (TypeError, OverflowError) as error:
            raise ValueError(value) from error

    def expected(self, name: str) -> str:
        """What a value of a field is, in words."""
        kind = self.kind_of(name)
        return _EXPECTED[kind] + (", or a range of them in order" if kind in ("number", "date") else "")

    def sort(self, names: str, *, ranked: bool = True) -> Sort | None:
        """The order by one name or several with commas between: declared fields, ``newest``, ``oldest``,
        ``relevance``; None is by relevance alone.

        A minus turns the order of a field around. Of what is not ranked the newest is the most relevant.

        Raises ValueError for a name that is no order, or is there twice.
        """
        if names == "relevance":
            return None if ranked else Sort("published", descending=True)
        sort, taken = None, set()
        for name in reversed(names.split(",")):
            key = self._sort_key(name)
            if key.field in taken:
                raise ValueError(
                    f"sort: {names!r} has {name.removeprefix('-')!r} twice, or newest and oldest"
                )
            taken.add(key.field)
            if ranked or key.field != SCORE:
                sort = Sort(key.field, key.descending, sort)
        return sort

    def _sort_key(self, name: str) -> Sort:
        if name == "relevance":
            return Sort(SCORE, descending=True)
        if name in ("newest", "oldest"):
            return Sort("published", descending=name == "newest")
        field = name.removeprefix("-")
        self.check_known(field, ["relevance", "newest", "oldest", *self.values_of], "sort")
        if field not in self.values_of:
            raise ValueError(f"sort: {name!r} has an order already, so no minus")
        return Sort(engine_name(field), descending=name.startswith("-"))

    def boosts(self, wanted: Mapping[str, float]) -> dict[str, float]:
        """What fields of text count for the rank: ``{"title": 3, "body": 1}``.

        Raises ValueError for a field that has no text to rank by, or a number that is none or negative.
        """
        if not isinstance(wanted, Mapping):
            raise TypeError(f"boosts must be a mapping of fields to numbers, not {wanted!r}")
        found = {}
        for name, boost in wanted.items():
            self.check_known(name, ["title", "body", TAGS, *self.texts], "boosts")
            try:
                found[name] = _number(boost)
            except (TypeError, ValueError, OverflowError):
                raise ValueError(f"boosts: {name!r} must be a number, not {boost!r}") from None
            if found[name] < 0 or found[name] > _LARGEST_BOOST:
                raise ValueError(f"boosts: {name!r} must be from 0 to {_LARGEST_BOOST:,}, not {boost!r}")
        return found

    def kind_of(self, name: str) -> FieldKind:
        """The kind of a declared field, or of one that every document has; ``year`` and ``month`` have none
        of these."""
        return self.declared[name] if name in self.declared else _OF_EVERY_DOCUMENT[name]

    def edge(self, name: str, value: Any) -> float:
        """What a value of a field of numbers or dates begins with, as an engine holds it.

        Raises ValueError for a value of another kind.
        """
        try:
            return self._bounds(name, value)[0]
        except (TypeError, ValueError, OverflowError):
            expected = _EXPECTED[self.kind_of(name)]
            raise ValueError(f"facets: an edge of {name!r} must be {expected}, not {value!r}") from None

    def _node(self, name: str, value: Any) -> Clause:
        kind, field = self.kind_of(name), engine_name(name)
        if kind in ("text", "boolean"):
            return TermSet(field, label_forms(_labels(value)) if kind == "text" else _truth(value))
        if value is None:
            raise ValueError(value)
        low, high = value if isinstance(value, tuple) else (value, value)
        is_open = False
        if isinstance(value, str) and ".." in value:
            first_text, _, last_text = value.partition("..")
            is_open = last_text.lstrip().startswith(OPEN_END)
            if is_open and not (last_text := last_text.lstrip().removeprefix(OPEN_END)).strip():
                raise ValueError(value)
            low, high = first_text.strip() or None, last_text.strip() or None
        first = None if low is None else self._bounds(name, low)[0]
        behind = None if high is None else self._bounds(name, high)[0 if is_open else 1]
        if first is not None and behind is not None and first >= behind:
            raise ValueError(value)
        return Range(field, first, behind)

    def _bounds(self, name: str, value: Any) -> tuple[float, float]:
        """Where a value of numbers or dates begins, and what begins behind it, as an engine holds them."""
        if self.kind_of(name) == "number":
            return _number_bounds(value)
        return day_bounds(value, self.zone)

    def check_known(self, name: object, known: Collection[str], argument: str) -> None:
        if name not in known:
            choices = ", ".join(known) + (
                "" if self.declared else "; an index declares others by fields={...}"
            )
            raise ValueError(f"{argument}: there is no field {name!r}; there are {choices}")


def address_term(text: str) -> str:
    """The term of a web address, however it is written; empty for a text that is none."""
    key = address_key(text)
    return id_term(key) if key else ""


def label_forms(labels: Iterable[str]) -> tuple[str, ...]:
    """The labels as an engine holds them: in one script, width and case, with single spaces, each once."""
    return tuple(dict.fromkeys(map(label_form, labels)))


@lru_cache(maxsize=10_000)  # sources and tags come again
def label_form(label: str) -> str:
    """The label as an engine holds it."""
    return " ".join(visible(normalize(label)).split()) or label


def _add_labels(values: dict[str, Value], field: str, labels: Iterable[str]) -> None:
    """Puts the forms of the labels into the values, and those that are written in another way."""
    forms: dict[str, None] = {}
    others = []
    for label in labels:
        form = label_form(label)
        if form not in forms:
            forms[form] = None
            if label != form:
                others.append(label)
    values[field] = tuple(forms)
    if others:
        values[written(field)] = tuple(others)


def written(field: str) -> str:
    """The field of an engine with the texts of another one as documents write them."""
    return f"written_{field}"


def text_field(name: str) -> str:
    """What the names of the engine's fields for a field of text begin with."""
    return name if name in ("title", "body") else TEXT_PREFIX + name


def engine_name(name: str) -> str:
    """The field of an engine with the values of a declared field, or of one that every document has."""
    return name if name in _OF_EVERY_DOCUMENT else f"extra_{name}"


def _labels(value: Any) -> tuple[str, ...]:
    given = uuid_text(value) or value
    found = as_list("extra", given if isinstance(given, str) else [uuid_text(one) or one for one in given])
    if len(found) > MOST_LABELS or any(len(label) > LONGEST_LABEL for label in found):
        raise ValueError("too long")
    return tuple(dict.fromkeys(label for label in found if label))


def _truth(value: Any) -> tuple[str, ...]:
    """The term of a boolean: SQLite has 0 and 1 for it, and Excel ``TRUE``."""
    text = str(bool(value) if isinstance(value, int) and value in (0, 1) else value).lower()
    if text not in ("true", "false"):
        raise TypeError(value)
    return (text,)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number + 0.0  # no negative zero


def _number_bounds(value: Any) -> tuple[float, float]:
    number = _number(value)
    return number, math.nextafter(number, math.inf)


def _stored(kind: FieldKind, value: Any, zone: tzinfo) -> Value:
    """The value of a document, where a time is no object, as in JSON; tables have numbers as texts."""
    if not isinstance(value, _GIVEN[kind]):
        raise TypeError(value)
    if kind == "date":
        at = time_bound("extra", value, zone=zone)
        day_of(at)  # its zone may take the first and the last day out of the calendar
        return at
    return _number(value) if kind == "number" else _labels(value) if kind == "text" else _truth(value)


_GIVEN: dict[FieldKind, Any] = {
    "text": str | list,
    "number": SupportsFloat | str,
    "date": str,
    "boolean": int | str,
}
_EXPECTED: dict[FieldKind, str] = {
    "text": f"a text or a list of texts of at most {LONGEST_LABEL} characters",
    "number": "a number",
    "date": "a date like 2024-07-31 or an ISO 8601 time",
    "boolean": "true or false",
}
