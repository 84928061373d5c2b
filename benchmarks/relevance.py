"""How well searchkit and its peers rank: nDCG@10, MRR@10 and Recall@100 on test sets, in both scripts.

    python -m benchmarks.relevance FOLDER...             # BEIR: corpus.jsonl, queries.jsonl, qrels/
    python -m benchmarks.relevance --articles FOLDER     # known items: headlines ask for their articles
    python -m benchmarks.relevance FOLDER --peers searchkit,fts5-words --sample 500 --runs runs/

Every peer indexes a set once and ranks 100 documents for each query, as written and converted to the other
script. Each peer is compared with searchkit query by query. Each run writes JSON Lines and tables in Markdown
into a new folder in ``--output``. benchmarks.tuning tries other constants of searchkit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import RR, R, nDCG

from benchmarks.arguments import existing
from benchmarks.comparisons import CEILING, OURS, is_own
from benchmarks.judged_sets import JudgedSet, SetError, in_other_script, known_items, read_beir, thinned
from benchmarks.measurements import machine, versions
from benchmarks.peers import PEERS
from benchmarks.peers.base import Peer, articles
from benchmarks.relevance_tables import MEASURES, report
from benchmarks.significance import compared
from benchmarks.trec_runs import Run, write_run
from searchkit import Document

__all__ = ["main", "measure", "per_query", "rankings"]

DEPTH = 100
BASELINE = OURS
SLOW = ("whoosh", "searchkit-whoosh")
"""How the names of peers begin that --slow-limit is for: they are written in Python throughout."""

Values = dict[str, list[float]]
"""By measure its value for each query."""

_RESULTS = Path(__file__).parent / "results"
_IR_MEASURES = dict(zip(MEASURES, (nDCG @ 10, RR @ 10, R @ 100)))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=existing, help="test sets in the BEIR layout")
    parser.add_argument("--articles", type=existing, metavar="FOLDER", help="articles: a set of known items")
    parser.add_argument(
        "--known-items", type=int, default=1000, metavar="N", help="how many articles to ask for"
    )
    parser.add_argument("--peers", help="names with commas between; by default all that can run here")
    parser.add_argument("--sample", type=int, default=0, help="how many queries of each set; 0 is all")
    parser.add_argument("--runs", type=Path, metavar="DIR", help="where to write the rankings, as TREC runs")
    parser.add_argument(
        "--slow-limit", type=int, metavar="N", help="leave slow peers out of sets with more than N documents"
    )
    parser.add_argument("--output", type=Path, default=_RESULTS, help="where results go")
    given = parser.parse_args(arguments)
    if not given.folders and not given.articles:
        parser.error("give folders of test sets, or --articles")
    try:
        peers = chosen_peers(given.peers)
        sets = [thinned(judged_set, given.sample) for judged_set in read_sets(given)]
    except (SetError, LookupError) as error:
        parser.error(str(error.args[0]))
    # The name has the local time, which is easier to find.
    folder = given.output / datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    folder.mkdir(parents=True)
    lines: list[dict[str, Any]] = []
    for judged_set in sets:
        measured = measure(judged_set, peers, runs=given.runs, slow_limit=given.slow_limit)
        lines += measured
        written = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in measured)
        with (folder / "relevance.jsonl").open("a", encoding="utf-8") as file:  # each set once it is done
            file.write(written)
    (folder / "relevance.md").write_text(report(lines) + "\n", encoding="utf-8")
    print(report(lines))
    print(f"\n{folder}", file=sys.stderr)


def read_sets(given: argparse.Namespace) -> Iterator[JudgedSet]:
    for folder in given.folders:
        yield read_beir(folder)
    if given.articles:
        name = f"{given.articles.resolve().name}, headlines"
        # The last of several with one id, which replaces the others in searchkit.
        documents = {document.id: document for document in articles(given.articles)}
        yield known_items(name, documents.values(), given.known_items)


def chosen_peers(names: str | None) -> list[type[Peer]]:
    """The peers with these names; without names, all that can be measured here.

    Raises LookupError for an unknown peer and for one that cannot run here.
    """
    if names is None:
        return [peer for peer in PEERS.values() if peer.name != CEILING and peer.why_not() is None]
    peers = []
    for name in dict.fromkeys(names.split(",")):
        if name not in PEERS:
            raise LookupError(f"there is no peer {name}; there are {', '.join(PEERS)}")
        if reason := PEERS[name].why_not():
            raise LookupError(f"{name} cannot be measured here: {reason}")
        peers.append(PEERS[name])
    return peers


def measure(
    judged_set: JudgedSet,
    peers: Iterable[type[Peer]],
    *,
    runs: Path | None = None,
    slow_limit: int | None = None,
) -> list[dict[str, Any]]:
    """A result for every peer and script, also for those that are left out."""
    asked = {"same": judged_set, "other": in_other_script(judged_set)}
    results: list[dict[str, Any]] = []
    values: dict[str, dict[str, Values]] = {script: {} for script in asked}
    for peer in peers:
        about = {
            "kind": "relevance",
            "set": judged_set.name,
            "documents": len(judged_set.documents),
            "queries": len(judged_set.queries),
            "peer": peer.name,
            "label": peer.label,
            "other script": peer.cannot.get("other script"),
            "versions": versions(("searchkit", *peer.packages)),
            "machine": machine(),
            "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        }
        if slow_limit is not None and peer.name.startswith(SLOW) and len(judged_set.documents) > slow_limit:
            reason = f"too slow for more than {slow_limit:,} documents"
            results += [{**about, "script": script, "left out": reason} for script in asked]
            continue
        started = time.perf_counter()
        try:
            ranked = rankings(peer, judged_set.documents, asked)
        except Exception as error:  # of any kind: the other peers go on, and the table says it
            reason = f"{type(error).__name__}: {error}"
            results += [{**about, "script": script, "left out": reason} for script in asked]
            continue
        for script, run in ranked.items():
            if runs:
                write_run(_run_file(runs, judged_set.name, script, peer.name), run, peer.name)
            values[script][peer.name] = per_query(judged_set, run)
            means = {name: sum(each) / len(each) for name, each in values[script][peer.name].items()}
            results.append({**about, "script": script, **means})
        took = time.perf_counter() - started
        print(f"{judged_set.name}: {peer.name} took {took:.0f} s", file=sys.stderr)
    if len(judged_set.queries) > 1:
        _add_comparisons(results, values)
    return results


def rankings(
    peer_type: type[Peer], documents: Sequence[Document], asked: Mapping[str, JudgedSet]
) -> dict[str, dict[str, list[str]]]:
    """What the peer ranks for each query of each set, with the documents indexed once for all."""
    with tempfile.TemporaryDirectory() as folder:
        peer = peer_type(Path(folder) / "index")
        indexed = peer.index(iter(documents))
        if indexed != len(documents):
            raise RuntimeError(f"{indexed} of {len(documents)} documents were indexed")
        peer.open()
        with closing(peer):
            return {
                name: {
                    id: [document for document, _ in peer.rank(text, DEPTH)]
                    for id, text in judged_set.queries.items()
                }
                for name, judged_set in asked.items()
            }


def per_query(judged_set: JudgedSet, run: Run) -> Values:
    """Each measure of each query, in the order of the queries; 0 for a query without hits."""
    judgments = {id: judged_set.judged[id] for id in judged_set.queries}
    scored = {
        id: {document: float(-rank) for rank, document in enumerate(run.get(id, ()))} for id in judgments
    }
    by_measure = {measure: dict.fromkeys(judgments, 0.0) for measure in _IR_MEASURES.values()}
    for metric in ir_measures.iter_calc(list(by_measure), judgments, scored):
        by_measure[metric.measure][metric.query_id] = metric.value
    return {name: list(by_measure[measure].values()) for name, measure in _IR_MEASURES.items()}


def _add_comparisons(results: Iterable[dict[str, Any]], values: Mapping[str, Mapping[str, Values]]) -> None:
    """Add to the results the differences of nDCG@10 from searchkit and from the same script."""
    ndcg = {
        script: {peer: measured[MEASURES[0]] for peer, measured in peers.items()}
        for script, peers in values.items()
    }
    against_searchkit = {
        script: compared(peers[BASELINE], {name: each for name, each in peers.items() if not is_own(name)})
        for script, peers in ndcg.items()
        if BASELINE in peers
    }
    for result in results:
        script, peer = result["script"], result["peer"]
        if comparison := against_searchkit.get(script, {}).get(peer):
            result["against searchkit"] = comparison._asdict()
        if script == "other" and peer in ndcg[script]:
            [own] = compared(ndcg["same"][peer], {peer: ndcg[script][peer]}).values()
            result["against same script"] = own._asdict()


def _run_file(runs: Path, set_name: str, script: str, peer: str) -> Path:
    runs.mkdir(parents=True, exist_ok=True)
    return runs / f"{set_name.replace(', ', '-')}.{script}-script.{peer}.trec"


if __name__ == "__main__":
    main()
