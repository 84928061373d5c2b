"""A commit that is searched: a point in time of OpenSearch, which keeps what later commits remove.

A point in time lives on the nodes that it was made on. Where it is gone, with its node or after ten minutes
in which nobody asked, another one takes its place as long as nobody has committed since.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from searchkit.engine.aggregations import facet_counts
from searchkit.engine.base import (
    MOST_VALUES,
    FacetCounts,
    Hits,
    PlanTooExpensiveError,
    ScoredDoc,
    Snapshot,
    id_term,
)
from searchkit.engine.opensearch.client import Calls, RefusedError
from searchkit.engine.opensearch.mapping import KEY, TIES, path_of
from searchkit.engine.opensearch.query import (
    MOST_CLAUSES,
    Query,
    any_of,
    match_query,
    prefix_pattern,
    ranked_query,
)
from searchkit.engine.opensearch.state import State, StateStore
from searchkit.engine.plan import Clause, MatchAll, Plan, Sort, Term
from searchkit.errors import CursorExpiredError, EngineUnavailableError

_KEEP = "10m"
_TIES = [{TIES: {"order": "asc", "unmapped_type": "long"}}, KEY]
_PAGE = 1000
_WINDOW = 10_000  # how far OpenSearch looks without being told behind which hit
_MOST_TERMS = 1000  # of one request
_MOST_SEARCHES = 200  # of one request
_LONGEST_PREFIX = 200  # a regular expression of Lucene has a thousand states, and a character up to four
_PATIENCE, _PAUSE, _MOST_REFUSED = 60.0, 0.5, 5


class PointInTime:
    """The shards as they were when it was made."""

    id: str

    def __init__(self, calls: Calls, version: str) -> None:
        self._calls = calls
        # Copies of a shard count deleted documents until each has merged them away, so all that search one
        # commit ask the same copies, whichever those are.
        self._params = {"keep_alive": _KEEP, "preference": version, "allow_partial_pit_creation": "false"}
        self.renew()

    def renew(self) -> None:
        """Make it anew."""
        self.id = self._calls.of_index("POST", "_search/point_in_time", params=self._params)["pit_id"]

    def search(self, bodies: Sequence[dict[str, Any]]) -> list[Any]:
        """The answers of the shards, in one request; all shards have to answer."""
        # Terms that are rare in one shard are not taken for rare in all.
        by_score = any(body.get("sort", [None])[0] == "_score" for body in bodies)
        params = {"search_type": "dfs_query_then_fetch"} if by_score else {}
        point = {"pit": {"id": self.id, "keep_alive": _KEEP}, "track_total_hits": True}
        asked = [{**body, **point} for body in bodies]
        if len(asked) == 1:
            params["allow_partial_search_results"] = "false"
            answers = [self._calls.call("POST", "/_search", asked[0], params=params, once=True)]
        else:
            answers = self._calls.multi_search(asked, params)
        for answer in answers:
            shards = answer["_shards"]
            if answer["timed_out"] or shards["failed"]:
                raise self._calls.unavailable(
                    f"only {shards['successful']} of {shards['total']} shards answered"
                )
        return answers


class OpenSearchSnapshot(Snapshot):
    def __init__(self, states: StateStore, state: State, dead: Sequence[str], point: PointInTime) -> None:
        self._states = states
        self.state = state
        self._point = point
        self._live = state.live()
        if dead:
            gone = [{"ids": {"values": dead[at : at + _WINDOW]}} for at in range(0, len(dead), _WINDOW)]
            self._live = {"bool": {"filter": [self._live], "must_not": gone}}
        self._length: int | None = None

    @property
    def version(self) -> str:
        return self.state.name

    def search(self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None) -> Hits:
        if limit <= 0:
            return self.count(plan.match), []
        total, hits = self._hits(self._body(plan, sort), offset, limit)
        return total, _scored(hits, sort)

    def multi_search(self, plans: Sequence[Plan], *, limit: int, sort: Sort | None = None) -> list[Hits]:
        if limit > _PAGE:
            return super().multi_search(plans, limit=limit, sort=sort)
        found = []
        for at in range(0, len(plans), _MOST_SEARCHES):
            some = plans[at : at + _MOST_SEARCHES]
            found += self._ask_all([{**self._body(plan, sort), "size": limit} for plan in some])
        hits = [answer["hits"] for answer in found]
        return [(int(one["total"]["value"]), _scored(one["hits"], sort)) for one in hits]

    def _body(self, plan: Plan, sort: Sort | None) -> dict[str, Any]:
        body: dict[str, Any] = {"sort": ["_score", *_TIES], "_source": ["stored"]}
        if not sort:
            return {**body, "query": ranked_query(plan, self._live)}
        direction = "desc" if sort.descending else "asc"
        order = {"order": direction, "missing": "_last", "unmapped_type": "keyword"}
        return {**body, "query": self._matching(plan.match), "sort": [{f"first.{sort.field}": order}, *_TIES]}

    def _hits(self, body: dict[str, Any], offset: int, limit: int) -> tuple[int, list[Any]]:
        """How many there are, and those from the offset; beyond the window all before them are skipped."""
        skip = offset if offset + min(limit, _PAGE) > _WINDOW else 0
        body = {**body, "from": offset - skip}
        hits: list[Any] = []
        while True:
            body["size"] = min(skip, _WINDOW) if skip else min(limit - len(hits), _PAGE)
            page = self._ask({**body, "_source": False} if skip else body)["hits"]
            total, found = int(page["total"]["value"]), page["hits"]
            if skip:
                skip -= len(found)
            else:
                hits += found
            if not found or len(hits) >= min(limit, total - offset):
                return total, hits
            body |= {"from": 0, "search_after": found[-1]["sort"]}

    def count(self, match: Clause) -> int:
        return int(self._ask({"query": self._matching(match), "size": 0})["hits"]["total"]["value"])

    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, FacetCounts]:
        query = self._matching(match)
        return facet_counts(
            lambda wanted: self._ask({"query": query, "size": 0, "aggs": wanted})["aggregations"],
            {name: path_of(name) for name in fields},
        )

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        buckets: list[Any] = []
        for at in range(0, len(terms), _MOST_TERMS):
            queries = [match_query(Term(field, term)) for term in terms[at : at + _MOST_TERMS]]
            buckets += self._buckets(self._live, {"filters": {"filters": queries}})
        return [bucket["doc_count"] for bucket in buckets]

    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        if limit <= 0:
            return []
        path = path_of(field)
        # Of a very long text OpenSearch looks at the beginning, and we at the rest.
        head = text[:_LONGEST_PREFIX]
        size = min(limit, MOST_VALUES) if head == text else MOST_VALUES
        wanted: dict[str, Any] = {"field": path, "size": size, "shard_size": MOST_VALUES}
        query = self._live
        if text:
            wanted["include"] = prefix_pattern(head)
            query = {"bool": {"filter": [self._live, {"prefix": {path: {"value": head}}}]}}
        found = [(one["key"], one["doc_count"]) for one in self._buckets(query, {"terms": wanted})]
        return [(key, count) for key, count in found if key.startswith(text)][:limit]

    def beginning_with(self, field: str, text: str) -> tuple[int, int]:  # noqa: ARG002
        # There are no values of a text field to count; Lucene takes no more terms than these.
        return MOST_CLAUSES, len(self)

    def stored(self, ids: Iterable[str]) -> dict[str, bytes]:
        wanted = {id_term(id): id for id in ids}
        found = [hit["_source"] for hit in self._with_keys(list(wanted), [KEY, "stored"])]
        return {wanted[source[KEY]]: source["stored"].encode() for source in found}

    def existing(self, ids: Iterable[str]) -> set[str]:
        wanted = {id_term(id): id for id in ids}
        return {wanted[hit["_source"][KEY]] for hit in self._with_keys(list(wanted), [KEY])}

    def document_ids(self, keys: Sequence[str]) -> list[str]:
        """The ids that OpenSearch has for the documents with these keys."""
        return [hit["_id"] for hit in self._with_keys(keys, False)]

    def _with_keys(self, keys: Sequence[str], source: Any) -> Iterator[Any]:
        for at in range(0, len(keys), _PAGE):
            page = keys[at : at + _PAGE]
            query = {"bool": {"filter": [any_of(KEY, page), self._live]}}
            yield from self._ask({"query": query, "size": len(page), "_source": source})["hits"]["hits"]

    def __len__(self) -> int:
        if self._length is None:
            self._length = self.count(MatchAll())
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return self._each(self._live)

    def matching(self, match: Clause) -> Iterator[bytes]:
        return self._each(self._matching(match))

    def _each(self, query: Query) -> Iterator[bytes]:
        body = {"query": query, "sort": [KEY], "size": _PAGE, "_source": ["stored"]}
        while hits := self._ask(body)["hits"]["hits"]:
            for hit in hits:
                yield hit["_source"]["stored"].encode()
            body["search_after"] = hits[-1]["sort"]

    def _matching(self, match: Clause) -> Query:
        return {"bool": {"filter": [match_query(match), self._live]}}

    def _buckets(self, query: Query, wanted: dict[str, Any]) -> list[Any]:
        found = self._ask({"query": query, "size": 0, "aggs": {"found": wanted}})
        return list(found["aggregations"]["found"]["buckets"])

    def _ask(self, body: dict[str, Any]) -> Any:
        return self._ask_all([body])[0]

    def _ask_all(self, bodies: Sequence[dict[str, Any]]) -> list[Any]:
        started, refused = time.monotonic(), 0
        while True:
            try:
                return self._point.search(bodies)
            except RefusedError as error:
                # 404: the point in time is gone; 500: so is a node, or it cannot be answered at all.
                refused += 1
                if error.status == 413:
                    raise PlanTooExpensiveError(reason="the request is too large for OpenSearch") from None
                if error.status not in (404, 500) or refused > _MOST_REFUSED:
                    raise
            except EngineUnavailableError:
                if time.monotonic() - started > _PATIENCE:
                    raise
                time.sleep(_PAUSE)
            # On in another point in time, which a node that died did not take away.
            if self._states.read().state.commit != self.state.commit:
                why = "the index has changed since, and the state that was searched is gone; search again"
                raise CursorExpiredError(f"{self._states.calls.place.location}: {why}")
            self._point.renew()


def _scored(hits: Iterable[Any], sort: Sort | None) -> list[ScoredDoc]:
    return [ScoredDoc(0.0 if sort else hit["_score"], hit["_source"]["stored"].encode()) for hit in hits]
