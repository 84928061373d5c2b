"""What the tests of the contract share: the engines, what they are filled with, and the plainest engine one
can think of, which the others are checked against.

An engine is added by its factory in ENGINES; nothing else here knows which engine runs.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from searchkit.engine import create_engine
from searchkit.engine.base import Engine, EngineWriter, IndexDocument, ScoredDoc, Snapshot
from searchkit.engine.plan import (
    TEXT_FIELDS,
    Boolean,
    Clause,
    Fuzzy,
    MatchAll,
    MatchNone,
    Phrase,
    Plan,
    Prefix,
    Range,
    ScoreClause,
    Sort,
    Term,
    TermSet,
    Value,
    ValueField,
    Wildcard,
)
from tools.cluster import running_url

MakeEngine = Callable[..., Engine]

ENGINES: dict[str, Callable[[Path, Iterable[ValueField]], Engine]] = {
    "tantivy on disk": lambda folder, values: create_engine(str(folder / "index"), {"made": "here"}, values),
    "tantivy in memory": lambda _, values: create_engine(":memory:", {"made": "here"}, values),
    "whoosh": lambda folder, values: create_engine(f"whoosh:{folder / 'index'}", {"made": "here"}, values),
    "opensearch": lambda _, values: create_engine(cluster_location(), {"made": "here"}, values),
}
ON_DISK = ["tantivy on disk", "whoosh", "opensearch"]
"""Those that others can open as well."""
CLUSTER = os.environ.get("SEARCHKIT_TEST_OPENSEARCH") or running_url()
"""The cluster that tests may use: http://127.0.0.1:9200, also several with commas between them."""

UNIGRAM_FIELDS = ["title_unigrams", "body_unigrams"]
BIGRAMS = ["title_bigrams", "body_bigrams"]
PRICE = "extra_价格"  # a field of an index may have any name that Python can have
FIELDS = (
    ValueField("published", "integer"),
    ValueField(PRICE, "number"),
    ValueField("source", "label"),
    ValueField("tags", "label"),
    ValueField("completions", "key"),
)
COUNTED = [field.name for field in FIELDS if field.kind != "key"]
SORTS = [Sort(name, descending) for name in COUNTED for descending in (False, True)]


def folder_of(engine: Engine) -> Path:
    """Where an engine on disk has its files."""
    return Path(engine.location.removeprefix("whoosh:"))


def deleted_count(engine: Engine) -> bool:
    """Do deleted documents count for how rare a term is, also after a force merge?"""
    return engine.location.startswith("opensearch")


def cluster_location(settings: str = "replicas=0") -> str:
    """Where an index can be made in the cluster; the tests remove those with this name when they end."""
    hosts = (CLUSTER or "").rpartition("//")[2].rstrip("/")
    return f"opensearch://{hosts}/searchkit-test-{os.getpid()}-{secrets.token_hex(6)}?{settings}"


def forget(engine: Engine) -> None:
    """Let another index be made in the place of this one."""
    if engine.location.startswith("opensearch"):
        forget_at(engine.location)
    elif engine.location != ":memory:":
        (folder_of(engine) / "index.json").unlink()


def forget_at(location: str) -> None:
    """Remove the index from the cluster, if there is one."""
    from opensearchpy import OpenSearch

    parts = urlsplit(location)
    with closing(OpenSearch([f"http://{host}" for host in parts.netloc.split(",")])) as client:
        client.indices.delete(index=parts.path[1:], ignore_unavailable=True)


@contextmanager
def writing(
    engine: Engine, *, force_merge: bool = False, memory: int | None = None
) -> Iterator[EngineWriter]:
    writer = engine.writer(timeout=0, force_merge=force_merge, memory=memory)
    try:
        yield writer
    finally:
        writer.close()


def fill(engine: Engine, index_documents: Sequence[IndexDocument], commits: int = 1) -> None:
    with writing(engine) as writer:
        for number in range(commits):
            for one in index_documents[number::commits]:
                writer.upsert(one)
            writer.commit()


def index_document(id: str, values: dict[str, Value] | None = None, **fields: str) -> IndexDocument:
    terms = {name: fields.get(name, "") for name in TEXT_FIELDS}
    return IndexDocument(id=id, stored=json.dumps({"id": id}).encode(), terms=terms, values=values or {})


def id_of(stored: bytes) -> str:
    return str(json.loads(stored)["id"])


def ids_of(snapshot: Snapshot) -> set[str]:
    return set(map(id_of, snapshot))


def search(
    engine: Engine,
    match: Clause,
    scores: Sequence[ScoreClause] = (),
    *,
    limit: int = 1000,
    offset: int = 0,
    sort: Sort | None = None,
) -> list[ScoredDoc]:
    plan = Plan(match, tuple(scores))
    total, found = engine.snapshot().search(plan, limit=limit, offset=offset, sort=sort)
    assert total == engine.snapshot().count(match)
    return found


def found_ids(found: Sequence[ScoredDoc]) -> list[str]:
    return [id_of(one.stored) for one in found]


def scores_by_id(found: Sequence[ScoredDoc]) -> dict[str, float]:
    return {id_of(one.stored): one.score for one in found}


def answers(snapshot: Snapshot) -> dict[str, Any]:
    """What a snapshot says to every question that it can be asked."""
    plan = Plan(
        MatchAll(), (ScoreClause(Term("words", "甲"), 1.0), ScoreClause(Term("body_unigrams", "a_"), 0.5))
    )
    return {
        "version": snapshot.version,
        "all": sorted(snapshot),
        "length": len(snapshot),
        "stored": snapshot.stored(IDS),
        "existing": snapshot.existing(IDS),
        "count": snapshot.count(Term("words", "甲")),
        "search": [snapshot.search(plan, limit=100, offset=0, sort=sort) for sort in (None, *SORTS)],
        "facets": snapshot.facets(MatchAll(), COUNTED),
        "frequencies": [snapshot.doc_freqs(name, TERMS) for name in TEXT_FIELDS],
        "completions": [
            sorted(snapshot.terms_with_prefix("completions", text, limit=100)) for text in ("", "甲")
        ],
    }


def examples(request: pytest.FixtureRequest) -> settings:
    """How many random cases: a commit on disk takes long."""
    return settings(max_examples=10 if request.node.callspec.params["make_engine"] in ON_DISK else 30)


# -- the plainest engine


def labels(one: IndexDocument, field: str) -> tuple[str, ...]:
    """The terms, the labels or the keys that the document has in the field."""
    if field == "id":
        return (one.id,)
    if field in TEXT_FIELDS:
        return tuple(one.terms[field].split())
    found = one.values.get(field, ())
    assert isinstance(found, tuple)
    return found


def values(one: IndexDocument, field: str) -> tuple[Any, ...]:
    """The values that the document has in a field of any kind."""
    found = one.values.get(field, ())
    return found if isinstance(found, tuple) else (found,)


def matches(node: Clause, one: IndexDocument) -> bool:
    """Does the document match? The contract, in its plainest form."""
    match node:
        case Term(field, text):
            return text in labels(one, field)
        case Phrase(field, terms, 0, beginnings):
            there = labels(one, field)
            first = terms[0][0]
            return any(
                all(
                    start + offset - first < len(there)
                    and _is(text, there[start + offset - first], beginning=number in beginnings)
                    for number, (offset, text) in enumerate(terms)
                )
                for start in range(len(there))
            )
        case Prefix(field, text):
            return any(term.startswith(text) for term in labels(one, field))
        case Wildcard(field, pattern):
            return any(fnmatchcase(term, pattern) for term in labels(one, field))
        case Fuzzy(field, text, distance):
            return any(letters_apart(text, term) <= distance for term in labels(one, field))
        case TermSet(field, wanted):
            return not set(wanted).isdisjoint(labels(one, field))
        case Range(field, low, high):
            return any(
                (low is None or at >= low) and (high is None or at < high) for at in values(one, field)
            )
        case Boolean(must, should, must_not, minimum):
            return (
                all(matches(child, one) for child in must)
                and not any(matches(child, one) for child in must_not)
                and sum(matches(child, one) for child in should)
                >= (len(should) > 0 if minimum is None else minimum)
            )
        case MatchAll():
            return True
        case MatchNone():
            return False

    raise AssertionError(node)


def _is(text: str, term: str, *, beginning: bool) -> bool:
    return term.startswith(text) if beginning else term == text


@cache
def letters_apart(one: str, other: str) -> int:
    """Letters wrong, missing or too many, or swapped with their neighbour; no letter is changed twice."""
    if not one or not other:
        return len(one) + len(other)
    least = min(
        letters_apart(one[1:], other) + 1,
        letters_apart(one, other[1:]) + 1,
        letters_apart(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and len(other) > 1 and one[:2] == other[1::-1]:
        least = min(least, letters_apart(one[2:], other[2:]) + 1)
    return least


@dataclass(frozen=True)
class Commit:
    """What one writer does before it commits: puts a document, deletes an id, or, for None, deletes all."""

    steps: tuple[IndexDocument | str | None, ...]
    force_merge: bool = False


History = Sequence[Commit]


def play(engine: Engine, history: History) -> list[IndexDocument]:
    """Let it happen to the engine; returns what has to be there then."""
    there: dict[str, IndexDocument] = {}
    for commit in history:
        with writing(engine, force_merge=commit.force_merge) as writer:
            for step in commit.steps:
                if isinstance(step, IndexDocument):
                    writer.upsert(step)
                    there[step.id] = step
                elif step is None:
                    writer.delete_all()
                    there.clear()
                else:
                    writer.delete(step)
                    there.pop(step, None)
            writer.commit()
    return list(there.values())


def ever_put(history: History) -> list[IndexDocument]:
    return [step for commit in history for step in commit.steps if isinstance(step, IndexDocument)]


# -- what the engines are filled with, and asked for


IDS = list("0123456")
TERMS = ["甲", "乙", "甲乙", "a_", "a_b_", "c++_", "¶a_", "word", "wrod", "words", "wo.d", "ab"]
# Code points, bytes and UTF-16 put the last two into different orders.
LABELS = ["甲", "乙", "甲乙", "a", "A", "a b", "a\x1f甲", 'a"*\\', "长" * 1000, "", "\uffff", "𠮷"]

terms = st.sampled_from(TERMS)
beginnings = st.sampled_from(["甲", "a", "a_", "c+", "w", "word", "wo.", "¶", "x"])
integers = st.integers(-3, 3) | st.sampled_from(
    [-(10**12), 10**12, 253_402_300_799_999, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]
)
_some_numbers = [-1.5, -0.5, 0.0, 0.1, 0.1 + 0.2, 0.3, 1.0, 5e-324, 1e308, -1e308, 2.0**53 + 2]
numbers = st.sampled_from(_some_numbers) | st.floats(allow_nan=False, allow_infinity=False).map(
    lambda number: number + 0.0  # Fields gives no negative zero
)
_labels = st.lists(st.sampled_from(LABELS), max_size=3).map(tuple)
some_values = st.fixed_dictionaries(
    {},
    optional={
        "published": integers,
        PRICE: numbers,
        "source": st.sampled_from(LABELS).map(lambda label: (label,)),
        "tags": _labels,
        "completions": _labels,
    },
)


@st.composite
def entry_with(draw: st.DrawFn, id: str) -> IndexDocument:
    """A document whose terms and values are few, so that they match."""
    return IndexDocument(
        id=id,
        stored=json.dumps({"id": id, "made": draw(st.integers(0, 99))}).encode(),
        terms={field: " ".join(draw(st.lists(terms, max_size=6))) for field in TEXT_FIELDS},
        values=draw(some_values),
    )


@st.composite
def index_documents(draw: st.DrawFn) -> list[IndexDocument]:
    """Entries with the ids 0, 1, 2…"""
    return [draw(entry_with(str(number))) for number in range(draw(st.integers(0, 8)))]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Some commits with few ids, so that documents are replaced and deleted."""
    return [
        Commit(tuple(draw(st.lists(_steps, max_size=6))), force_merge=draw(st.booleans()))
        for _ in range(draw(st.integers(0, 4)))
    ]


_puts = st.sampled_from(IDS).flatmap(entry_with)
_steps = st.integers(0, 9).flatmap(
    lambda kind: _puts if kind < 7 else st.sampled_from(IDS) if kind < 9 else st.none()
)


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    offsets = draw(st.lists(st.integers(0, 5), min_size=2, max_size=4, unique=True).map(sorted))
    opened = draw(st.just([]) | st.lists(st.integers(0, len(offsets) - 1), max_size=2))
    links = [
        (offset, draw(beginnings if number in opened else terms)) for number, offset in enumerate(offsets)
    ]
    return Phrase(draw(st.sampled_from(BIGRAMS)), tuple(links), beginnings=frozenset(opened))


_label_fields = st.sampled_from(["source", "tags", "completions"])
_patterns = st.sampled_from(["w*", "w?rd", "w*d*", "wo.?", "a?", "*", "?b", "x*", "甲*"])
_leaves = (
    st.builds(Term, st.sampled_from(TEXT_FIELDS), terms)
    | phrases()
    | st.builds(Prefix, st.sampled_from(TEXT_FIELDS), beginnings)
    | st.builds(Wildcard, st.sampled_from(UNIGRAM_FIELDS), _patterns)
    | st.builds(
        Fuzzy,
        st.sampled_from(UNIGRAM_FIELDS),
        st.sampled_from(["word", "wrod", "ward", "ab", "wordss", "xyz"]),
        st.integers(1, 2),
    )
    | st.builds(TermSet, st.just("id"), st.lists(st.sampled_from([*IDS, "x"]), max_size=3).map(tuple))
    | st.builds(TermSet, _label_fields, st.lists(st.sampled_from([*LABELS, "x"]), max_size=3).map(tuple))
    | st.builds(Term, _label_fields, st.sampled_from([*LABELS, "x"]))
    | st.builds(Range, st.just("published"), st.none() | integers, st.none() | integers)
    | st.builds(Range, st.just(PRICE), st.none() | numbers, st.none() | numbers)
    | st.builds(Range, st.sampled_from(COUNTED), st.none(), st.none())
    | st.just(MatchAll())
    | st.just(MatchNone())
)


def _with_children(children: st.SearchStrategy[Clause]) -> st.SearchStrategy[Clause]:
    some = st.lists(children, max_size=3).map(tuple)
    several = st.lists(children, min_size=1, max_size=4).map(tuple)
    return (
        st.builds(Boolean, must=some, must_not=some)
        | st.builds(Boolean, should=several, minimum_should_match=st.integers(1, 4))
        | st.builds(Boolean, some, some, some, st.none() | st.integers(0, 2))
    )


nodes = st.recursive(_leaves, _with_children, max_leaves=8)
scores = st.lists(
    st.builds(
        ScoreClause,
        st.builds(Term, st.sampled_from(TEXT_FIELDS), terms)
        | st.builds(Prefix, st.sampled_from(UNIGRAM_FIELDS), beginnings),
        st.floats(0.125, 4, width=16),
    ),
    max_size=5,
    unique_by=lambda score: score.node,
)
