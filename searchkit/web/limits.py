"""limits: how much one request may ask for and how often somebody may ask, and what keeps requests to it.

What a query costs is known before it runs. Most cost little and are answered at once, by a few threads. What
costs more waits for a thread of its own: however many of these there are, the others are answered.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

import searchkit
from searchkit.web.errors import Problem, problem_of

_MOST_CLIENTS = 10_000
_DEAR = 10  # requests that a dear one counts for
_CHEAP, _CHEAP_PER_DOCUMENT = 1_000_000, 40  # postings
_LOG = logging.getLogger("searchkit.web")
_LONGEST_QUERY_STRING = 16_000

_Made = TypeVar("_Made")
Answer = Callable[[int | None], _Made]
"""Makes a response, or a part of one, with searches that may cost so much, or what the index lets them."""
Endpoint = Callable[[Request], Awaitable[Response]]
Explain = Callable[[Request, Problem], Response]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds for requests, so that no client takes the server away from the others."""

    query_length: int = 500
    """Characters of a query."""
    page_size: int = 100
    """Hits of one answer of the API."""
    depth: int = 1000
    """Hits of a search that can be reached by paging."""
    rate: float = 20.0
    """Requests a second of one client, in the long run; 0 is no limit. Files of the page do not count."""
    burst: int = 60
    """Requests that a client may make at once, before `rate` holds."""
    seconds: float = 5.0
    """Seconds that an answer may take."""
    threads: int = 4
    """How many requests are worked on at the same time."""
    cost: int | None = None
    """What a search may cost, in postings to read, to be answered at once; None is 1 million, and 40 for each
    document, which is enough for a page of everything. One that costs more waits for a thread that all of
    them share, and counts as ten requests of its client."""
    waiting: int = 8
    """How many searches that cost more may wait; the others are refused with a 503."""
    body: int = 8_000_000
    """Bytes of a POST."""
    connections: int = 250
    """Connections of `searchkit serve` at the same time; where more come, silent ones are closed."""
    connections_per_client: int = 50
    """Connections of one client of `searchkit serve` at the same time; a trusted proxy may have them all."""
    patience: float = 15.0
    """Seconds after which `searchkit serve` closes a connection whose client does not go on: with the head of
    a request, with a body (10 kB a second are fast enough), with reading the answer."""

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self) if field.name != "rate"):
            if getattr(self, name) is not None and getattr(self, name) <= 0:
                raise ValueError(f"{name} must be more than 0, not {getattr(self, name)}")
        if self.rate < 0:
            raise ValueError(f"rate must be 0 or more, not {self.rate}")
        if self.depth > 1000:
            raise ValueError("depth must be 1000 at most: near-duplicates are folded no further down")


class TokenBucket:
    """How many requests each client may make: a bucket that fills by `rate` up to `burst`."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str, requests: int = 1) -> float:
        """Let the client in and return 0, or return after how many seconds it may ask again.

        It is let in where there is one left; what counts as more is owed.
        """
        if not self._rate:
            return 0.0
        now = self._clock()
        left, before = self._buckets.pop(client, (float(self._burst), now))
        left = min(self._burst, left + (now - before) * self._rate)
        refused = left < 1
        self._buckets[client] = (left if refused else left - requests, now)
        if len(self._buckets) > _MOST_CLIENTS:  # whoever has asked for nothing for the longest is forgotten
            self._buckets.popitem(last=False)
        return (1 - left) / self._rate if refused else 0.0


def client_of(address: str) -> str:
    """The client that an address is of: of IPv6, everybody has a network of them (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:  # no address, or what a proxy says in its place
        return address[:100]
    return str(IPv6Address(int(parsed) >> 64 << 64)) if parsed.version == 6 else address


class RequestRunner:
    """Runs what answers requests, in threads: a search would hold the event loop up.

    A thread cannot be stopped. One that takes too long goes on, but there are never more than
    ``limits.threads`` and one for what costs more, and the client gets its answer in time.
    """

    def __init__(self, index: searchkit.Index, limits: Limits, explain: Explain) -> None:
        self._index = index
        self._limits = limits
        self._explain = explain
        self._clients = TokenBucket(limits.rate, limits.burst)
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="searchkit-web")
        self._dear = ThreadPoolExecutor(1, thread_name_prefix="searchkit-web-dear")
        self._dear_ones = 0  # waiting or running

    async def run(self, request: Request, answer: Answer[_Made]) -> _Made:
        """Call this in a thread. Raises `Problem` when that takes longer than it may, or costs more."""
        until = time.monotonic() + self._limits.seconds
        try:
            return await self._within(until, self._threads, lambda: answer(self._cheap()))
        except searchkit.QueryTooExpensiveError:
            return await self._run_dear(until, request, answer)

    async def _run_dear(self, until: float, request: Request, answer: Answer[_Made]) -> _Made:
        if self._dear_ones > self._limits.waiting:
            detail = "Other searches that take long are waiting; a shorter query may help."
            raise Problem(503, "busy", detail, headers={"Retry-After": "2"})
        self.count(request, _DEAR - 1)
        self._dear_ones += 1
        try:
            return await self._within(until, self._dear, lambda: answer(None))
        except searchkit.QueryTooExpensiveError as error:
            about: dict[str, Any] = {"query": error.query, "position": error.position}
            about |= {"cost": error.cost, "limit": error.limit}
            raise Problem(400, "query-too-expensive", error.reason, **about) from None
        finally:
            self._dear_ones -= 1

    def _cheap(self) -> int:
        if self._limits.cost is not None:
            return self._limits.cost
        return _CHEAP + _CHEAP_PER_DOCUMENT * len(self._index)

    async def _within(self, until: float, threads: ThreadPoolExecutor, answer: Callable[[], _Made]) -> _Made:
        answered = asyncio.get_running_loop().run_in_executor(threads, answer)
        try:
            return await asyncio.wait_for(answered, until - time.monotonic())
        except asyncio.TimeoutError:
            detail = f"This took longer than {self._limits.seconds:g} s; a shorter query may help."
            raise Problem(503, "timeout", detail, headers={"Retry-After": "1"}) from None

    def in_thread(self, answer: Callable[[Request, int | None], Response]) -> Endpoint:
        """A plain function as an endpoint of Starlette, in a thread and guarded."""
        return self.guarded(lambda request: self.run(request, lambda cost: answer(request, cost)))

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, with its requests counted and its errors explained."""

        async def guarded(request: Request) -> Response:
            try:
                self._admit(request)
                return await endpoint(request)
            except (Problem, HTTPException, RequestValidationError) as error:
                return await self.explained(request, error)
            except ClientDisconnect:  # nobody is there to read it
                return Response(status_code=400)
            except Exception:
                _LOG.exception("%s %s", request.method, request.url.path)
                return await self.explained(request, Problem(500, "internal", "Something went wrong here."))

        return guarded

    async def explained(
        self, request: Request, error: Problem | HTTPException | RequestValidationError
    ) -> Response:
        """The answer that says what went wrong."""
        problem = problem_of(error, request.method)
        response = self._explain(request, problem)
        response.headers.update(problem.headers)
        return response

    def _admit(self, request: Request) -> None:
        if len(request.scope["query_string"]) > _LONGEST_QUERY_STRING:
            raise Problem(414, "address-too-long", "The address is too long.")
        self.count(request, 1)

    def count(self, request: Request, requests: int) -> None:
        """Count so many requests of the client. Raises `Problem` where it has asked too often."""
        client = client_of(request.client.host) if request.client else ""
        if wait := self._clients.wait(client, requests):
            seconds = str(math.ceil(wait))
            detail = f"Too many requests; wait for {seconds} s."
            raise Problem(429, "too-many-requests", detail, headers={"Retry-After": seconds})
