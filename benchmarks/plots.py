"""Plots of measurements as SVG and PNG.

    python -m benchmarks.plots benchmarks/results/DAY/measurements.jsonl

searchkit has a strong colour and the others are grey, so the plots do not depend on telling hues apart. Lines
have markers and names as well as colours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from benchmarks.comparisons import OURS, largest_size
from benchmarks.measurements import Measurement, read_measurements

__all__ = ["draw"]

_OURS = "#0072b2"
_OTHERS = "#b4b8bd"
_TEXT = "#333333"
# Okabe and Ito's colours, https://jfly.uni-koeln.de/color/, chosen for any kind of colour vision.
_LINES = ("#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#000000", "#999999", "#b8a200")
_MARKERS = "osD^vPX*<>"
_STYLE: Any = {
    "font.size": 9,
    "text.color": _TEXT,
    "axes.labelcolor": _TEXT,
    "axes.edgecolor": "#cccccc",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
    "svg.hashsalt": "benchmarks",
    "figure.dpi": 100,
}
_GROWTH_CLASSES = ("one word", "two words", "headline", "passage")


def draw(measurements: Sequence[Measurement], folder: Path) -> list[Path]:
    """Draw all plots that the measurements allow; returns the files."""
    size = largest_size(measurements, OURS) or max(
        (one.size for one in measurements if one.size and one.task == "index"), default=0
    )
    at_size = [one for one in measurements if one.size == size]
    with mpl.rc_context(_STYLE):
        figures = {
            "search": _search(
                at_size, "search", f"From a question to ten highlighted hits, {size:,} documents"
            ),
            "ids": _search(at_size, "ids only", f"From a question to ten ids, {size:,} documents"),
            "indexing": _indexing(at_size, size),
            "running": _running(at_size, size),
            "growth": _growth(measurements),
        }
        return [path for name, figure in figures.items() if figure for path in _saved(figure, folder / name)]


def _saved(figure: Figure, path: Path) -> list[Path]:
    paths = [path.with_suffix(".svg"), path.with_suffix(".png")]
    for one in paths:
        # No date: equal figures make equal files.
        metadata = {"Date": None} if one.suffix == ".svg" else {}
        figure.savefig(one, dpi=150, facecolor="white", bbox_inches="tight", metadata=metadata)
    plt.close(figure)
    return paths


def _search(measurements: Sequence[Measurement], task: str, title: str) -> Figure | None:
    """A panel for each class, in it a bar for each peer; all panels have one scale."""
    searches = [one for one in measurements if one.task == task]
    if not searches:
        return None
    kinds = list(dict.fromkeys(one.kind or "" for one in searches))
    peers = list(dict.fromkeys(one.peer for one in searches))
    columns = min(len(kinds), 4)
    rows = -(-len(kinds) // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(2.6 * columns + 1.2, rows * (0.22 * len(peers) + 0.8) + 0.6),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    panels = list(grid.flat)
    for panel, kind in zip(panels, kinds, strict=False):
        values = {one.peer: one.figures["p50"] * 1000 for one in searches if one.kind == kind}
        _bars(panel, peers, values, lambda value: f"{value:.2f}" if value < 10 else f"{value:.0f}")
        panel.set_title(kind)
    for panel in panels[len(kinds) :]:
        panel.set_visible(False)
    every = [one.figures["p50"] * 1000 for one in searches]
    panels[0].set_xscale("log")
    panels[0].set_xlim(min(every) / 2, max(every) * 6)
    for panel in panels:
        _plain_numbers(panel)
    figure.supxlabel("milliseconds, median (p50), log scale: shorter is faster", fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    return figure


def _indexing(measurements: Sequence[Measurement], size: int) -> Figure | None:
    indexed = {one.peer: one.figures for one in measurements if one.task == "index"}
    if not indexed:
        return None
    return _panels(
        f"Indexing {size:,} documents, from files to a committed index",
        {
            "documents a second (longer is better)": {
                peer: figures["documents"] / figures["seconds"] for peer, figures in indexed.items()
            },
            "index size to text size (shorter is better)": {
                peer: figures["bytes"] / figures["text_bytes"] for peer, figures in indexed.items()
            },
            "peak memory, MB (shorter is better)": {
                peer: figures["peak_memory"] / 1e6 for peer, figures in indexed.items()
            },
        },
    )


def _running(measurements: Sequence[Measurement], size: int) -> Figure | None:
    panels: dict[str, dict[str, float]] = {}
    for one in measurements:
        if one.task == "throughput":
            count = one.figures["threads"]
            shown = one.kind or "highlighted"
            title = f"questions a second, {shown}, {count} thread{'s' * (count > 1)}"
            panels.setdefault(title, {})[one.peer] = one.figures["per_second"]
    panels |= {
        "private memory, MB": {
            one.peer: one.figures["private"] / 1e6 for one in measurements if one.task == "memory"
        },
        "cold start, seconds": {
            one.peer: one.figures["seconds"] for one in measurements if one.task == "cold start"
        },
    }
    panels = {title: values for title, values in panels.items() if values}
    return _panels(f"Searching {size:,} documents", panels) if panels else None


def _panels(title: str, panels: Mapping[str, Mapping[str, float]]) -> Figure:
    """Up to three side by side, each with a scale of its own."""
    peers = list(dict.fromkeys(peer for values in panels.values() for peer in values))
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(3.4 * columns + 1.0, rows * (0.24 * len(peers) + 0.6) + 0.5),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for panel in grid.flat[len(panels) :]:
        panel.set_visible(False)
    for panel, (name, values) in zip(grid.flat, panels.items(), strict=False):
        _bars(
            panel,
            peers,
            values,
            lambda value: (
                f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.0f}"
            ),
        )
        panel.set_title(name, fontsize=9, weight="normal")
        panel.margins(x=0.18)
        panel.xaxis.set_major_locator(MaxNLocator(4))
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    return figure


def _bars(
    panel: Axes, peers: Sequence[str], values: Mapping[str, float], text: Callable[[float], str]
) -> None:
    """One bar for each peer with its figure; a gap for a peer without one."""
    places = range(len(peers))
    widths = [values.get(peer, 0.0) for peer in peers]
    bars = panel.barh(
        places, widths, height=0.72, color=[_OURS if peer == OURS else _OTHERS for peer in peers]
    )
    panel.bar_label(
        bars, [text(values[peer]) if peer in values else "" for peer in peers], padding=3, fontsize=8
    )
    for place, peer in enumerate(peers):
        if peer not in values:
            panel.text(
                0.02, place, "not measured", transform=panel.get_yaxis_transform(), va="center", fontsize=7
            )
    panel.set_yticks(places, peers)
    panel.set_ylim(len(peers) - 0.4, -0.6)
    panel.tick_params(length=0)
    panel.grid(visible=True, axis="x")


def _growth(measurements: Sequence[Measurement]) -> Figure | None:
    """p50 of some classes and documents a second, by the number of documents."""
    points: dict[str, dict[str, dict[int, float]]] = {}
    for one in measurements:
        if one.size and one.task == "search" and one.kind in _GROWTH_CLASSES:
            title = f"{one.kind}: p50, milliseconds"
            points.setdefault(title, {}).setdefault(one.peer, {})[one.size] = one.figures["p50"] * 1000
        elif one.size and one.task == "index":
            rate = one.figures["documents"] / one.figures["seconds"]
            points.setdefault("indexing: documents a second", {}).setdefault(one.peer, {})[one.size] = rate
    sizes = sorted({size for peers in points.values() for values in peers.values() for size in values})
    if len(sizes) < 2:
        return None
    figure, grid = plt.subplots(
        1, len(points), figsize=(3.5 * len(points), 3.9), squeeze=False, layout="constrained"
    )
    others = sorted({peer for peers in points.values() for peer in peers} - {OURS})
    handles = {}
    for panel, (title, peers) in zip(grid.flat, points.items(), strict=True):
        for peer, values in sorted(peers.items(), key=lambda item: item[0] == OURS):
            number = others.index(peer) if peer in others else 0
            (handles[peer],) = panel.plot(
                list(values),
                list(values.values()),
                color=_OURS if peer == OURS else _LINES[number % len(_LINES)],
                marker="o" if peer == OURS else _MARKERS[1 + number % (len(_MARKERS) - 1)],
                linewidth=2.6 if peer == OURS else 1.2,
                markersize=6,
            )
        panel.set(title=title, xscale="log", yscale="log", xlabel="documents", xticks=sizes)
        panel.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.25)
        panel.xaxis.set_minor_formatter(NullFormatter())
        panel.minorticks_off()
        panel.set_xticks(sizes, [f"{size:,}" for size in sizes])
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=12))
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        panel.grid(visible=True, axis="y")
    names = [OURS, *others] if OURS in handles else others
    figure.legend(
        [handles[name] for name in names],
        names,
        loc="outside lower center",
        ncols=min(len(names), 6),
        frameon=False,
    )
    figure.suptitle("Growth with the number of documents, log scales", x=0.01, ha="left", weight="bold")
    return figure


def _plain_numbers(panel: Axes) -> None:
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_locator(NullLocator())


def main() -> None:
    path = Path(sys.argv[1])
    for drawn in draw(read_measurements(path), path.parent):
        print(drawn)


if __name__ == "__main__":
    main()
