"""The speed of every peer at the same job and the same questions.

For each size: all peers index the same files, one after another; then all are open at once and asked in
turns, class after class and round after round, so that whatever else the machine does in the meantime falls
on all of them. Every question is asked twice: for ten hits with highlighted snippets, and for ids only, which
is all that some peers have. Peers that are too slow for a size, cannot do a task or fail are written down as
left out.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal, TypeVar

from tqdm import tqdm

from benchmarks.corpus import Corpus, prepare_articles, prepare_generated
from benchmarks.measurements import Recorder
from benchmarks.peer_host import Asked, Host, Indexed, PeerError, cold_start, imports
from benchmarks.peers.base import Peer, Question
from benchmarks.questions import NEEDS, questions

__all__ = ["Settings", "measure"]

Result = TypeVar("Result")

# What is shown of the hits; also the task of a measurement.
Form = Literal["search", "ids only"]
_FORMS: tuple[Form, ...] = ("search", "ids only")
# Which peers are asked which class of questions, in which form.
Classes = dict[tuple[Form, str], list[type[Peer]]]

# Who takes longer from files does not gain by having read them before.
_FROM_MEMORY_LIMIT = 60.0
_THREADS = (1, 2)
_THROUGHPUT_CLASSES = ("one word", "two words", "headline")
_THROUGHPUT_RUNS = 3


@dataclass(frozen=True)
class Settings:
    """The settings of a run."""

    sizes: tuple[int | None, ...]
    """How many documents; None is all of a user's."""
    articles: Path | None = None
    """A user's; None generates them."""
    rounds: int = 5
    seed: int = 20260101
    cold_starts: int = 5
    slow_limit: float = 600.0
    """Seconds that a peer may take to index a size, and for all rounds; it is left out of the rest."""
    registry: str = "benchmarks.peers"
    """The module whose ``PEERS`` has the peers, for the processes that run them."""

    def described(self) -> dict[str, Any]:
        """The settings as results keep them, without paths."""
        return {
            "articles": "generated" if self.articles is None else "given",
            "rounds": self.rounds,
            "seed": self.seed,
            "cold_starts": self.cold_starts,
            "slow_limit": self.slow_limit,
        }


def measure(peers: Sequence[type[Peer]], settings: Settings, work: Path, record: Recorder) -> None:
    """Measure the peers at every size; ``work`` is a folder for temporary articles and indexes."""
    able = []
    for peer in peers:
        if reason := peer.why_not():
            record(peer, "left out", {"reason": reason})
        else:
            able.append(peer)
            for task, reason in peer.cannot.items():
                record(peer, "left out", {"reason": reason}, kind=task)
    rates: dict[str, float] = {}
    asked: dict[str, list[Question]] = {}
    earlier = 0
    for wanted in settings.sizes:
        corpus = _prepare(wanted, settings, work / "articles")
        if corpus.documents > earlier:  # a user's folder may have fewer documents than are wanted
            # All sizes use the questions of the smallest, so that only the index grows.
            asked = asked or questions(corpus.sample, settings.seed)
            _OneSize(able, asked, corpus, settings, work / "indexes", record).run(rates)
            earlier = corpus.documents
        rmtree(work / "articles")


def _prepare(count: int | None, settings: Settings, folder: Path) -> Corpus:
    with tqdm(total=1, desc=f"articles: {count or 'all'}", leave=False):
        if settings.articles is not None:
            return prepare_articles(settings.articles, count, settings.seed, folder)
        if count is None:
            raise ValueError("a size is needed for generated articles")
        return prepare_generated(count, settings.seed, folder)


@dataclass
class _OneSize:
    """The measurements at one size."""

    peers: Sequence[type[Peer]]
    questions: Mapping[str, list[Question]]
    corpus: Corpus
    settings: Settings
    folder: Path
    record: Recorder
    open: dict[str, Host] = field(default_factory=dict)
    rounds: dict[type[Peer], int] = field(default_factory=dict)
    """In how many each is asked."""
    failed: set[tuple[str, str, str | None]] = field(default_factory=set)

    def run(self, rates: dict[str, float]) -> None:
        """``rates`` has the documents per second of the previous size, and is updated."""
        self.folder.mkdir()
        indexed = [peer for peer in self._shown(self.peers, "indexing") if self._index(peer, rates)]
        with ExitStack() as stack:
            for peer in self._shown(indexed, "opening"):
                self._open(peer, stack)
            classes = self._warm_up(indexed)
            self._search(classes)
            self._throughput([peer for peer in self.rounds if not self._is_slow(peer)])
            self._memory(classes)
        self._cold_start([peer for peer in indexed if peer.name in self.open])
        rmtree(self.folder)

    def _index(self, peer: type[Peer], rates: dict[str, float]) -> bool:
        expected = self.corpus.documents / rates[peer.name] if peer.name in rates else 0.0
        if expected > self.settings.slow_limit:
            self._leave_out(
                peer,
                f"by its speed at the size before, indexing would take {expected:.0f} s; "
                f"the limit is {self.settings.slow_limit:.0f} s",
            )
            return False
        result = self._attempt(peer, "indexing", lambda: self._indexed(peer))
        if result is None:
            return False
        rates[peer.name] = result.documents / result.seconds
        figures = {
            "documents": result.documents,
            "seconds": result.seconds,
            "bytes": result.bytes,
            "text_bytes": self.corpus.text_bytes,
            "peak_memory": result.peak_memory,
        }
        if result.seconds < _FROM_MEMORY_LIMIT and "from memory" not in peer.cannot:
            figures["seconds_from_memory"] = self._attempt(
                peer, "indexing from memory", lambda: self._from_memory(peer)
            )
        self.record(peer, "index", figures, size=self.corpus.documents)
        return True

    def _indexed(self, peer: type[Peer]) -> Indexed:
        with self._host(peer) as host:
            host.start()
            return host.index(self.corpus.folder)

    def _from_memory(self, peer: type[Peer]) -> float:
        """Into another place than the index that is asked."""
        place = self.folder / f"{peer.name}-from-memory"
        with Host(peer.name, place, registry=self.settings.registry) as host:
            host.start()
            taken = host.index_from_memory(self.corpus.folder)
        if place.is_dir():
            rmtree(place)
        else:
            place.unlink(missing_ok=True)
        return taken

    def _open(self, peer: type[Peer], stack: ExitStack) -> None:
        host = stack.enter_context(self._host(peer))
        if self._attempt(peer, "opening", host.open) is not None:
            self.open[peer.name] = host

    def _warm_up(self, peers: Sequence[type[Peer]]) -> Classes:
        """Ask every question once; returns which peers are to be asked the questions of each class."""
        classes: Classes = {}
        seconds: dict[type[Peer], float] = {}
        for kind in self._shown(list(self.questions), "warming up"):
            for form in _FORMS:
                classes[form, kind] = []
                for peer in peers:
                    if NEEDS.get(kind) in peer.cannot or form not in _forms(peer):
                        continue
                    if asked := self._ask(peer, kind, form):
                        classes[form, kind].append(peer)
                        seconds[peer] = seconds.get(peer, 0.0) + sum(asked.seconds)
        for peer, taken in seconds.items():
            self.rounds[peer] = min(self.settings.rounds, max(int(self.settings.slow_limit / taken), 1))
            if self._is_slow(peer):
                rounds = f"{self.rounds[peer]} of {self.settings.rounds} rounds"
                self._leave_out(
                    peer,
                    f"slow: a round takes {taken:.1f} s, so it is asked in {rounds}",
                    "rounds, throughput",
                )
        return classes

    def _search(self, classes: Classes) -> None:
        rounds: dict[tuple[Form, str, type[Peer]], list[Asked]] = {}
        for number in self._shown(list(range(self.settings.rounds)), "rounds"):
            for (form, kind), peers in classes.items():
                for peer in _rotated(peers, number):
                    if number < self.rounds[peer] and (asked := self._ask(peer, kind, form)):
                        rounds.setdefault((form, kind, peer), []).append(asked)
        for (form, kind, peer), answered in rounds.items():
            if len(answered) == self.rounds[peer]:
                self.record(peer, form, _search_figures(answered), size=self.corpus.documents, kind=kind)

    def _throughput(self, peers: Sequence[type[Peer]]) -> None:
        given = [question for kind in _THROUGHPUT_CLASSES for question in self.questions.get(kind, ())] * 2
        rates: dict[tuple[type[Peer], Form, int], list[float]] = {}
        for number in self._shown(list(range(_THROUGHPUT_RUNS if given else 0)), "throughput"):
            for form, threads in product(_FORMS, _THREADS):
                asked = _in_form(given, form)
                for peer in _rotated([one for one in peers if form in _forms(one)], number):
                    if threads > 1 and "threads" in peer.cannot:
                        continue
                    host = self.open[peer.name]
                    rate = self._attempt(peer, "throughput", partial(host.throughput, asked, threads))
                    if rate is not None:
                        rates.setdefault((peer, form, threads), []).append(rate)
        for (peer, form, threads), values in rates.items():
            figures = {"threads": threads, "per_second": statistics.median(values), "runs": values}
            kind = None if form == "search" else form
            self.record(peer, "throughput", figures, size=self.corpus.documents, kind=kind)

    def _memory(self, classes: Classes) -> None:
        """One round more, not timed: looking at memory takes time from those who are looked at."""
        peers = dict.fromkeys(peer for able in classes.values() for peer in able)
        for peer in self._shown(list(peers), "memory"):
            host = self.open[peer.name]
            with host.peak_memory() as peak:
                asked = [
                    self._ask(peer, kind, form) for (form, kind), able in classes.items() if peer in able
                ]
            if all(asked):
                figures = {"peak": peak.bytes, "private": host.private_memory()}
                self.record(peer, "memory", figures, size=self.corpus.documents)

    def _cold_start(self, peers: Sequence[type[Peer]]) -> None:
        question = next(iter(self.questions.values()))[0]
        times: dict[type[Peer], list[float]] = {}
        of_imports = []
        for number in self._shown(list(range(self.settings.cold_starts)), "cold starts"):
            of_imports.append(imports())
            for peer in _rotated(peers, number):
                start = partial(
                    cold_start,
                    peer.name,
                    self.folder / peer.name,
                    *_in_form([question], _forms(peer)[0]),
                    registry=self.settings.registry,
                )
                if seconds := self._attempt(peer, "cold start", start):
                    times.setdefault(peer, []).append(seconds)
        for peer, runs in times.items():
            figures = {
                "seconds": statistics.median(runs),
                "runs": runs,
                "imports": statistics.median(of_imports),
            }
            self.record(peer, "cold start", figures, size=self.corpus.documents)

    def _ask(self, peer: type[Peer], kind: str, form: Form) -> Asked | None:
        if peer.name not in self.open:
            return None
        ask = partial(self.open[peer.name].ask, _in_form(self.questions[kind], form))
        return self._attempt(peer, "answering", ask, kind)

    def _attempt(
        self, peer: type[Peer], what: str, do: Callable[[], Result], kind: str | None = None
    ) -> Result | None:
        """The result; None when the peer fails, which is recorded, or has failed before."""
        if (peer.name, what, kind) in self.failed:
            return None
        try:
            return do()
        except PeerError as error:
            self.failed.add((peer.name, what, kind))
            self._leave_out(peer, f"{what} failed: {error}", kind)
            return None

    def _is_slow(self, peer: type[Peer]) -> bool:
        """Whether a peer is too slow for all rounds and for throughput."""
        return self.rounds[peer] < self.settings.rounds

    def _host(self, peer: type[Peer]) -> Host:
        return Host(peer.name, self.folder / peer.name, registry=self.settings.registry)

    def _leave_out(self, peer: type[Peer], reason: str, kind: str | None = None) -> None:
        self.record(peer, "left out", {"reason": reason}, size=self.corpus.documents, kind=kind)

    def _shown(self, things: Sequence[Any], what: str) -> Iterator[Any]:
        """The items, with a progress bar on stderr."""
        bar = tqdm(things, desc=f"{self.corpus.documents} documents: {what}", leave=False)
        for thing in bar:
            bar.set_postfix_str(getattr(thing, "name", ""))
            yield thing


def _forms(peer: type[Peer]) -> tuple[Form, ...]:
    """Those that a peer can answer in."""
    return ("ids only",) if "snippets" in peer.cannot else _FORMS


def _in_form(questions: Sequence[Question], form: Form) -> list[Question]:
    return [replace(question, ids_only=form == "ids only") for question in questions]


def _search_figures(rounds: Sequence[Asked]) -> dict[str, Any]:
    seconds = [taken for asked in rounds for taken in asked.seconds]
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    totals = [total for total in rounds[-1].totals if total is not None]
    return {
        "p50": cuts[49],
        "p95": cuts[94],
        "p99": cuts[98],
        "p50_of_rounds": [statistics.median(asked.seconds) for asked in rounds],
        "questions": len(rounds[-1].seconds),
        "answered": sum(1 for hits in rounds[-1].hits if hits),
        "matches": statistics.median(totals) if totals else None,
    }


def _rotated(peers: Sequence[type[Peer]], by: int) -> list[type[Peer]]:
    """Rotate the order in every round, so that no peer always follows a heavy one."""
    start = by % len(peers) if peers else 0
    return [*peers[start:], *peers[:start]]
