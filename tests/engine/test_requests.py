"""A question about many terms, plans or fields is one request to a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from suite import COUNTED, FIELDS, cluster_location, fill, forget_at, index_document

import searchkit
from searchkit import Document
from searchkit.engine.base import Snapshot
from searchkit.engine.opensearch.client import Calls
from searchkit.engine.opensearch.engine import OpenSearchEngine
from searchkit.engine.plan import MatchAll, Plan, Term

Count = Callable[[Callable[[], Any]], int]


@pytest.fixture
def requests(cluster: str, monkeypatch: pytest.MonkeyPatch) -> Count:
    """Counts the searches that a piece of work sends."""
    sent: list[str] = []
    call = Calls.call

    def counted(self: Calls, method: str, path: str, *arguments: Any, **options: Any) -> Any:
        if path.endswith("search"):
            sent.append(path)
        return call(self, method, path, *arguments, **options)

    monkeypatch.setattr(Calls, "call", counted)

    def count(work: Callable[[], Any]) -> int:
        sent.clear()
        work()
        return len(sent)

    return count


@pytest.fixture
def snapshot(cluster: str) -> Iterator[Snapshot]:
    location = cluster_location()
    with closing(OpenSearchEngine.create(location, {"made": "here"}, FIELDS)) as engine:
        fill(
            engine,
            [index_document(str(n), {"tags": ("甲",), "source": (f"{n}",)}, words="甲") for n in range(20)],
        )
        yield engine.snapshot()
    forget_at(location)


def test_many_plans_are_one_request(snapshot: Snapshot, requests: Count) -> None:
    plans = [Plan(Term("words", "甲")), Plan(MatchAll())] * 50
    assert requests(lambda: snapshot.multi_search(plans, limit=10)) == 1


def test_all_facets_are_one_request(snapshot: Snapshot, requests: Count) -> None:
    assert requests(lambda: snapshot.facets(MatchAll(), COUNTED)) == 1


def test_hundreds_of_document_frequencies_are_one_request(snapshot: Snapshot, requests: Count) -> None:
    assert requests(lambda: snapshot.doc_freqs("words", [f"a{n}" for n in range(900)])) == 1


def test_a_page_with_its_stored_fields_is_one_request(snapshot: Snapshot, requests: Count) -> None:
    assert requests(lambda: snapshot.search(Plan(MatchAll()), limit=20, offset=0)) == 1
    assert requests(lambda: snapshot.stored(map(str, range(20)))) == 1
    assert requests(lambda: snapshot.existing(map(str, range(20)))) == 1


def test_an_explanation_needs_no_request_for_each_term(requests: Count) -> None:
    location = cluster_location()
    with searchkit.create(location) as index:
        index.add(
            [Document(id=str(n), title="图书馆开放", body="图书馆每天开放到晚上十点。") for n in range(5)]
        )
        index.search("图书馆")
        short = requests(lambda: index.explain("图书馆", "1"))
        long = requests(lambda: index.explain("图书馆 每天 开放 晚上 十点", "1"))
        assert len(index.explain("图书馆 每天 开放 晚上 十点", "1").contributions) > 10
    forget_at(location)
    assert long - short <= 4 + 5, "the planner asks for each word with alternatives"
