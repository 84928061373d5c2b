"""What tantivy raises: what a query caused, what the operating system refused, and damage."""

from __future__ import annotations

import pytest

from searchkit.engine.base import PlanTooExpensiveError
from searchkit.engine.plan import Phrase, Wildcard
from searchkit.engine.tantivy.engine import TantivyEngine
from searchkit.engine.tantivy.errors import reading
from searchkit.errors import IndexCorruptError, SearchkitError

DEAR = PlanTooExpensiveError


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (
            "An invalid argument was passed: 'Phrase query exceeded max expansions 16385'",
            PlanTooExpensiveError,
        ),
        (
            "An invalid argument was passed: 'RegexQueryError: Compiled regex exceeds size'",
            PlanTooExpensiveError,
        ),
        (
            "Aborting aggregation because memory limit was exceeded. Limit: 1, Current: 2",
            PlanTooExpensiveError,
        ),
        (
            "Aborting aggregation because bucket limit was exceeded. Limit: 1, Current: 2",
            PlanTooExpensiveError,
        ),
        ("An IO error occurred: 'Too many open files (os error 24)'", SearchkitError),
        ("An IO error occurred: 'No space left on device (os error 28)'", SearchkitError),
        ("An IO error occurred: 'Cannot allocate memory (os error 12)'", SearchkitError),
        (
            "Failed to open file for read: 'IoError { io_error: Os { code: 13, kind: PermissionDenied } }'",
            SearchkitError,
        ),
        ("An IO error occurred: 'No such file or directory (os error 2)'", IndexCorruptError),
        ("An IO error occurred: 'Input/output error (os error 5)'", IndexCorruptError),
        ("Data corrupted: 'Data corruption: checksum'", IndexCorruptError),
        ("Internal error: 'failed to fill whole buffer'", IndexCorruptError),
    ],
)
def test_an_error_is_told_by_what_caused_it(said: str, kind: type[SearchkitError]) -> None:
    with pytest.raises(SearchkitError) as caught, reading("here"):
        raise ValueError(said)
    assert type(caught.value) is kind


LONG = Phrase("body_bigrams", ((0, "a" * 2000), (1, "b")), 1, frozenset({0}))


@pytest.mark.parametrize("clause", [Wildcard("body_unigrams", "*?" * 30), LONG])
def test_an_automaton_that_is_too_large_is_no_damage(clause: Wildcard | Phrase) -> None:
    snapshot = TantivyEngine.create(None, {}, ()).snapshot()
    try:
        assert snapshot.count(clause) == 0
    except PlanTooExpensiveError as error:
        assert "limit of tantivy" in error.reason
