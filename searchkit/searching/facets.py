"""Facets: how many of the matches have each value of a field, one by one or in buckets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from math import isfinite
from reprlib import repr as shortened
from typing import Any, Literal, NamedTuple, get_args

from searchkit.dates import MILLISECONDS_OF_DAY, UTC, day_of, day_start
from searchkit.engine.base import FacetCounts, Snapshot
from searchkit.engine.plan import Buckets, Clause
from searchkit.schema import MONTH, OPEN_END, FieldKind, Schema, engine_name, label_form, written
from searchkit.text import well_formed

By = Literal["day", "month", "year"]
Order = Literal["count", "value", "-value"]

_MOST_EDGES = 1000
_MOST_STEPS = 10_000
_IN_TIME = ("year", "month")


@dataclass(frozen=True)
class Facet:
    """What is counted, for ``Index.search(..., facets=[...])``, where its name alone does not say it.

    ``limit`` is how many values are listed, ``order`` says which come first: those of most matches
    (``count``), the least ones (``value``) or the greatest (``-value``). Dates are counted ``by`` day, month
    or year. Numbers and dates are counted between ``edges``, numbers also in steps: with ``step=10`` those
    from 0 to below 10 are one value, called ``0..<10``. Every value is one that ``where`` takes.

    As a text, of the command line and of URLs: ``price:10,50,100``, ``price:step=10``, ``published:month``,
    ``source:limit=5:order=value``.

    Raises ValueError or TypeError for what is none of these.
    """

    name: str
    limit: int | None = field(default=None, kw_only=True)
    order: Order | None = field(default=None, kw_only=True)
    by: By | None = field(default=None, kw_only=True)
    edges: Iterable[Any] = field(default=(), kw_only=True)
    step: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise TypeError(f"facets: {self.name!r} is {type(self.name).__name__}, not text")
        at = f"facets: of {self.name!r}"
        if isinstance(self.edges, str) or not isinstance(self.edges, Iterable):
            raise TypeError(f"{at}, edges must be a list of numbers or dates, not {self.edges!r}")
        object.__setattr__(self, "edges", tuple(self.edges))
        if self.limit is not None and not _is_number(self.limit, int, least=1):
            raise ValueError(f"{at}, limit must be a whole number of at least 1, not {self.limit!r}")
        if self.step is not None and not (_is_number(self.step, int | float, least=0) and self.step):
            raise ValueError(f"{at}, step must be a number above 0, not {self.step!r}")
        for option, value, choices in (("order", self.order, Order), ("by", self.by, By)):
            if value is not None and value not in get_args(choices):
                known = ", ".join(get_args(choices))
                raise ValueError(f"{at}, {option} must be one of {known}, not {value!r}")
        if len(tuple(self.edges)) > _MOST_EDGES:
            raise ValueError(f"{at}, there are more than {_MOST_EDGES:,} edges")
        if sum(map(bool, (self.by, self.edges, self.step))) > 1:
            raise ValueError(f"{at}, only one of by, edges and step can be given")

    @classmethod
    def parse(cls, text: str) -> Facet:
        """The facet that a text stands for: ``NAME``, or ``NAME:OPTION:OPTION``."""
        name, *parts = (part.strip() for part in text.split(":"))
        options: dict[str, Any] = {}
        for part in parts:
            option, is_named, value = part.partition("=")
            if is_named and option in ("limit", "step", "order"):
                options[option] = value if option == "order" else _number_of(text, option, value)
            elif part in get_args(By):
                options["by"] = part
            elif part and not is_named:
                options["edges"] = [edge.strip() for edge in part.split(",")]
            else:
                takes = "edges (10,50,100), step=N, day, month, year, limit=N, order=count|value|-value"
                raise ValueError(
                    f"facets: {text!r} has {part!r} behind a colon, where stands one of: {takes}"
                )
        return cls(name, **options)


def facets_of(given: str | Facet | Iterable[str | Facet]) -> tuple[Facet, ...]:
    """The facets that are asked for: their names, texts as `Facet.parse` takes them, with commas, or objects.

    Raises ValueError where one name is there with different options.
    """
    if isinstance(given, Mapping) and not all(isinstance(kind, str) for kind in given.values()):
        raise TypeError(f"facets: {shortened(given)} is no list of names or of Facet('NAME', limit=…)")
    texts: list[str | Facet] = []
    for one in [given] if isinstance(given, str | Facet) else given:
        if isinstance(one, Facet):
            texts.append(one)
            continue
        if not isinstance(one, str):
            raise TypeError(f"facets: {one!r} is {type(one).__name__}, not text")
        for part in well_formed(one).split(","):
            last = texts[-1] if texts else None
            # What begins with no name is an edge more of the one before.
            if isinstance(last, str) and ":" in last and not part.partition(":")[0].strip().isidentifier():
                texts[-1] = f"{last},{part}"
            else:
                texts.append(part)
    found = dict.fromkeys(one if isinstance(one, Facet) else Facet.parse(one) for one in texts)
    names = [facet.name for facet in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"facets: {twice!r} is asked for in two ways; make two searches of it")
    return tuple(found)


class CountedField(NamedTuple):
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


def counted_field(name: str, schema: Schema) -> CountedField:
    """What is counted for the facet of this name; raises ValueError where there is none."""
    if name == "year":
        return CountedField(MONTH, lambda month: month // 100)
    if name == "month":
        return CountedField(MONTH, lambda month: f"{month // 100:04}-{month % 100:02}")
    schema.check_known(name, ["source", "tags", "year", "month", "published", *schema.values_of], "facets")
    kind, field = schema.kind_of(name), engine_name(name)
    return CountedField(field, _SHOWN[kind], written(field) if kind == "text" else None)


def _most_frequent(forms: Mapping[str, int], written: Mapping[str, int]) -> dict[str, str]:
    """For each form how most documents write it."""
    spellings: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for spelling, count in written.items():
        spellings[label_form(spelling)][spelling] = count
    names = {}
    for form, count in forms.items():
        # What is written as its form is in no other field.
        counts = {form: count - sum(spellings[form].values()), **spellings[form]}
        names[form] = max(counts, key=lambda spelling: (counts[spelling], spelling))
    return names


_SHOWN: dict[FieldKind, Callable[[Any], Any]] = {
    "text": str,
    "number": float,
    "date": int,  # they are counted in buckets
    "boolean": "true".__eq__,
}


class _Value(NamedTuple):
    """A value that is listed: what it is called, by what it sorts, and how many have it."""

    shown: Any
    place: Any
    having: int


def count_facets(
    snapshot: Snapshot, match: Clause, facets: Iterable[Facet], schema: Schema
) -> dict[str, FacetCounts]:
    """For each facet its values, the most frequent first; those of time and buckets in their order.

    Raises ValueError for a name that is no facet, or what it does not count by.
    """
    wanted = {facet: counted_field(facet.name, schema) for facet in facets}
    if not wanted:
        return {}
    whole = {facet: counted for facet, counted in wanted.items() if not _in_buckets(facet, schema)}
    fields = [field for one in whole.values() for field in (one.field, one.written) if field]
    found = snapshot.facets(match, list(dict.fromkeys(fields))) if fields else {}
    counts: dict[str, FacetCounts] = {}
    for facet, counted in wanted.items():
        others = 0
        if facet in whole:
            values, others = _one_by_one(counted, found)
        elif facet.edges:
            values = _between_edges(snapshot, match, facet, schema)
        elif facet.step:
            values = _in_steps(snapshot, match, facet, facet.step)
        else:
            values = _in_time(snapshot, match, facet, schema.zone)
        is_in_order = facet not in whole or facet.name in _IN_TIME
        counts[facet.name] = _listed(values, others, facet, "value" if is_in_order else "count")
    return counts


def _in_buckets(facet: Facet, schema: Schema) -> bool:
    """Is it counted by ranges? Raises ValueError for ranges that its values do not have."""
    kind = "text" if facet.name in _IN_TIME else schema.kind_of(facet.name)
    if facet.by and kind != "date":
        raise ValueError(f"facets: by={facet.by!r} is for dates, and {facet.name!r} is none")
    if facet.step and kind != "number":
        raise ValueError(f"facets: step is for numbers, and {facet.name!r} is none")
    if facet.edges and kind not in ("number", "date"):
        raise ValueError(f"facets: edges are for numbers and dates, and {facet.name!r} is neither")
    return kind == "date" or bool(facet.edges or facet.step)


def _one_by_one(counted: CountedField, found: Mapping[str, FacetCounts]) -> tuple[list[_Value], int]:
    counts = counted.counts(found)
    return [_Value(value, value, count) for value, count in counts.items()], counts.others


def _in_time(snapshot: Snapshot, match: Clause, facet: Facet, zone: tzinfo) -> list[_Value]:
    name, by = engine_name(facet.name), facet.by or "day"
    counts: dict[str, int] = {}
    days = snapshot.buckets(match, Buckets(name, width=MILLISECONDS_OF_DAY))
    if zone is UTC:
        for number, count in days.items():
            value = _called(day_of(number * MILLISECONDS_OF_DAY), by)
            counts[value] = counts.get(value, 0) + count
    elif days:
        # Days of other zones begin at other hours, which change within a year: so between their beginnings.
        firsts = sorted({first for number in days for first in _firsts_near(number, by)})
        edges = tuple(day_start(first, zone) for first in firsts)
        for at, count in snapshot.buckets(match, Buckets(name, edges)).items():
            counts[_called(firsts[max(at - 1, 0)], by)] = count
    shown = int if facet.by == "year" else str
    return [_Value(shown(value), value, count) for value, count in counts.items()]


def _firsts_near(number: int, by: By) -> Iterator[date]:
    """The first days of the days, months or years in which the day of this number lies, in any zone."""
    for beside in (-1, 0, 1):
        with suppress(OverflowError):  # outside the years 1 to 9999
            day = day_of((number + beside) * MILLISECONDS_OF_DAY)
            yield day if by == "day" else day.replace(day=1) if by == "month" else day.replace(month=1, day=1)


def _called(day: date, by: By) -> str:
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[by]]


def _between_edges(snapshot: Snapshot, match: Clause, facet: Facet, schema: Schema) -> list[_Value]:
    texts = [_text(edge) for edge in facet.edges]
    edges = tuple(schema.edge(facet.name, edge) for edge in facet.edges)
    if any(edge >= behind for edge, behind in zip(edges, edges[1:])):
        raise ValueError(f"facets: the edges of {facet.name!r} must rise: {', '.join(texts)}")
    return _between(snapshot, match, Buckets(engine_name(facet.name), edges), texts)


def _between(snapshot: Snapshot, match: Clause, wanted: Buckets, texts: Sequence[str]) -> list[_Value]:
    """What is counted between edges, called by their texts."""
    starts, ends = ["", *texts], [f"{OPEN_END}{text}" for text in texts] + [""]
    counts = snapshot.buckets(match, wanted)
    return [_Value(f"{starts[at]}..{ends[at]}", at, count) for at, count in counts.items()]


def _in_steps(snapshot: Snapshot, match: Clause, facet: Facet, step: float) -> list[_Value]:
    name = engine_name(facet.name)
    near = {at + by for at in snapshot.buckets(match, Buckets(name, width=float(step))) for by in (-1, 0, 1)}
    if len(near) > _MOST_STEPS:
        raise ValueError(
            f"facets: the values of {facet.name!r} lie in more than {_MOST_STEPS // 3:,} steps of {step}; "
            "take a larger step, or edges"
        )
    # Where a step ends is a matter of rounding, and `where` has to agree: so between the ends as shown.
    ends = {float(Decimal(str(step)) * (at + by)) for at in near for by in (0, 1)}
    edges = sorted(filter(isfinite, ends))
    return _between(snapshot, match, Buckets(name, tuple(edges)), [*map(_text, edges)]) if edges else []


def _listed(values: list[_Value], others: int, facet: Facet, order: str) -> FacetCounts:
    order = facet.order or order
    if order == "count":
        in_order = sorted(values, key=lambda value: (-value.having, value.place))
    else:
        in_order = sorted(values, key=lambda value: value.place, reverse=order.startswith("-"))
    counts = FacetCounts((value.shown, value.having) for value in in_order[: facet.limit])
    counts.others = others + sum(value.having for value in in_order[len(counts) :])
    return counts


def _text(value: Any) -> str:
    """An edge as `where` takes it."""
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _is_number(value: Any, kind: Any, *, least: float) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool) and isfinite(value) and value >= least


def _number_of(text: str, option: str, value: str) -> float:
    try:
        return int(value) if option == "limit" else float(value)
    except ValueError:
        raise ValueError(f"facets: {text!r} has {value!r} for {option}, which is no number") from None
