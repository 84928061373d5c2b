"""searchkit rebuild and optimize: an index -> the same, analysed by today's rules, or in fewer pieces."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import click

import searchkit
from searchkit.cli.options import location_argument
from searchkit.cli.outcome import Interrupted
from searchkit.cli.quantities import bytes_of, count_of, seconds_of

__all__ = ["optimize", "rebuild"]


@click.command(
    epilog="""\b
Example:
  searchkit rebuild indexes/news
"""
)
@location_argument()
def rebuild(location: str) -> None:
    """Analyse the documents of an index anew.

    That is needed after an update of searchkit to another version of the analyzer; 'searchkit stats' says
    so. Searches go on meanwhile, and see the index as it was until all is done. Without a LOCATION it is
    the index in the environment variable SEARCHKIT_INDEX, or else indexes/default.
    """
    with _opened(location) as index:
        documents, took = _rewritten(index.rebuild, index.location)
    click.echo(f"{index.location}: {documents} analysed anew in {took}")


@click.command(
    epilog="""\b
Example:
  searchkit optimize indexes/news
"""
)
@location_argument()
def optimize(location: str) -> None:
    """Make searches in an index quicker.

    That brings it into as few pieces as can be, and is worth it once a large index is complete. It takes as
    long as a rebuild, and does what that does. Searches go on meanwhile. Without a LOCATION it is the index
    in the environment variable SEARCHKIT_INDEX, or else indexes/default.
    """
    with _opened(location) as index:
        before = index.stats().bytes
        documents, took = _rewritten(index.optimize, index.location)
        after = index.stats().bytes
    click.echo(f"{index.location}: {documents} optimized in {took}, {bytes_of(before)} → {bytes_of(after)}")


def _opened(location: str) -> searchkit.Index:
    with warnings.catch_warnings():
        # That it needs this is why we are here.
        warnings.simplefilter("ignore", searchkit.AnalyzerChangedWarning)
        return searchkit.open(location)


def _rewritten(rewrite: Callable[[], int], location: str) -> tuple[str, str]:
    """How many documents, and how long it took."""
    started = time.perf_counter()
    try:
        documents = rewrite()
    except KeyboardInterrupt:
        raise Interrupted(f"nothing was committed; {location} is as it was") from None
    return count_of(documents, "document"), seconds_of(time.perf_counter() - started)
