"""searchkit stats: an index -> what there is to know of it."""

from __future__ import annotations

import dataclasses
import shlex
import warnings

import click

import searchkit
from searchkit.cli.options import json_option, location_argument
from searchkit.cli.output import print_json
from searchkit.cli.quantities import bytes_of

__all__ = ["stats"]


@click.command(
    epilog="""\b
Examples:
  searchkit stats indexes/news
  searchkit stats indexes/news --json
"""
)
@location_argument()
@json_option
def stats(location: str, as_json: bool) -> None:
    """Show the size and the kind of an index.

    Without a LOCATION it is the one in the environment variable SEARCHKIT_INDEX, or else indexes/default.
    """
    with warnings.catch_warnings():
        # One of the lines says the same.
        warnings.simplefilter("ignore", searchkit.AnalyzerChangedWarning)
        index = searchkit.open(location)
    with index:
        found = index.stats()
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    lines = {
        "location": found.location,
        "documents": f"{found.documents:,}",
        "size": bytes_of(found.bytes),
        "format": str(found.format),
        "made by": f"searchkit {found.version}",
        "analyzer": found.analyzer,
        "needs rebuild": f"yes: searchkit rebuild {shlex.quote(found.location)}"
        if found.needs_rebuild
        else "no",
        "user words": f"{found.user_words:,}",
        "stop words": f"{found.stop_words:,}",
        "fields": ", ".join(f"{name} ({kind})" for name, kind in found.fields.items()) or "none",
        "synonyms": f"{found.synonyms:,}",
        "pinyin": "yes" if found.pinyin else "no",
        **{name: f"{number:,}" for name, number in found.details.items()},
    }
    for name, value in lines.items():
        click.echo(f"{name:<15}{value}")
