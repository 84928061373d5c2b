"""Schema: values of documents, which filter, sort and are counted -> fields of an engine, clauses of a plan.

A text is a value as a whole, and 台湾, 台灣 and 臺灣 are one value: an engine holds its normalized form, and
in a field beside it how it is written, where that is another one.

Every index has those of a `Document`; what else stands in ``extra`` can be declared when an index is made:
``create(location, fields={"author": "text", "price": "number"})``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import tzinfo
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple, SupportsFloat, get_args

from searchkit.analysis import normalize, visible
from searchkit.dates import (
    UTC,
    When,
    day_end,
    day_of,
    day_start,
    local_time,
    parse_days,
    time_bound,
    to_milliseconds,
)
from searchkit.document import LONGEST_LABEL, MOST_LABELS, Document, address_key
from searchkit.engine.base import FacetCounts, id_term
from searchkit.engine.plan import TEXT_PREFIX, Boolean, Clause, Range, Sort, TermSet, Value, ValueField
from searchkit.errors import DocumentError
from searchkit.text import as_list

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


class Facet(NamedTuple):
    """The field of an engine whose values are counted, and what each of its values is called.

    Of texts, the values of another field say how they are written.
    """

    field: str
    shown: Callable[[Any], Any]
    written: str | None = None

    def counts(self, found: Mapping[str, FacetCounts]) -> FacetCounts:
        """The counts of the facet, by those of the fields; a text is called as most documents write it."""
        shown = self.shown
        if self.written is not None:
            names = _most_frequent(found[self.field], found[self.written])
            shown = names.__getitem__
        counts = FacetCounts()
        for value, count in found[self.field].items():
            name = shown(value)
            counts[name] = counts.get(name, 0) + count
        counts.others = found[self.field].others
        return counts


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
            own.append(ValueField(_engine_name(name), _ENGINE_KINDS[kind]))
            if kind == "text":
                own.append(ValueField(_written(_engine_name(name)), "label"))
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
            at = local_time(published, self.zone)
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
                    reason = f"extra[{name!r}] must be {_EXPECTED[kind]}, not {str(given)[:60]!r}"
                    raise DocumentError(reason, id=document.id) from None
                if isinstance(stored, tuple) and kind == "text":
                    _add_labels(values, _engine_name(name), stored)
                else:
                    values[_engine_name(name)] = stored
        return values

    def where(self, wanted: Mapping[str, Any]) -> tuple[Clause, ...]:
        """What a document must be to have these values: ``{"author": ["甲", "乙"], "price": "10..20"}``.

        Raises ValueError for a field that is not declared, or a value that is none of its kind.
        """
        nodes: list[Clause] = []
        for name, value in wanted.items():
            self._check_known(name, self.values_of, "where")
            choices = value if isinstance(value, list | set | frozenset) else [value]
            try:
                found = tuple(self.clause(name, choice) for choice in choices)
            except ValueError as error:
                raise ValueError(f"where: {name!r} is {self.expected(name)}, not {value!r}") from error
            nodes.append(found[0] if len(found) == 1 else Boolean(should=found, minimum_should_match=1))
        return tuple(nodes)

    def clause(self, name: str, value: Any) -> Clause:
        """What a document must be whose declared field has this value, or one in this range.

        Raises ValueError for a value of another kind.
        """
        try:
            return self._node(name, value)
        except (TypeError, OverflowError) as error:
            raise ValueError(value) from error

    def expected(self, name: str) -> str:
        """What a value of a declared field is, in words."""
        kind = self.declared[name]
        return _EXPECTED[kind] + (", or a range of them in order" if kind in ("number", "date") else "")

    def sort(self, name: str) -> Sort | None:
        """The order by a name: a declared field, ``newest`` or ``oldest``; None is by relevance.

        A minus turns the order of a field around.
        """
        if name == "relevance":
            return None
        if name in ("newest", "oldest"):
            return Sort("published", descending=name == "newest")
        field = name.removeprefix("-")
        self._check_known(field, ["relevance", "newest", "oldest", *self.values_of], "sort")
        if field not in self.values_of:
            raise ValueError(f"sort: {name!r} has an order already, so no minus")
        return Sort(_engine_name(field), descending=name.startswith("-"))

    def boosts(self, wanted: Mapping[str, float]) -> dict[str, float]:
        """What fields of text count for the rank: ``{"title": 3, "body": 1}``.

        Raises ValueError for a field that has no text to rank by, or a number that is none or negative.
        """
        if not isinstance(wanted, Mapping):
            raise TypeError(f"boosts must be a mapping of fields to numbers, not {wanted!r}")
        found = {}
        for name, boost in wanted.items():
            self._check_known(name, ["title", "body", TAGS, *self.texts], "boosts")
            try:
                found[name] = _number(boost)
            except (TypeError, ValueError, OverflowError):
                raise ValueError(f"boosts: {name!r} must be a number, not {boost!r}") from None
            if found[name] < 0 or found[name] > _LARGEST_BOOST:
                raise ValueError(f"boosts: {name!r} must be from 0 to {_LARGEST_BOOST:,}, not {boost!r}")
        return found

    def facet(self, name: str) -> Facet:
        """What is counted for the facet of this name; raises ValueError where there is none."""
        self._check_known(name, ["source", "tags", "year", "month", *self.values_of], "facets")
        if name == "year":
            return Facet(MONTH, lambda month: month // 100)
        if name == "month":
            return Facet(MONTH, lambda month: f"{month // 100:04}-{month % 100:02}")
        kind = self.values_of.get(name, "text")
        field = _engine_name(name) if name in self.values_of else name
        shown = partial(_day, zone=self.zone) if kind == "date" else _SHOWN[kind]
        return Facet(field, shown, _written(field) if kind == "text" else None)

    def _node(self, name: str, value: Any) -> Clause:
        kind, field = self.declared[name], _engine_name(name)
        if kind in ("text", "boolean"):
            return TermSet(field, label_forms(_labels(value)) if kind == "text" else _truth(value))
        if value is None:
            raise ValueError(value)
        low, high = value if isinstance(value, tuple) else (value, value)
        if isinstance(value, str) and ".." in value:
            low, _, high = (part.strip() or None for part in value.partition(".."))
        bounds = _number_bounds if kind == "number" else partial(_date_bounds, zone=self.zone)
        first = None if low is None else bounds(low)[0]
        behind = None if high is None else bounds(high)[1]
        if first is not None and behind is not None and first >= behind:
            raise ValueError(value)
        return Range(field, first, behind)

    def _check_known(self, name: object, known: Collection[str], argument: str) -> None:
        if name not in known:
            choices = ", ".join(known) or "none: an index is created with fields={...}"
            raise ValueError(f"{argument}: there is no field {name!r}; there are {choices}")


def address_term(text: str) -> str:
    """The term of a web address, however it is written; empty for a text that is none."""
    key = address_key(text)
    return id_term(key) if key else ""


def label_forms(labels: Iterable[str]) -> tuple[str, ...]:
    """The labels as an engine holds them: in one script, width and case, with single spaces, each once."""
    return tuple(dict.fromkeys(map(_label_form, labels)))


@lru_cache(maxsize=10_000)  # sources and tags come again
def _label_form(label: str) -> str:
    return " ".join(visible(normalize(label)).split()) or label


def _add_labels(values: dict[str, Value], field: str, labels: Iterable[str]) -> None:
    """Puts the forms of the labels into the values, and those that are written in another way."""
    forms: dict[str, None] = {}
    others = []
    for label in labels:
        form = _label_form(label)
        if form not in forms:
            forms[form] = None
            if label != form:
                others.append(label)
    values[field] = tuple(forms)
    if others:
        values[_written(field)] = tuple(others)


def _most_frequent(forms: Mapping[str, int], written: Mapping[str, int]) -> dict[str, str]:
    """For each form how most documents write it."""
    spellings: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for spelling, count in written.items():
        spellings[_label_form(spelling)][spelling] = count
    names = {}
    for form, count in forms.items():
        # What is written as its form is in no other field.
        counts = {form: count - sum(spellings[form].values()), **spellings[form]}
        names[form] = max(counts, key=lambda spelling: (counts[spelling], spelling))
    return names


def _written(field: str) -> str:
    return f"written_{field}"


def text_field(name: str) -> str:
    """What the names of the engine's fields for a field of text begin with."""
    return name if name in ("title", "body") else TEXT_PREFIX + name


def _engine_name(name: str) -> str:
    return f"extra_{name}"


def _labels(value: Any) -> tuple[str, ...]:
    found = as_list("extra", value)
    if len(found) > MOST_LABELS or any(len(label) > LONGEST_LABEL for label in found):
        raise ValueError("too long")
    return tuple(dict.fromkeys(label for label in found if label))


def _truth(value: Any) -> tuple[str, ...]:
    text = str(value).lower() if isinstance(value, bool) else value
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


def _date_bounds(value: When, zone: tzinfo) -> tuple[int, int]:
    if isinstance(value, str) and (days := parse_days(value.strip())) and days[0] and days[1]:
        return day_start(days[0], zone), day_end(days[1], zone)
    return time_bound("where", value, zone=zone), time_bound("where", value, end=True, zone=zone)


def _day(at: int, zone: tzinfo) -> str:
    return day_of(at, zone).isoformat()


def _stored(kind: FieldKind, value: Any, zone: tzinfo) -> Value:
    """The value of a document, where a number is no text and a time no object, as in JSON."""
    if not isinstance(value, _GIVEN[kind]):
        raise TypeError(value)
    if kind == "date":
        at = time_bound("extra", value, zone=zone)
        day_of(at)  # its zone may take the first and the last day out of the calendar
        return at
    return _number(value) if kind == "number" else _labels(value) if kind == "text" else _truth(value)


_GIVEN: dict[FieldKind, Any] = {"text": str | list, "number": SupportsFloat, "date": str, "boolean": bool}
_SHOWN: dict[FieldKind, Any] = {"text": str, "number": float, "boolean": "true".__eq__}
_EXPECTED: dict[FieldKind, str] = {
    "text": f"a text or a list of texts of at most {LONGEST_LABEL} characters",
    "number": "a number",
    "date": "a date like 2024-07-31 or an ISO 8601 time",
    "boolean": "true or false",
}
