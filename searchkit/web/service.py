"""service: a request -> a thread that works on it -> an answer in time, or a `Problem`."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from searchkit.web.limits import Limits, Turnstile
from searchkit.web.problems import Problem

__all__ = ["Answer", "Endpoint", "Service"]

_LOG = logging.getLogger("searchkit.web")
_LONGEST_QUERY_STRING = 16_000

Answer = Callable[[Request], Response]
Endpoint = Callable[[Request], Awaitable[Response]]
Explain = Callable[[Request, Problem], Response]


class Service:
    """Runs what answers requests: in threads, since searching holds the event loop up.

    A thread cannot be stopped. One that takes longer than it should goes on, but there are never more than
    ``limits.threads``, and whoever waits is told so in time.
    """

    def __init__(self, limits: Limits, explain: Explain) -> None:
        self.limits = limits
        self._explain = explain
        self._turnstile = Turnstile(limits.rate, limits.burst)
        self._readers = ThreadPoolExecutor(limits.threads, thread_name_prefix="searchkit-web")

    def endpoint(self, answer: Answer) -> Endpoint:
        """The answer as Starlette takes it: in a thread, within the limits."""

        async def answered(request: Request) -> Response:
            return await _run(self._readers, answer, request, self.limits.seconds)

        return self.guarded(answered)

    def guarded(self, answer: Endpoint) -> Endpoint:
        """An answer of its own kind, counted, and with its errors explained."""

        async def guarded(request: Request) -> Response:
            try:
                self._let_in(request)
                return await answer(request)
            except (Problem, HTTPException) as error:
                return self.explained(request, error)
            except ClientDisconnect:  # nobody is there to read it
                return Response(status_code=400)
            except Exception:
                _LOG.exception("%s %s", request.method, request.url.path)
                return self.explained(request, Problem(500, "internal", "Something went wrong here."))

        return guarded

    def explained(self, request: Request, error: Exception) -> Response:
        """What is said about an error, also about those of the framework: 404, 405."""
        if isinstance(error, HTTPException):
            known = {404: ("not-found", "There is nothing at this address.")}
            fallback = ("method-not-allowed", f"{request.method} is not possible here.")
            code, detail = known.get(error.status_code, fallback)
            error = Problem(error.status_code, code, detail, headers=dict(error.headers or {}))
        assert isinstance(error, Problem)
        response = self._explain(request, error)
        response.headers.update(error.headers)
        return response

    def _let_in(self, request: Request) -> None:
        if len(request.scope["query_string"]) > _LONGEST_QUERY_STRING:
            raise Problem(414, "address-too-long", "The address is too long.")
        if wait := self._turnstile.wait(request.client.host if request.client else ""):
            seconds = str(math.ceil(wait))
            detail = f"Too many requests; wait for {seconds} s."
            raise Problem(429, "too-many-requests", detail, headers={"Retry-After": seconds})


async def _run(executor: Executor, answer: Answer, request: Request, seconds: float) -> Response:
    answered = asyncio.get_running_loop().run_in_executor(executor, answer, request)
    try:
        return await asyncio.wait_for(answered, seconds)
    except asyncio.TimeoutError:
        detail = f"This took longer than {seconds:g} s; a shorter query may help."
        raise Problem(503, "timeout", detail, headers={"Retry-After": "1"}) from None
