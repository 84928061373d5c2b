"""searchkit suggest: a prefix -> completions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import click

import searchkit
from searchkit.cli.columns import cut, one_line, padded, printable, width
from searchkit.cli.options import check_text, json_option, location_option, search_option
from searchkit.cli.output import count_of, print_json, print_lines, room_of_terminal

__all__ = ["suggest"]

_GAP = "  "
_LEAST_ROOM = 20


@click.command(
    short_help="Complete a query while it is typed.",
    epilog="""\b
Examples:
  searchkit suggest 中 --in indexes/news
  searchkit suggest pyth --in indexes/news --limit 3
  searchkit suggest wangyi --json                in an index made with --pinyin
""",
)
@click.argument("words", metavar="PREFIX...", nargs=-1, required=True)
@location_option("--in", "The index whose words and titles are suggested.")
@search_option("limit", help="Show at most N suggestions.")
@json_option
def suggest(words: tuple[str, ...], location: str, limit: int, as_json: bool) -> None:
    """Complete the beginning of a query with frequent words and titles of the index.

    Each suggestion has the number of articles about it. Several PREFIX words are one beginning.
    """
    prefix = " ".join(words)
    check_text(prefix)
    with searchkit.open(location) as index:
        found = index.suggest(prefix, limit=limit)
    if as_json:
        print_json({"prefix": prefix, "suggestions": [dataclasses.asdict(one) for one in found]})
    else:
        print_lines(_lines(found, room_of_terminal()))
    if not found and limit:
        click.echo("nothing found", err=True)


def _lines(found: Sequence[searchkit.Suggestion], room: int | None) -> Iterator[str]:
    """Two columns: the text, and the number of its documents, aligned to the right."""
    texts = [printable(one_line(one.text)) for one in found]
    digits = max((len(f"{one.documents:,}") for one in found), default=0)
    column = max(map(width, texts), default=0)
    if room is not None:
        column = max(min(column, room - digits - len(_GAP + " documents")), _LEAST_ROOM)
        texts = [cut(searchkit.Highlighted(text), column).text for text in texts]
    for text, one in zip(texts, found, strict=True):
        count = count_of(one.documents, "document")
        number = count.partition(" ")[0]
        count = " " * (digits - len(number)) + count
        yield padded(text, column) + _GAP + click.style(count, dim=True)
