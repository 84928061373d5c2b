"""searchkit rebuild: an index analysed by old rules -> the same by today's."""

from __future__ import annotations

import time
import warnings

import click

import searchkit
from searchkit.cli.options import location_argument
from searchkit.cli.outcome import Interrupted
from searchkit.cli.quantities import count_of, seconds_of

__all__ = ["rebuild"]


@click.command(
    epilog="""\b
Example:
  searchkit rebuild indexes/news
"""
)
@location_argument()
def rebuild(location: str) -> None:
    """Analyse the documents of an index anew.

    That is needed after an update of searchkit that reads text by other rules; 'searchkit stats' says so.
    Searches go on meanwhile, and see the index as it was until all is done. Without a LOCATION it is the
    index in the environment variable SEARCHKIT_INDEX, or else indexes/default.
    """
    with warnings.catch_warnings():
        # That it needs this is why we are here.
        warnings.simplefilter("ignore", searchkit.AnalyzerChangedWarning)
        index = searchkit.open(location)
    started = time.perf_counter()
    with index:
        try:
            documents = index.rebuild()
        except KeyboardInterrupt:
            raise Interrupted(f"nothing was committed; {location} is as it was") from None
    took = seconds_of(time.perf_counter() - started)
    click.echo(f"{location}: {count_of(documents, 'document')} analysed anew in {took}")
