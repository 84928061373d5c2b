"""Requests to a cluster: what of them is tried again, and the errors of searchkit that they end in.

All requests may be sent twice: documents have ids of their own, and the state is written only where it is as
it was read.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import SSLError, TransportError

from searchkit.engine.base import PlanTooExpensiveError
from searchkit.engine.opensearch.location import Place
from searchkit.errors import EngineUnavailableError, IndexNotFoundError, SearchkitError

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_PATIENCE = 60.0
"""Seconds in which a cluster that is there, but busy or without a manager, may recover."""
_PATIENCE_AWAY = 2.0
"""The same for one of which no node answers at all."""
_BUSY = frozenset((429, 502, 503, 504))
# What a cluster says of a query that is beyond one of its limits: clauses, states of an automaton, buckets.
_LIMITS_OF_QUERIES = (
    *("too_many_clauses", "too_many_nested_clauses", "maxClauseCount", "too_complex_to_determinize"),
    *("too_many_buckets", "has exceeded the allowed maximum"),
)
_FULL = ("read-only", "read_only", "flood")
_NODE_GONE = ("node_disconnected", "node_not_connected", "node_closed", "connect_transport")
"""What another node says, with the status 500, until all know that one is gone."""
_OLDEST, _TOO_NEW = (2, 4), (3, 0)
_LINES = msgspec.json.Encoder()


class RefusedError(SearchkitError):
    """The cluster answered that it will not; ``status`` and ``kind`` say which way."""

    def __init__(self, message: str, status: int, kind: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


class _Pauses:
    """Ever longer pauses between attempts."""

    def __init__(self) -> None:
        self._started, self._next = time.monotonic(), _FIRST_PAUSE

    def fit(self, patience: float) -> bool:
        """Pause, unless all attempts would take longer than this many seconds then."""
        if time.monotonic() - self._started + self._next > patience:
            return False
        time.sleep(self._next)
        self._next = min(self._next * 2, _LONGEST_PAUSE)
        return True


class Calls:
    """The connection to the cluster of one index."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._client = OpenSearch(
            hosts=[{"host": host, "port": port} for host, port in place.hosts],
            http_auth=None if place.api_key else place.user,
            headers={"authorization": f"ApiKey {place.api_key}"} if place.api_key else {},
            use_ssl=place.secure,
            timeout=place.timeout,
            max_retries=len(place.hosts) - 1,  # of those that do not answer, the next one
            retry_on_status=(),
            retry_on_timeout=len(place.hosts) > 1,
            ca_certs=place.certificates or None,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def check_version(self) -> None:
        """Raise where this is no OpenSearch that the engine knows."""
        about = self.call("GET", "/").get("version", {})
        product, number = about.get("distribution", "Elasticsearch"), str(about.get("number", "?"))
        version = tuple(int(part) for part in number.split(".")[:2] if part.isdecimal())
        if product != "opensearch" or not _OLDEST <= version < _TOO_NEW:
            raise self.unavailable(f"this is {product} {number}; searchkit knows OpenSearch 2.4 to 2.19")

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        missing: bool = False,
        once: bool = False,
    ) -> Any:
        """What the cluster answers; with ``missing``, None where what is asked for is not there.

        A cluster that is busy is asked again for a minute, unless ``once``.
        """
        pauses = _Pauses()
        while True:
            try:
                return self._client.transport.perform_request(method, path, dict(params or {}), body)
            except TransportError as error:  # noqa: PERF203 - to ask again is what the loop is for
                meant, patience = self._meant(error)
                if missing and error.status_code == 404 and not isinstance(meant, IndexNotFoundError):
                    return None
                if once and not isinstance(error, NoConnection):
                    patience = 0.0
                if not pauses.fit(patience):
                    raise meant from None

    def of_index(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The same of something of the index."""
        return self.call(method, f"/{self.place.name}/{path}", body, **options)

    def mapping(self) -> Any:
        """The mapping of the index."""
        (found,) = self.of_index("GET", "_mapping").values()
        return found["mappings"]

    def document(self, id: str, **params: str) -> Any:
        """The document with this id, or None."""
        return self.of_index("GET", f"_doc/{id}", params=params, missing=True)

    def put(self, id: str, source: Any, params: Mapping[str, Any] | None = None) -> Any:
        """Write the document with this id."""
        return self.of_index("PUT", f"_doc/{id}", source, params=params)

    def multi_search(self, bodies: Iterable[Any], params: Mapping[str, Any]) -> list[Any]:
        """The answers to several searches; one that the cluster refuses is an error for all of them."""
        header = {"allow_partial_search_results": False}
        lines = _LINES.encode_lines([part for body in bodies for part in (header, body)])
        answers: list[Any] = self.call("POST", "/_msearch", lines, params=params, once=True)["responses"]
        for answer in answers:
            if "error" in answer:
                raise self._refused(int(answer["status"]), answer)
        return answers

    def bulk(self, actions: Iterable[tuple[dict[str, Any], dict[str, Any] | None]]) -> None:
        """Index and delete documents; those that the cluster has no room for at the moment are sent again."""
        waiting, pauses = list(actions), _Pauses()
        while waiting:
            lines = _LINES.encode_lines([part for action in waiting for part in action if part is not None])
            again = []
            for action, item in zip(waiting, self.of_index("POST", "_bulk", lines)["items"], strict=True):
                (result,) = item.values()
                if _is_passing(result["status"], result.get("error")):
                    again.append(action)
                elif "error" in result:
                    raise self._refused(result["status"], result["error"])
            waiting = again
            if waiting and not pauses.fit(_PATIENCE):
                raise self.unavailable(
                    f"the cluster took {len(waiting)} documents not even after {_PATIENCE:g} seconds; "
                    "nothing of this batch is committed"
                )

    def refresh(self) -> None:
        """Let searches see all that was written, on every shard."""
        if failed := self.of_index("POST", "_refresh")["_shards"]["failed"]:
            raise self.unavailable(f"{failed} shards cannot be refreshed")

    def unavailable(self, why: str) -> EngineUnavailableError:
        """The error of a cluster that cannot do now what it is asked for."""
        return EngineUnavailableError(f"{self.place.location}: {why}")

    def _meant(self, error: TransportError) -> tuple[SearchkitError, float]:
        """The error to raise, and for how many seconds to try again before."""
        if isinstance(error, SSLError):
            trusted = self.place.certificates or "none, so those of this machine are trusted"
            reason = str(error.error).partition("\n")[0][:200]
            why = (
                f"no secure connection: {reason}; "
                f"SEARCHKIT_OPENSEARCH_CA names the file with the certificates to trust: {trusted}"
            )
            return self.unavailable(why), 0.0
        if isinstance(error, NoConnection):
            tried = f"tried for {_PATIENCE_AWAY:g} s, each request up to {self.place.timeout} s"
            return self.unavailable(f"no cluster answers there ({tried})"), _PATIENCE_AWAY
        status = int(error.status_code)
        patience = _PATIENCE if _is_passing(status, error.info) else 0.0
        return self._refused(status, error.info), patience

    def _refused(self, status: int, info: Any) -> SearchkitError:
        error = info.get("error", info) if isinstance(info, dict) else info
        kind = str(error.get("type", "")) if isinstance(error, dict) else ""
        reason = f"{kind}: {_root_of(error)}" if kind else str(error)
        where = self.place.location
        if any(limit in str(info) for limit in _LIMITS_OF_QUERIES):
            return PlanTooExpensiveError(reason=f"it stands for too many terms for OpenSearch: {reason}")
        if status == 401:
            return self.unavailable("the cluster does not accept these credentials, or asks for some")
        if _is_full(reason):
            return self.unavailable(
                f"the cluster lets nobody write: {reason}; make room on its disks. "
                "The index is as the last commit left it"
            )
        if status == 403:
            return self.unavailable(f"these credentials do not allow it: {reason}")
        if _is_passing(status, info):
            return self.unavailable(f"the cluster is red or has too much to do: {reason}")
        if kind == "index_not_found_exception":
            why = "there is no such index in the cluster; searchkit.create() makes one"
            return IndexNotFoundError(f"{where}: {why}")
        return RefusedError(f"{where}: the cluster refused: {reason}", status, kind)


def _is_passing(status: int, info: Any) -> bool:
    """Is this how a cluster answers that will recover by itself?"""
    said = str(info)
    return not _is_full(said) and (status in _BUSY or any(kind in said for kind in _NODE_GONE))


def _is_full(reason: str) -> bool:
    return "cluster_block_exception" in reason and any(word in reason for word in _FULL)


def _root_of(error: Mapping[str, Any]) -> str:
    """The reason at the bottom of one that others brought about."""
    for cause in (*error.get("root_cause", ()), error.get("caused_by", {})):
        if cause and cause.get("reason") != error.get("reason"):
            return f"{error.get('reason')}: {_root_of(cause)}"
    return str(error.get("reason") or error.get("type"))
