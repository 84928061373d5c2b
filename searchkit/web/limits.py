"""limits: how much one request may ask for and how often somebody may ask, and what keeps requests to it."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from searchkit.web.errors import Problem, problem_of

_MOST_CLIENTS = 10_000
_LOG = logging.getLogger("searchkit.web")
_LONGEST_QUERY_STRING = 16_000

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
    body: int = 8_000_000
    """Bytes of a POST."""

    def __post_init__(self) -> None:
        for name in ("query_length", "page_size", "depth", "burst", "seconds", "threads", "body"):
            if getattr(self, name) <= 0:
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

    def wait(self, client: str) -> float:
        """Let the client in and return 0, or return after how many seconds it may ask again."""
        if not self._rate:
            return 0.0
        now = self._clock()
        left, before = self._buckets.pop(client, (float(self._burst), now))
        left = min(self._burst, left + (now - before) * self._rate)
        refused = left < 1
        self._buckets[client] = (left if refused else left - 1, now)
        if len(self._buckets) > _MOST_CLIENTS:  # whoever has asked for nothing for the longest is forgotten
            self._buckets.popitem(last=False)
        return (1 - left) / self._rate if refused else 0.0


class RequestRunner:
    """Runs what answers requests, in threads: a search would hold the event loop up.

    A thread cannot be stopped. One that takes too long goes on, but there are never more than
    ``limits.threads``, and the client gets its answer in time.
    """

    def __init__(self, limits: Limits, explain: Explain) -> None:
        self._limits = limits
        self._explain = explain
        self._clients = TokenBucket(limits.rate, limits.burst)
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="searchkit-web")

    async def run(self, answer: Callable[[], Response]) -> Response:
        """Call this in a thread. Raises `Problem` when that takes longer than it may."""
        seconds = self._limits.seconds
        answered = asyncio.get_running_loop().run_in_executor(self._threads, answer)
        try:
            return await asyncio.wait_for(answered, seconds)
        except asyncio.TimeoutError:
            detail = f"This took longer than {seconds:g} s; a shorter query may help."
            raise Problem(503, "timeout", detail, headers={"Retry-After": "1"}) from None

    def in_thread(self, answer: Callable[[Request], Response]) -> Endpoint:
        """A plain function as an endpoint of Starlette, in a thread and guarded."""
        return self.guarded(lambda request: self.run(lambda: answer(request)))

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
        if wait := self._clients.wait(request.client.host if request.client else ""):
            seconds = str(math.ceil(wait))
            detail = f"Too many requests; wait for {seconds} s."
            raise Problem(429, "too-many-requests", detail, headers={"Retry-After": seconds})
