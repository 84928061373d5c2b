"""The command line of the speed benchmark.

    python -m benchmarks                          every peer, on generated articles
    python -m benchmarks --articles FOLDER --peers searchkit,fts5-words --sizes 2000,20000

Each run writes JSON Lines, a report in Markdown and plots into a new folder in ``--output``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tqdm import tqdm

from benchmarks.arguments import existing
from benchmarks.generated import SEED
from benchmarks.measurements import Measurement, Recorder, machine, read_measurements
from benchmarks.peers import PEERS
from benchmarks.peers.base import Peer
from benchmarks.report import plots_in, report
from benchmarks.speed import Settings, measure

_RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    settings = Settings(
        sizes=(300,) if given.quick else given.sizes,
        articles=given.articles,
        rounds=2 if given.quick else given.rounds,
        seed=given.seed,
        cold_starts=2 if given.quick else given.cold_starts,
        slow_limit=given.slow_limit,
    )
    # The name has the local time, which is easier to find.
    folder = given.output / datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    folder.mkdir(parents=True)
    lines = folder / "measurements.jsonl"
    record = Recorder(lines, settings.described(), machine(), notice=_say_what_is_left_out)
    with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=given.work) as work:
        measure(given.peers or list(PEERS.values()), settings, Path(work), record)
    measurements = read_measurements(lines)
    if not given.no_plots:
        from benchmarks.plots import draw  # matplotlib is not needed for figures

        draw(measurements, folder)
    (folder / "report.md").write_text(report(measurements, plots_in(folder)), encoding="utf-8")
    print(folder / "report.md")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure searchkit beside other search engines."
    )
    parser.add_argument(
        "--articles", type=existing, help="a folder, or a file of JSON Lines; generated articles by default"
    )
    parser.add_argument(
        "--peers",
        type=_peers,
        help=f"some of {','.join(PEERS)}; all by default",
    )
    parser.add_argument(
        "--sizes", type=_sizes, default=(2000, 10_000), help="how many documents, e.g. 2000,10000, or all"
    )
    parser.add_argument("--rounds", type=_positive, default=5, help="how often each question is asked (5)")
    parser.add_argument("--cold-starts", type=_positive, default=5, help="how often each is started (5)")
    parser.add_argument(
        "--slow-limit",
        type=float,
        default=600.0,
        metavar="SECONDS",
        help="what a peer may take to index a size and for all rounds; it is left out of the rest (600)",
    )
    parser.add_argument("--seed", type=int, default=SEED, help="chooses articles and questions")
    parser.add_argument("--output", type=Path, default=_RESULTS, help="where results go")
    parser.add_argument("--work", type=Path, help="where articles and indexes are kept meanwhile")
    parser.add_argument("--no-plots", action="store_true")
    parser.add_argument(
        "--quick", action="store_true", help="300 documents, 2 rounds: whether it works at all"
    )
    return parser


def _peers(text: str) -> list[type[Peer]]:
    names = text.split(",")
    if unknown := [name for name in names if name not in PEERS]:
        raise argparse.ArgumentTypeError(f"no peer {unknown[0]!r}; there are {', '.join(PEERS)}")
    return [PEERS[name] for name in names]


def _sizes(text: str) -> tuple[int | None, ...]:
    if text == "all":
        return (None,)
    return tuple(sorted(_positive(size) for size in text.split(",")))


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def _say_what_is_left_out(measurement: Measurement) -> None:
    if measurement.task == "left out" and measurement.size is not None:
        what = f"{measurement.kind}: " if measurement.kind else ""
        tqdm.write(f"{measurement.peer}: {what}{measurement.figures['reason']}", file=sys.stderr)


if __name__ == "__main__":
    main()
