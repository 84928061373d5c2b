"""Comparisons of searchkit with every peer, in every task that both were measured at."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.measurements import Measurement

__all__ = ["OURS", "P50", "Comparison", "best_of_each", "comparisons", "is_own", "largest_size"]

OURS = "searchkit"
CEILING = "ceiling"
"""searchkit's engine with its terms and plans prepared in advance: what the rest of searchkit costs."""
P50 = {"search": "p50, ", "ids only": "p50 of ids, "}
"""What a comparison of medians is called, by the task; the class of questions stands behind it."""


def is_own(peer: str) -> bool:
    """Whether that is searchkit itself, another engine or kernel of it, or its ceiling: no competitor."""
    return peer.startswith(OURS) or peer == CEILING


@dataclass(frozen=True)
class Comparison:
    """One figure of both. A higher ``cost`` is worse; the cost of a rate is the time for one."""

    what: str
    size: int
    peer: str
    label: str
    ours: str
    theirs: str
    ratios: tuple[float, ...]
    """Our cost to theirs, one for each round or run of both."""
    remark: str = ""
    is_of_ids: bool = False
    """Whether hits were ids alone."""

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def is_clear(self) -> bool:
        """Whether all rounds agree."""
        return min(self.ratios) > 1 or max(self.ratios) < 1


def comparisons(measurements: Sequence[Measurement]) -> Iterator[Comparison]:
    """All comparisons, each at the largest size at which both were measured."""
    mine = {_key(one): one for one in measurements if one.peer == OURS and one.task != "left out"}
    largest: dict[tuple[str, str, str | None, int | None], int] = {}
    for theirs in measurements:
        if theirs.size and _key(theirs) in mine:
            what = (theirs.peer, theirs.task, theirs.kind, theirs.figures.get("threads"))
            largest[what] = max(theirs.size, largest.get(what, 0))
    for theirs in measurements:
        what = (theirs.peer, theirs.task, theirs.kind, theirs.figures.get("threads"))
        if theirs.peer != OURS and theirs.size and theirs.size == largest.get(what):
            yield from _compared(mine[_key(theirs)], theirs)


def best_of_each(compared: Iterable[Comparison]) -> list[Comparison]:
    """Of each thing that was measured, the comparison with the competitor that is best at it."""
    best: dict[str, Comparison] = {}
    for one in compared:
        if not is_own(one.peer) and (one.what not in best or one.ratio > best[one.what].ratio):
            best[one.what] = one
    return list(best.values())


def largest_size(measurements: Iterable[Measurement], peer: str) -> int | None:
    """The largest number of documents that a peer was measured with."""
    sizes = [one.size for one in measurements if one.peer == peer and one.task == "index" and one.size]
    return max(sizes, default=None)


def _key(one: Measurement) -> tuple[str, int | None, str | None, int | None]:
    return one.task, one.size, one.kind, one.figures.get("threads")


def _compared(ours: Measurement, theirs: Measurement) -> Iterator[Comparison]:
    def made(
        what: str,
        texts: tuple[str, str],
        ours_cost: Iterable[float],
        theirs_cost: Iterable[float],
        remark: str = "",
    ) -> Comparison:
        ratios = tuple(a / b for a, b in zip(ours_cost, theirs_cost, strict=False) if b)
        of_ids = "ids only" in (theirs.task, theirs.kind)
        return Comparison(what, theirs.size or 0, theirs.peer, theirs.label, *texts, ratios, remark, of_ids)

    a, b = ours.figures, theirs.figures
    if theirs.task in P50:
        yield made(
            f"{P50[theirs.task]}{theirs.kind}",
            (milliseconds(a["p50"]), milliseconds(b["p50"])),
            a["p50_of_rounds"],
            b["p50_of_rounds"],
            _remark(a, b),
        )
    elif theirs.task == "throughput":
        yield made(
            f"throughput{f', {theirs.kind}' if theirs.kind else ''}, threads: {a['threads']}",
            (f"{a['per_second']:.0f} /s", f"{b['per_second']:.0f} /s"),
            [1 / rate for rate in a["runs"]],
            [1 / rate for rate in b["runs"]],
        )
    elif theirs.task == "cold start":
        yield made("cold start", (seconds(a["seconds"]), seconds(b["seconds"])), a["runs"], b["runs"])
    elif theirs.task == "index":
        rates = [one["documents"] / one["seconds"] for one in (a, b)]
        yield made("indexing", (f"{rates[0]:.0f} /s", f"{rates[1]:.0f} /s"), [1 / rates[0]], [1 / rates[1]])
        if a.get("seconds_from_memory") and b.get("seconds_from_memory"):
            rates = [one["documents"] / one["seconds_from_memory"] for one in (a, b)]
            texts = (f"{rates[0]:.0f} /s", f"{rates[1]:.0f} /s")
            yield made("indexing from memory", texts, [1 / rates[0]], [1 / rates[1]])
        for what, name in (("index on disk", "bytes"), ("peak memory, indexing", "peak_memory")):
            yield made(what, (megabytes(a[name]), megabytes(b[name])), [a[name]], [b[name]])
    elif theirs.task == "memory":
        for what, name in (("peak memory, searching", "peak"), ("private memory, searching", "private")):
            yield made(what, (megabytes(a[name]), megabytes(b[name])), [a[name]], [b[name]])


def _remark(ours: dict[str, int], theirs: dict[str, int]) -> str:
    """Where the two did not find the same, a comparison of times says less."""
    if ours["answered"] == theirs["answered"]:
        return ""
    count = theirs["questions"]
    return f"hits for {theirs['answered']} of {count} questions, {OURS} for {ours['answered']}"


def milliseconds(value: float) -> str:
    thousandfold = value * 1000
    return f"{thousandfold:.2f} ms" if thousandfold < 10 else f"{thousandfold:.0f} ms"


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.0f} MB" if value >= 1e7 else f"{value / 1e6:.1f} MB"
