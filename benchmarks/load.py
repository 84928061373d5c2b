"""`searchkit serve` under load: searches per second, response times, and memory.

    python -m benchmarks.load --index LOCATION [--requests 10000] [--rate 200] [--commit-every 1] [--dear 6]
    python -m benchmarks.load --articles FOLDER

Clients in their own processes send queries made from titles over keep-alive connections, first to the API,
then to the page. Without a rate each connection sends the next request after a response. With a rate,
requests are due at fixed times, and waiting for a free connection counts. With ``--dear``, so many more
connections send the dearest queries there are meanwhile. A copy of the index is served and written to; the
index itself does not change.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil

from benchmarks.background_writer import committing
from benchmarks.dear import asking_for_dear
from benchmarks.memory import private_bytes
from benchmarks.server_process import Served, add_source, copied, searches, serving

__all__ = ["Load", "Row", "main", "measure"]

TARGETS = {"API": "/api/search?q=", "page": "/?q="}
_QUERIES = 1000
_PATIENCE = 30


@dataclass(frozen=True, kw_only=True)
class Load:
    """What the clients do."""

    requests: int = 10_000
    warm_up: int = 1000
    """Requests before, which do not count: what is read and remembered once is."""
    processes: int = 2
    connections: int = 2
    """Of each process."""
    rate: float = 0.0
    """Requests a second in all; 0 is as many as there are answers."""
    seconds: float = 300.0
    """After which no more is asked."""


@dataclass(frozen=True)
class Row:
    """Results of the requests to one target; times in milliseconds, memory in bytes."""

    target: str
    requests: int
    errors: int
    per_second: float
    p50: float
    p95: float
    p99: float
    max: float
    resident_before: int
    resident: int
    private_before: int
    private: int


@dataclass(frozen=True)
class _Asked:
    """Results of the requests of one client."""

    first: float
    last: float
    times: list[float]
    errors: int


def main(given: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description="Put searchkit serve under load, on loopback."
    )
    add_source(parser)
    parser.add_argument(
        "--requests", type=int, default=Load.requests, help="to the API, and to the page (10000)"
    )
    parser.add_argument("--warm-up", type=int, default=Load.warm_up, help="requests that do not count (1000)")
    parser.add_argument("--processes", type=int, default=Load.processes, help="of clients (2)")
    parser.add_argument("--connections", type=int, default=Load.connections, help="of each process (2)")
    parser.add_argument("--rate", type=float, default=Load.rate, help="requests a second; 0 is as many as go")
    parser.add_argument(
        "--seconds", type=float, default=Load.seconds, help="the longest that one may take (300)"
    )
    parser.add_argument("--commit-every", type=float, metavar="SECONDS", help="commit a document meanwhile")
    parser.add_argument(
        "--dear", type=int, default=0, metavar="CONNECTIONS", help="send the dearest queries meanwhile"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args(given)
    load = Load(
        requests=arguments.requests,
        warm_up=arguments.warm_up,
        processes=arguments.processes,
        connections=arguments.connections,
        rate=arguments.rate,
        seconds=arguments.seconds,
    )
    with copied(arguments.index, arguments.articles) as location:
        queries = searches(location, _QUERIES)
        print(
            f"{len(queries)} searches, {load.processes} processes of {load.connections} connections",
            flush=True,
        )
        writer = _commits(location, arguments.commit_every) if arguments.commit_every else nullcontext()
        with serving(location) as server, writer:
            dear = asking_for_dear(server.url, arguments.dear) if arguments.dear else nullcontext()
            with dear:
                rows = [measure(server, target, queries, load) for target in TARGETS]
    print(_table(rows))
    if arguments.json:
        values = {
            "load": asdict(load),
            "commit_every": arguments.commit_every,
            "dear": arguments.dear,
            "rows": [asdict(row) for row in rows],
        }
        arguments.json.write_text(json.dumps(values, indent=1) + "\n")
    if any(row.errors for row in rows):
        sys.exit("there were errors")


def measure(server: Served, target: str, queries: Sequence[str], load: Load) -> Row:
    """Put one target under load."""
    paths = [TARGETS[target] + quote(query) for query in queries]
    spawn = multiprocessing.get_context("spawn")  # a client has nothing of this process
    with ProcessPoolExecutor(load.processes, mp_context=spawn) as clients:

        def ask(count: int) -> list[_Asked]:
            share = -(-count // load.processes)
            rate = load.rate / load.processes
            jobs = [
                # Each client starts at another place of the list, so that no two send the same query at once.
                clients.submit(
                    _client,
                    server.url,
                    _rotated(paths, at * len(paths) // load.processes),
                    share,
                    load.connections,
                    rate,
                    load.seconds,
                )
                for at in range(load.processes)
            ]
            return [job.result() for job in jobs]

        ask(load.warm_up)
        before = _memory(server.pid)
        asked = ask(load.requests)
        after = _memory(server.pid)
    times = sorted(time for one in asked for time in one.times)
    return Row(
        target=target,
        requests=len(times),
        errors=sum(one.errors for one in asked),
        per_second=len(times) / (max(one.last for one in asked) - min(one.first for one in asked)),
        p50=_percentile(times, 50),
        p95=_percentile(times, 95),
        p99=_percentile(times, 99),
        max=times[-1] * 1000,
        resident_before=before[0],
        resident=after[0],
        private_before=before[1],
        private=after[1],
    )


def _client(
    url: str, paths: Sequence[str], count: int, connections: int, rate: float, seconds: float
) -> _Asked:
    """Send the requests of one client process over its connections."""
    started = time.monotonic()
    turns = iter(range(count))
    taking = threading.Lock()

    def due() -> Iterator[tuple[float, str]]:
        """The time and the query of each request."""
        while time.monotonic() < started + seconds:
            with taking:
                turn = next(turns, None)
            if turn is None:
                return
            yield started + turn / rate if rate else time.monotonic(), paths[turn % len(paths)]

    def connection() -> tuple[list[float], int]:
        times, errors = [], 0
        address = urlsplit(url)
        http = HTTPConnection(str(address.hostname), address.port, timeout=_PATIENCE)
        for moment, path in due():
            time.sleep(max(moment - time.monotonic(), 0))
            try:
                http.request("GET", path)
                answer = http.getresponse()
                answer.read()
                errors += answer.status != 200
            except (OSError, HTTPException):
                errors += 1
                http.close()
            times.append(time.monotonic() - moment)
        http.close()
        return times, errors

    with ThreadPoolExecutor(connections) as threads:
        asked = [job.result() for job in [threads.submit(connection) for _ in range(connections)]]
    times = [time for of_one, _ in asked for time in of_one]
    return _Asked(started, time.monotonic(), times, sum(errors for _, errors in asked))


def _rotated(paths: list[str], start: int) -> list[str]:
    return paths[start:] + paths[:start]


@contextmanager
def _commits(location: Path, every: float) -> Iterator[None]:
    """Let another process commit meanwhile."""
    done = threading.Event()

    def go_on() -> int:
        commits = 0
        with committing(location) as commit:
            while not done.wait(every):
                commit(str(commits))
                commits += 1
        return commits

    with ThreadPoolExecutor(1) as thread:
        committed = thread.submit(go_on)
        try:
            yield
        finally:
            done.set()
        print(f"{committed.result()} commits meanwhile")


def _memory(pid: int) -> tuple[int, int]:
    """Resident and private bytes of the server."""
    return int(psutil.Process(pid).memory_info().rss), private_bytes(pid)


def _percentile(times: Sequence[float], percent: int) -> float:
    """A percentile of the sorted times, in milliseconds."""
    return times[max(-(-len(times) * percent // 100) - 1, 0)] * 1000


def _table(rows: Sequence[Row]) -> str:
    lines = [
        "target  requests  errors  per second  p50 ms  p95 ms  p99 ms  max ms   resident MB    private MB"
    ]
    lines += [
        f"{row.target:6}  {row.requests:8}  {row.errors:6}  {row.per_second:10.0f}  {row.p50:6.1f}  "
        f"{row.p95:6.1f}  {row.p99:6.1f}  {row.max:6.1f}  {_from_to(row.resident_before, row.resident)}  "
        f"{_from_to(row.private_before, row.private)}"
        for row in rows
    ]
    return "\n".join(lines)


def _from_to(before: int, after: int) -> str:
    return f"{before / 1e6:5.0f} → {after / 1e6:4.0f}"


if __name__ == "__main__":
    main()
