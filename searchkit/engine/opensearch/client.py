"""Requests to a cluster: what of them is tried again, and the errors of searchkit that they end in.

All requests may be sent twice: documents have ids of their own, and the state is written only where it is as
it was read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import SSLError, TransportError

from searchkit.engine.opensearch.location import Place
from searchkit.errors import EngineUnavailableError, IndexNotFoundError, SearchkitError

__all__ = ["Calls", "RefusedError"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_PATIENCE = 60.0
"""Seconds in which a cluster that is there, but busy or without a manager, may recover."""
_PATIENCE_AWAY = 2.0
"""The same for one of which no node answers at all."""
_BUSY = frozenset((429, 502, 503, 504))
_FULL = ("read-only", "read_only", "flood")
_NODE_GONE = ("node_disconnected", "node_not_connected", "node_closed", "connect_transport")
"""What another node says, with the status 500, until all know that one is gone."""
_OLDEST, _TOO_NEW = (2, 4), (3, 0)


class RefusedError(SearchkitError):
    """The cluster answered that it will not; ``status`` and ``kind`` say which way."""

    def __init__(self, message: str, status: int, kind: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


class Calls:
    """The connection to the cluster of one index."""

    def __init__(self, place: Place) -> None:
        self.place = place
        headers = {"authorization": f"ApiKey {place.api_key}"} if place.api_key else {}
        options: dict[str, Any] = {"ca_certs": place.certificates} if place.certificates else {}
        self._client = OpenSearch(
            hosts=[{"host": host, "port": port} for host, port in place.hosts],
            http_auth=None if place.api_key else place.user,
            headers=headers,
            use_ssl=place.secure,
            timeout=place.timeout,
            max_retries=len(place.hosts) - 1,  # of those that do not answer, the next one
            retry_on_status=(),
            retry_on_timeout=len(place.hosts) > 1,
            **options,
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
            raise EngineUnavailableError(
                f"{self.place.location}: this is {product} {number}; searchkit knows OpenSearch 2.4 to 2.19"
            )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        missing: bool = False,
        once: bool = False,
    ) -> Any:
        """What the cluster answers; with ``missing``, None where what is asked for is not there.

        A cluster that is busy is asked again for a minute, unless ``once``.
        """
        started, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            try:
                return self._client.transport.perform_request(
                    method, path, params=dict(params or {}), body=body, timeout=timeout or self.place.timeout
                )
            except TransportError as error:
                if missing and error.status_code == 404 and _kind(error) != "index_not_found_exception":
                    return None
                patience = 0.0 if once and not isinstance(error, NoConnection) else _patience(error)
                if time.monotonic() - started + pause > patience:
                    raise self._meant(error, patience) from None
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def of_index(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The same of something of the index."""
        return self.call(method, f"/{self.place.name}/{path}", body, **options)

    def multi_search(self, bodies: Iterable[Any], params: Mapping[str, Any]) -> list[Any]:
        """The answers to several searches; one that the cluster refuses is an error for all of them."""
        header = {"allow_partial_search_results": False}
        lines = "".join(_lines((header, body)) for body in bodies)
        answers: list[Any] = self.call("POST", "/_msearch", lines, params=params, once=True)["responses"]
        for answer in answers:
            if "error" in answer:
                raise self._refused(int(answer["status"]), answer)
        return answers

    def bulk(self, actions: Iterable[tuple[dict[str, Any], dict[str, Any] | None]]) -> None:
        """Index and delete documents; those that the cluster has no room for at the moment are sent again."""
        waiting = list(actions)
        started, pause = time.monotonic(), _FIRST_PAUSE
        while waiting:
            answer = self.of_index("POST", "_bulk", "".join(map(_lines, waiting)))
            again = []
            for action, item in zip(waiting, answer["items"], strict=True):
                ((_, result),) = item.items()
                if _is_passing(result["status"], result.get("error")):
                    again.append(action)
                elif "error" in result:
                    raise self._refused(result["status"], result["error"])
            waiting = again
            if waiting and time.monotonic() - started + pause > _PATIENCE:
                raise EngineUnavailableError(
                    f"{self.place.location}: the cluster took {len(waiting)} documents not even after "
                    f"{_PATIENCE:g} seconds; nothing of this batch is committed"
                )
            if waiting:
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def refresh(self) -> None:
        """Let searches see all that was written, on every shard."""
        shards = self.of_index("POST", "_refresh")["_shards"]
        if shards["failed"]:
            raise EngineUnavailableError(
                f"{self.place.location}: {shards['failed']} shards cannot be refreshed"
            )

    def _meant(self, error: TransportError, patience: float) -> SearchkitError:
        if isinstance(error, SSLError):
            trusted = self.place.certificates or "none, so those of this machine are trusted"
            return EngineUnavailableError(
                f"{self.place.location}: no secure connection: {_reason(error)}; "
                f"SEARCHKIT_OPENSEARCH_CA names the file with the certificates to trust: {trusted}"
            )
        if isinstance(error, NoConnection):
            return EngineUnavailableError(
                f"{self.place.location}: no cluster answers there (tried for {patience:g} s, "
                f"each request up to {self.place.timeout} s)"
            )
        return self._refused(int(error.status_code), error.info)

    def _refused(self, status: int, info: Any) -> SearchkitError:
        error = info.get("error", info) if isinstance(info, dict) else info
        kind = str(error.get("type", "")) if isinstance(error, dict) else ""
        reason = f"{kind}: {_root_of(error)}" if kind else str(error)
        where = self.place.location
        if status == 401:
            return EngineUnavailableError(
                f"{where}: the cluster does not accept these credentials, or asks for some"
            )
        if _is_full(reason):
            return EngineUnavailableError(
                f"{where}: the cluster lets nobody write: {reason}; make room on its disks. "
                "The index is as the last commit left it"
            )
        if status == 403:
            return EngineUnavailableError(f"{where}: these credentials do not allow it: {reason}")
        if _is_passing(status, info):
            return EngineUnavailableError(f"{where}: the cluster is red or has too much to do: {reason}")
        if kind == "index_not_found_exception":
            return IndexNotFoundError(
                f"{where}: there is no such index in the cluster; searchkit.create() makes one"
            )
        if "too_many_clauses" in reason or "maxClauseCount" in reason:
            return SearchkitError(
                f"{where}: the query stands for too many terms; make it shorter, or its open ends longer"
            )
        return RefusedError(f"{where}: the cluster refused: {reason}", status, kind)


def _patience(error: TransportError) -> float:
    """How long to try again after this."""
    if isinstance(error, SSLError):
        return 0.0
    if isinstance(error, NoConnection):
        return _PATIENCE_AWAY
    return _PATIENCE if _is_passing(error.status_code, error.info) else 0.0


def _is_passing(status: Any, info: Any) -> bool:
    """Is this how a cluster answers that will recover by itself?"""
    said = str(info)
    return not _is_full(said) and (status in _BUSY or any(kind in said for kind in _NODE_GONE))


def _kind(error: TransportError) -> str:
    info = error.info
    found = info.get("error") if isinstance(info, dict) else None
    return str(found.get("type", "")) if isinstance(found, dict) else ""


def _root_of(error: Mapping[str, Any]) -> str:
    """The reason at the bottom of one that others brought about."""
    for cause in (*error.get("root_cause", ()), error.get("caused_by", {})):
        if cause and cause.get("reason") != error.get("reason"):
            return f"{error.get('reason')}: {_root_of(cause)}"
    return str(error.get("reason") or error.get("type"))


def _is_full(reason: str) -> bool:
    return "cluster_block_exception" in reason and any(word in reason for word in _FULL)


def _reason(error: TransportError) -> str:
    return str(error.error).partition("\n")[0][:200]


def _lines(action: tuple[dict[str, Any], dict[str, Any] | None]) -> str:
    return "".join(
        json.dumps(part, ensure_ascii=False, separators=(",", ":")) + "\n"
        for part in action
        if part is not None
    )
