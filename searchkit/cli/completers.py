"""What a shell offers behind an option: indexes, and the fields, sources and tags of the one that is named.

Only what is there at once: a cluster is not asked, and few folders are looked into. Nothing here fails: where
there is no answer, there is no offer.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import searchkit

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[Any]]

VARIABLE = "SEARCHKIT_INDEX"
DEFAULT = "indexes/default"
_MOST_FOLDERS = 500
_MOST_VALUES = 100
_OF_AN_INDEX = "index.json"


def locations(_ctx: click.Context, _parameter: click.Parameter, beginning: str) -> list[CompletionItem]:
    """Folders with an index, one or two below what has been typed; where there are none, any folders."""
    from click.shell_completion import CompletionItem

    head = os.path.dirname(beginning)  # noqa: PTH120  (keeps a ./ that was typed)
    folders = islice(_folders(head, 2), _MOST_FOLDERS)
    found = [one for one in folders if one.startswith(beginning) and Path(one, _OF_AN_INDEX).is_file()]
    return [CompletionItem(beginning, type="dir"), *map(CompletionItem, sorted(found))]


def _folders(head: str, depth: int) -> Iterator[str]:
    """The folders below, the nearer ones first."""
    try:
        with os.scandir(head or ".") as entries:
            found = [os.path.join(head, e.name) for e in entries if e.name[:1] != "." and e.is_dir()]  # noqa: PTH118
    except OSError:
        return
    yield from found
    for folder in found if depth > 1 else ():
        yield from _folders(folder, depth - 1)


def fields(ctx: click.Context, _parameter: click.Parameter, beginning: str) -> list[str]:
    """NAME= of the declared fields that filter."""
    return [f"{name}=" for name in _of_index(ctx, _with_values) if name.startswith(beginning)]


def orders(ctx: click.Context, _parameter: click.Parameter, beginning: str) -> list[str]:
    """What --sort takes."""
    names = ["relevance", "newest", "oldest", *_of_index(ctx, _with_values)]
    return [name for name in names if name.startswith(beginning)]


def facets(ctx: click.Context, _parameter: click.Parameter, beginning: str) -> list[str]:
    """What --facets takes behind the last comma."""
    before, comma, last = beginning.rpartition(",")
    names = ["source", "tags", "year", "month", *_of_index(ctx, _with_values)]
    return [f"{before}{comma}{name}" for name in names if name.startswith(last)]


def labels(facet: str) -> Completer:
    """The sources or tags that most documents have."""

    def complete(ctx: click.Context, _parameter: click.Parameter, beginning: str) -> list[str]:
        def counted(index: searchkit.Index) -> Iterable[str]:
            return index.search("*", limit=0, facets=facet).facets[facet]

        found = (name for name in _of_index(ctx, counted) if name.startswith(beginning))
        # A shell takes these signs for itself, and the scripts of click quote nothing.
        plain = (name for name in found if name.isprintable() and not {*" \"'\\$`;&|<>()*?[]#~,"} & {*name})
        return [*islice(plain, _MOST_VALUES)]

    return complete


def _with_values(index: searchkit.Index) -> list[str]:
    return [name for name, kind in index.stats().fields.items() if kind != "fulltext"]


def _of_index(ctx: click.Context, ask: Callable[[searchkit.Index], Iterable[str]]) -> list[str]:
    location = ctx.params.get("location") or os.environ.get(VARIABLE) or DEFAULT
    if "://" in location:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with searchkit.open(location) as index:
                return [*ask(index)]
    except (searchkit.SearchkitError, OSError, ValueError, ImportError):
        return []
