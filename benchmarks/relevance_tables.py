"""Results of benchmarks.relevance as a report in Markdown, without the packages of the measurement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.comparisons import OURS, is_own

__all__ = ["MEASURES", "report", "tables"]

MEASURES = ("nDCG@10", "MRR@10", "Recall@100")

_SIGNIFICANT = 0.05
_NONE = "–"

Line = Mapping[str, Any]


def report(lines: Sequence[Line]) -> str:
    """Where and when it was measured, where searchkit is behind and ahead, and all tables."""
    measured = [line for line in lines if line.get("kind") == "relevance"]
    if not measured:
        return ""
    machine, versions = (
        measured[-1]["machine"],
        sorted({v for line in measured for v in line["versions"].items()}),
    )
    return "\n\n".join(
        [
            "# Ranking of searchkit and others",
            f"{measured[-1]['date'][:10]}, {machine['cpu']}, {machine['cores']} cores, "
            f"{machine['memory'] / 2**30:.0f} GiB, {machine['system']}, Python {machine['python']}. "
            f"Versions: {', '.join(' '.join(version) for version in versions)}.",
            "Of every set and script the difference of nDCG@10 from the best of the others. searchkit on "
            "another engine is none of them.",
            *_behind_and_ahead(measured),
            "## All figures",
            tables(measured),
        ]
    )


def _behind_and_ahead(measured: Iterable[Line]) -> list[str]:
    """Both lists: behind the best other, and level with it or ahead."""
    columns: dict[tuple[str, str], dict[str, Line]] = {}
    for line in measured:
        if "left out" not in line and (line["peer"] == OURS or not is_own(line["peer"])):
            columns.setdefault((line["set"], line["script"]), {})[line["peer"]] = line
    behind, ahead = [], []
    for (name, script), of_peer in columns.items():
        others = [line for peer, line in of_peer.items() if peer != OURS]
        if OURS not in of_peer or not others:
            continue
        ours, best = of_peer[OURS][MEASURES[0]], max(others, key=lambda line: line[MEASURES[0]])
        cells = [
            name if script == "same" else f"{name}, other script",
            _number(ours),
            best["label"],
            _marked(best),
            f"{ours - best[MEASURES[0]]:+.4f}",
        ]
        (behind if ours < best[MEASURES[0]] else ahead).append(cells)
    heads = ["", OURS, "the best other", "has", "difference"]
    return [
        part
        for title, rows in (
            ("Where searchkit is behind", behind),
            ("Where searchkit is level or ahead", ahead),
        )
        for part in (f"## {title}", _table(heads, rows) if rows else "Nowhere in this run.")
    ]


def tables(lines: Iterable[Line]) -> str:
    """An overview, and a table of every set, of the lines about relevance.

    The later of two lines about the same set, peer and script counts.
    """
    relevance = {
        (line["set"], line["peer"], line["script"]): line for line in lines if line.get("kind") == "relevance"
    }
    if not relevance:
        return ""
    sets = dict.fromkeys(name for name, _, _ in relevance)
    peers = dict.fromkeys(peer for _, peer, _ in relevance)
    parts = [_overview(relevance, list(sets), list(peers))]
    for name in sets:
        rows = [
            (same, relevance.get((name, peer, "other")))
            for peer in peers
            if (same := relevance.get((name, peer, "same")))
        ]
        parts.append(_of_set(name, rows))
    return "\n\n".join(parts)


def _overview(
    relevance: Mapping[tuple[str, str, str], Line], sets: Sequence[str], peers: Sequence[str]
) -> str:
    """nDCG@10 of every peer on every set."""
    columns = [(name, script) for name in sets for script in ("same", "other")]
    labels = {peer: line["label"] for (_, peer, _), line in relevance.items()}
    rows = [
        [labels[peer], *(_marked(relevance.get((name, peer, script))) for name, script in columns)]
        for peer in peers
    ]
    heads = ["nDCG@10", *(name if script == "same" else "other script" for name, script in columns)]
    note = (
        r"**bold**: not worse than any other of the column. \*: the difference from searchkit is significant "
        f"(p < {_SIGNIFICANT} after Holm's correction; paired t-test over the queries)."
    )
    return f"{_table(heads, _with_best(rows))}\n\n{note}"


def _of_set(name: str, rows: Sequence[tuple[Line, Line | None]]) -> str:
    """All measures of one set, with the differences from searchkit."""
    first = rows[0][0]
    heads = ["", *MEASURES, "nDCG@10 − searchkit", "p", "other script", "− same script", "− searchkit", "p"]
    cells, notes = [], []
    for same, other in rows:
        if reason := same.get("left out"):
            cells.append([same["label"], *[_NONE] * (len(heads) - 1)])
            notes.append(f"{same['label']} is left out: {reason}.")
            continue
        cells.append(
            [
                same["label"],
                *(_number(same[measure]) for measure in MEASURES),
                *_difference(same.get("against searchkit")),
                _number(other[MEASURES[0]]) if other else _NONE,
                _difference(other.get("against same script") if other else None)[0],
                *_difference(other.get("against searchkit") if other else None),
            ]
        )
    for reason in dict.fromkeys(same.get("other script") for same, _ in rows):
        if reason:
            labels = [same["label"] for same, _ in rows if same.get("other script") == reason]
            notes.append(f"In the other script ({'; '.join(labels)}): {reason}.")
    title = f"### {name}: {first['documents']:,} documents, {first['queries']:,} queries"
    return "\n\n".join([title, _table(heads, cells), *notes])


def _marked(line: Line | None) -> str:
    if line is None or "left out" in line:
        return _NONE
    comparison = line.get("against searchkit")
    star = r"\*" if comparison and comparison["p_holm"] < _SIGNIFICANT else ""
    return _number(line[MEASURES[0]]) + star


def _with_best(rows: list[list[str]]) -> list[list[str]]:
    """The rows with the best number of each column in bold."""
    best = [max((_bare(cell) for cell in column if cell != _NONE), default=_NONE) for column in zip(*rows)]
    return [
        [
            row[0],
            *(
                f"**{cell}**" if cell != _NONE and _bare(cell) == most else cell
                for cell, most in zip(row[1:], best[1:])
            ),
        ]
        for row in rows
    ]


def _bare(cell: str) -> str:
    """The number alone. All are from 0 to 1 with the same digits, so they sort as text."""
    return cell.rstrip("\\*")


def _difference(comparison: Line | None) -> tuple[str, str]:
    """A difference with its 95 % interval, and its probability."""
    if comparison is None:
        return _NONE, _NONE
    difference, low, high = (f"{comparison[name]:+.4f}" for name in ("difference", "low", "high"))
    probability = comparison["p_holm"]
    return f"{difference} [{low}, {high}]", "< 0.001" if probability < 0.001 else f"{probability:.3f}"


def _number(value: float) -> str:
    return f"{value:.4f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruler = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, ruler, *rows))
