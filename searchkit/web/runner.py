"""runner: handlers -> endpoints that run in threads, within the limits, and explain their errors."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from searchkit.web.errors import Problem, problem_of
from searchkit.web.limits import Limits, TokenBucket

__all__ = ["Endpoint", "RequestRunner"]

_LOG = logging.getLogger("searchkit.web")
_LONGEST_QUERY_STRING = 16_000

Endpoint = Callable[[Request], Awaitable[Response]]
Explain = Callable[[Request, Problem], Response]


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
