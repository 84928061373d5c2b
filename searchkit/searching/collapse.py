"""Near-duplicates: a list of hits -> the same list with each story once.

A hit is hidden behind the first better one that tells the same story. So whether it is shown depends on the
better ones alone, and every page of a search agrees with the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.engine.base import ScoredDoc, Snapshot
from searchkit.engine.plan import Boolean, Plan, Sort, Term
from searchkit.indexing.sketch import Stories, needed
from searchkit.indexing.stored_fields import StoredFields
from searchkit.schema import SKETCH

MOST_HITS = 1000
_MOST_DUPLICATES = 100


def collapse(
    snapshot: Snapshot, plan: Plan, sort: Sort | None, *, offset: int, limit: int
) -> tuple[int, list[tuple[ScoredDoc, list[ScoredDoc]]], bool]:
    """How many documents match, the hits of the page with their duplicates, and whether there are more.

    Raises ValueError behind the first `MOST_HITS`: each page has to look at all the pages before it.
    """
    end = offset + limit
    if end > MOST_HITS:
        raise ValueError(f"near-duplicates are folded among the first {MOST_HITS} hits, not behind them")
    total, found = snapshot.search(plan, limit=2 * end, offset=0, sort=sort)
    shown: list[ScoredDoc] = []
    sketches: list[tuple[str, ...]] = []
    stories = Stories()
    for hit in _all_hits(snapshot, plan, sort, found, total) if limit else ():
        sketch = StoredFields.decode(hit.stored).sketch
        if stories.first(sketch) is None:
            shown.append(hit)
            sketches.append(sketch)
            stories.add(sketch)
            if len(shown) > end:
                break
    page = range(offset, min(end, len(shown)))
    # Only where other documents have enough hashes of the sketch, duplicates are searched for: these hits are
    # few, and document frequencies take a small part of the time of a search.
    freqs = iter(snapshot.doc_freqs(SKETCH, [part for at in page for part in sketches[at]]))
    retold = [at for at in page if sum(next(freqs) > 1 for _ in sketches[at]) >= needed(len(sketches[at]))]
    searches = [Plan(Boolean(must=(plan.match, _alike(sketches[at]))), plan.scores) for at in retold]
    answers = snapshot.multi_search(searches, limit=_MOST_DUPLICATES, sort=sort)
    # A hit that has the same story as a better one is behind that.
    duplicates = {
        at: [
            hit
            for hit in alike
            if (hit.stored, hit.of_index) != (shown[at].stored, shown[at].of_index)
            and stories.first(StoredFields.decode(hit.stored).sketch) == at
        ]
        for at, (_, alike) in zip(retold, answers)
    }
    return total, [(shown[at], duplicates.get(at, [])) for at in page], len(shown) > end


def _all_hits(
    snapshot: Snapshot, plan: Plan, sort: Sort | None, found: list[ScoredDoc], total: int
) -> Iterator[ScoredDoc]:
    at = 0
    while found:
        yield from found
        at += len(found)
        found = snapshot.search(plan, limit=len(found), offset=at, sort=sort)[1] if at < total else []


def _alike(sketch: Sequence[str]) -> Boolean:
    terms = tuple(Term(SKETCH, part) for part in sketch)
    return Boolean(should=terms, minimum_should_match=needed(len(sketch)))
