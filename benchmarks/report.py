"""A report of measurements as tables in Markdown.

    python -m benchmarks.report benchmarks/results/DAY/measurements.jsonl

The report is computed from the measurements alone. It begins with both lists, where searchkit is behind and
where it is ahead, each beside the best peer at the largest common size, and with the plots.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.comparisons import (
    OURS,
    P50,
    Comparison,
    best_of_each,
    comparisons,
    is_own,
    megabytes,
    milliseconds,
    seconds,
)
from benchmarks.measurements import Measurement, read_measurements

__all__ = ["plots_in", "report"]

_PLOTS = {
    "search.svg": "Time from a question to ten highlighted hits",
    "ids.svg": "Time from a question to ten ids",
    "indexing.svg": "Documents indexed a second, size of the index, memory",
    "running.svg": "Questions a second, memory, cold start",
    "growth.svg": "What more documents cost",
}

Rows = Iterable[Sequence[str]]


def report(measurements: Sequence[Measurement], plots: Mapping[str, str] | None = None) -> str:
    """The report of these measurements; ``plots`` are files beside it, with what each shows."""
    sizes = sorted({one.size for one in measurements if one.size and one.task == "index"})
    parts = [
        ["# Speed of searchkit and others", *_circumstances(measurements, sizes)],
        *_at_a_glance(measurements),
        [f"![{shown}]({file})" for file, shown in (plots or {}).items()],
        ["## What was measured", *_peers(measurements)],
        ["## Every figure at which a peer is ahead", *_ahead(measurements)],
        ["## What was left out", *_left_out(measurements)],
    ]
    for size in reversed(sizes):
        at_size = [one for one in measurements if one.size == size]
        parts += [
            [f"## {size:,} documents"],
            ["### Indexing", *_indexing(at_size)],
            ["### Searching", *_searching(at_size)],
            ["### searchkit's time to the peer's", *_ratios(at_size, measurements)],
            ["### Slow questions", *_slow(at_size)],
            ["### What is found", *_found(at_size)],
            ["### Throughput, memory, start", *_running(at_size)],
        ]
    if len(sizes) > 1:
        parts.append(["## Growth", *_growth(measurements, sizes)])
    return "\n\n".join(paragraph for part in parts for paragraph in part) + "\n"


def _circumstances(measurements: Sequence[Measurement], sizes: Sequence[int]) -> list[str]:
    if not measurements:
        return ["There are no measurements."]
    last = measurements[-1]
    machine, settings = last.machine, last.settings
    return [
        f"{last.date[:10]}, {machine['cpu']}, {machine['cores']} cores, {machine['memory'] / 2**30:.0f} GiB, "
        f"{machine['system']}, Python {machine['python']}. Articles: {settings['articles']}, "
        f"{' and '.join(f'{size:,}' for size in sizes)}; {settings['rounds']} rounds of each question, "
        f"{settings['cold_starts']} cold starts, seed {settings['seed']}. "
        "Each peer ran in a process of its own; the rounds of all peers were interleaved. "
        "Throughput of a peer that cannot ask for all words is that of any.",
    ]


def _peers(measurements: Sequence[Measurement]) -> list[str]:
    labels = {one.peer: one.label for one in measurements}
    own = [peer for peer in labels if is_own(peer) and peer != OURS]
    versions = sorted({item for one in measurements for item in one.versions.items()})
    return [
        _table(("peer", "what it is"), labels.items(), words=True),
        *([f"No competitors, and in no list: {', '.join(own)}."] if own else []),
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions) + ".",
    ]


def _at_a_glance(measurements: Sequence[Measurement]) -> list[list[str]]:
    """Where searchkit is behind the best competitor and where it is ahead of all, with highlighted hits."""
    best = [one for one in best_of_each(comparisons(measurements)) if not one.is_of_ids]
    behind = sorted((one for one in best if one.ratio > 1), key=lambda one: -one.ratio)
    ahead = sorted((one for one in best if one.ratio <= 1), key=lambda one: one.ratio)
    head = ("at what", "documents", OURS, "the best other", "has", "times {} (of rounds)", "remark")

    def listed(some: Sequence[Comparison], word: str, times: Callable[[Comparison], Sequence[float]]) -> str:
        if not some:
            return "Nowhere in this run."
        rows = [
            (of.what, f"{of.size:,}", of.ours, of.peer, of.theirs, _of_rounds(of, times(of)), of.remark)
            for of in some
        ]
        return _table([cell.format(word) for cell in head], rows, words=True)

    if not any(one.peer == OURS and one.task == "index" for one in measurements):
        return []
    return [
        ["## Where searchkit is behind", listed(behind, "better", lambda one: one.ratios)],
        [
            "## Where searchkit is level or ahead",
            listed(ahead, "worse", lambda one: [1 / ratio for ratio in one.ratios]),
        ],
    ]


def _of_rounds(one: Comparison, ratios: Sequence[float]) -> str:
    return f"{_times(ratios)}{'' if one.is_clear or len(ratios) == 1 else ', not in every round'}"


def _ahead(measurements: Sequence[Measurement]) -> list[str]:
    if not any(one.peer == OURS and one.task == "index" for one in measurements):
        return [f"{OURS} was not measured in this run, so there is nothing to compare."]
    ahead = sorted(
        (one for one in comparisons(measurements) if one.ratio > 1 and not is_own(one.peer)),
        key=lambda one: (one.what, -one.ratio),
    )
    if not ahead:
        return ["Nowhere in this run."]
    head = ("at what", "documents", "peer", OURS, "peer has", "times (of rounds)", "remark")
    parts = ["At the largest size at which both were measured."]
    for title, some in (
        ("", [one for one in ahead if not one.is_of_ids]),
        ("Asked for ids only:", [one for one in ahead if one.is_of_ids]),
    ):
        if some:
            parts += filter(None, (title, _table(head, map(_ahead_row, some), words=True)))
    return parts


def _ahead_row(one: Comparison) -> Sequence[str]:
    return (
        one.what,
        f"{one.size:,}",
        one.peer,
        one.ours,
        one.theirs,
        _of_rounds(one, one.ratios),
        one.remark,
    )


def _left_out(measurements: Sequence[Measurement]) -> list[str]:
    rows = [
        (one.peer, f"{one.size:,}" if one.size else "any", one.kind or "everything", one.figures["reason"])
        for one in measurements
        if one.task == "left out"
    ]
    return [_table(("peer", "documents", "what", "why"), rows, words=True)] if rows else ["Nothing."]


def _indexing(measurements: Sequence[Measurement]) -> list[str]:
    rows = []
    for one in _of("index", measurements):
        figures = one.figures
        rows.append(
            (
                one.peer,
                f"{figures['documents'] / figures['seconds']:,.0f}",
                _per_second(figures["documents"], figures.get("seconds_from_memory")),
                seconds(figures["seconds"]),
                megabytes(figures["bytes"]),
                f"{figures['bytes'] / figures['text_bytes']:.2f}",
                megabytes(figures["peak_memory"]),
            )
        )
    return [
        "From files on disk to an index that is committed; documents/s also from documents in memory.",
        _table(("peer", "documents/s", "from memory", "time", "index", "index / text", "peak memory"), rows),
    ]


def _searching(measurements: Sequence[Measurement]) -> list[str]:
    highlighted = "Median time (p50) from a question to ten hits with titles and snippets highlighted."
    ids = "The same to ids only: no titles, no texts, no highlights."
    return _in_both_forms(measurements, (highlighted, ids), lambda one: milliseconds(one.figures["p50"]))


def _slow(measurements: Sequence[Measurement]) -> list[str]:
    def text(one: Measurement) -> str:
        return f"{one.figures['p95'] * 1000:.1f} / {one.figures['p99'] * 1000:.1f}"

    return _in_both_forms(measurements, ("p95 / p99, in milliseconds.", "Ids only."), text)


def _found(measurements: Sequence[Measurement]) -> list[str]:
    def text(one: Measurement) -> str:
        matches = one.figures["matches"]
        return f"{one.figures['answered']}; {'?' if matches is None else f'{matches:,.0f}'}"

    # Both forms of a question find the same.
    searches = [*_of("search", measurements), *_of("ids only", measurements)]
    count = next((one.figures["questions"] for one in searches), 0)
    return [
        f"For how many of {count} questions there is a hit; the median of matches (? where nobody counts).",
        _by_class(searches, text),
    ]


def _ratios(at_size: Sequence[Measurement], measurements: Sequence[Measurement]) -> list[str]:
    """Of this size, whether or not it is the largest of a peer."""
    compared = list(comparisons([one for one in measurements if one in at_size]))
    texts = {
        "search": "Of the medians of each round: the median, and least to greatest. "
        "Below 1 searchkit is faster.",
        "ids only": "Ids only.",
    }
    parts = []
    for task, what in P50.items():
        found = {
            (one.peer, one.what.removeprefix(what)): _times(one.ratios)
            for one in compared
            if one.what.startswith(what)
        }
        if found:
            parts += [texts[task], _by_peer(found)]
    return parts or ["There is nothing to compare."]


def _running(measurements: Sequence[Measurement]) -> list[str]:
    cells: dict[str, dict[str, str]] = {}
    for one in measurements:
        of_peer = cells.setdefault(one.peer, {})
        if one.task == "throughput":
            form = f"{one.kind}, " if one.kind else ""
            of_peer[f"questions/s, {form}threads: {one.figures['threads']}"] = (
                f"{one.figures['per_second']:,.0f}"
            )
        elif one.task == "memory":
            of_peer["peak memory"] = megabytes(one.figures["peak"])
            of_peer["private memory"] = megabytes(one.figures["private"])
        elif one.task == "cold start":
            of_peer["cold start"] = seconds(one.figures["seconds"])
            if "imports" in one.figures:
                of_peer["over imports"] = f"{one.figures['seconds'] / one.figures['imports']:.1f}"
    columns = list(dict.fromkeys(name for of_peer in cells.values() for name in of_peer))
    rows = [(peer, *(of.get(name, "–") for name in columns)) for peer, of in cells.items() if of]
    return [
        "Peak memory counts mapped index files, private memory does not. A cold start is from a new "
        "interpreter to the first answer, with files in the cache of the system; over imports: how many "
        "times as long as an interpreter takes for modules of the standard library that most programs use.",
        _table(("peer", *columns), rows),
    ]


def _growth(measurements: Sequence[Measurement], sizes: Sequence[int]) -> list[str]:
    highlighting = {one.peer for one in _of("search", measurements)}
    texts: dict[tuple[str, str], dict[int, str]] = {}
    for one in measurements:
        if one.task == "index" and one.size:
            rate = one.figures["documents"] / one.figures["seconds"]
            texts.setdefault((one.peer, "documents/s"), {})[one.size] = f"{rate:,.0f}"
        elif one.size and (one.task == "search" or (one.task == "ids only" and one.peer not in highlighting)):
            of_class = texts.setdefault((one.peer, f"{P50[one.task]}{one.kind}"), {})
            of_class[one.size] = milliseconds(one.figures["p50"])
    rows = [(*key, *(of.get(size, "–") for size in sizes)) for key, of in sorted(texts.items())]
    return [_table(("peer", "what", *(f"{size:,}" for size in sizes)), rows)]


def _per_second(documents: int, taken: float | None) -> str:
    return f"{documents / taken:,.0f}" if taken else "–"


def _in_both_forms(
    measurements: Sequence[Measurement], heads: tuple[str, str], text: Callable[[Measurement], str]
) -> list[str]:
    """A table of highlighted hits and one of ids only, each below its text."""
    parts = []
    for task, head in zip(P50, heads, strict=True):
        if searches := _of(task, measurements):
            parts += [head, _by_class(searches, text)]
    return parts


def _by_class(searches: Sequence[Measurement], text: Callable[[Measurement], str]) -> str:
    return _by_peer({(one.peer, one.kind or ""): text(one) for one in searches})


def _by_peer(cells: Mapping[tuple[str, str], str]) -> str:
    """A table of peers and classes of questions."""
    peers, kinds = (list(dict.fromkeys(key[part] for key in cells)) for part in (0, 1))
    rows = [(peer, *(cells.get((peer, kind), "–") for kind in kinds)) for peer in peers]
    return _table(("peer", *kinds), rows)


def plots_in(folder: Path) -> dict[str, str]:
    """The plots in the folder, with what each shows."""
    return {name: shown for name, shown in _PLOTS.items() if (folder / name).is_file()}


def _of(task: str, measurements: Sequence[Measurement]) -> list[Measurement]:
    return [one for one in measurements if one.task == task]


def _times(ratios: Sequence[float]) -> str:
    """Median and spread: 1.9 (1.8–2.1)."""
    ordered = sorted(ratios)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    if len(ordered) == 1:
        return f"{median:.2f}"
    return f"{median:.2f} ({ordered[0]:.2f}–{ordered[-1]:.2f})"


def _table(head: Sequence[str], rows: Rows, *, words: bool = False) -> str:
    """A table with the first column aligned left, and columns of numbers aligned right."""
    lines = [head, ["---", *["---" if words else "---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    path = Path(sys.argv[1])
    print(report(read_measurements(path), plots_in(path.parent)), end="")


if __name__ == "__main__":
    main()
