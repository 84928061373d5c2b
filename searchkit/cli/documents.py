"""searchkit show, update and delete: the documents of an index, one by one or those that match."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click

import searchkit
from searchkit.cli import options as o
from searchkit.cli.addresses import find_id, id_of
from searchkit.cli.columns import one_line, printable, width, wrapped
from searchkit.cli.outcome import Failed, Interrupted, Misused, say
from searchkit.cli.output import Colour, count_of, print_json, room_of_terminal, wants_colour
from searchkit.cli.pager import print_paged
from searchkit.cli.results import origin_lines, title_lines
from searchkit.cli.search import where_of

_FIELDS = ("title", "body", "url", "published", "source", "tags", "markup")
_WHOLE = "the whole change was made, or nothing was"


@o.command(
    "show https://daily.example.com/2024/09/12/envoys --in indexes/news",
    "show daily.example.com/2024/09/12/envoys --in indexes/news --json",
    short_help="Show one article.",
)
@click.argument("id", type=o.TEXT)
@o.location_option("--in", "The index with the article.")
@o.json_option
@o.colour_option
@o.pager_option
def show(id: str, location: str, as_json: bool, colour: Colour, pager: bool) -> None:
    """Show the article with this ID: its title, where it is from, its fields and its text.

    The ID of an article is its address, the path of its file, or the id that 'searchkit search' shows.
    """
    with searchkit.open(location) as index:
        document = index.get(id_of(index, id))
    if document is None:  # somebody deleted it just now
        raise Failed(f"{location}: there is no document {id!r}")
    if as_json:
        print_json(document.to_dict())
        return
    lines = [*_document_lines(document, room_of_terminal())]
    print_paged(lines, colour=wants_colour(colour, sys.stdout), wanted=pager)


@o.command(
    "update https://example.com/tea --set title=茶與水 --set tags=茶,水 --in indexes/news",
    "update tea7 --set price=12.5 --unset author --in indexes/shop",
    "update tea7 --set 'sizes:=[50, 100]'      any JSON value",
    short_help="Change some fields of an article.",
)
@click.argument("id", type=o.TEXT)
@o.location_option("--in", "The index with the article.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    type=o.TEXT,
    metavar="NAME=VALUE",
    help="Give a field this value; tags are separated by commas. NAME:=JSON is any JSON. May be repeated.",
)
@click.option("--unset", multiple=True, type=o.TEXT, metavar="NAME", help="Clear a field. May be repeated.")
@o.json_option
@click.pass_context
def update(
    ctx: click.Context,
    /,
    id: str,
    location: str,
    assignments: tuple[str, ...],
    unset: tuple[str, ...],
    as_json: bool,
) -> None:
    """Change some fields of the article with this ID, and keep the others.

    The fields are title, body, url, published, source, tags and those that the index declares; extra.NAME is
    anything else that is stored with the article. Its id does not change.
    """
    if not assignments and not unset:
        raise click.UsageError("there is nothing to change; --set NAME=VALUE gives a field a value", ctx)
    with searchkit.open(location) as index:
        known = index.stats().fields
        key = id_of(index, id)
        changes: dict[str, Any] = {}
        for name, value in [*(_assigned(one, known) for one in assignments), *((n, None) for n in unset)]:
            _put(changes, name, value, known)
        try:
            document = index.update(key, **changes)
        except KeyError:  # somebody deleted it just now
            raise Failed(f"{index.location}: there is no document {id!r}") from None
        except KeyboardInterrupt:
            raise Interrupted(_WHOLE) from None
    if as_json:
        print_json(document.to_dict())
        return
    names = ", ".join([*(name for name in changes if name != "extra"), *changes.get("extra", ())])
    click.echo(f"{printable(one_line(document.id))}: {printable(names)} changed")


@o.command(
    "delete https://daily.example.com/2024/09/12/envoys --in indexes/news",
    "delete --where author=林晚 --until 2020 --in indexes/news",
    "delete --query 'title:廣告' --yes --in indexes/news",
    "delete --all --in indexes/news",
    short_help="Delete articles from an index.",
)
@click.argument("ids", metavar="[ID...]", nargs=-1, type=o.TEXT)
@o.location_option("--in", "The index to delete from.")
@click.option(
    "--query",
    type=o.TEXT,
    metavar="QUERY",
    help="Delete what has every word of this query, and passes the filters.",
)
@o.filter_options
@click.option("--all", "everything", is_flag=True, help="Delete every document; the index stays.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask first.")
@o.json_option
@click.pass_context
def delete(
    ctx: click.Context,
    /,
    ids: tuple[str, ...],
    location: str,
    query: str | None,
    where: tuple[str, ...],
    everything: bool,
    yes: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """Delete the articles with these IDs, or all that a query and filters find.

    It says how many were deleted. By a query or filters, it first asks on a terminal, and needs --yes
    elsewhere. Words are not let go, as in a search that finds little: 'searchkit search --match all' shows
    what will be deleted. Files stay; 'searchkit index' indexes them again once they change.
    """
    given = {name: value for name, value in filters.items() if value}
    ways = [bool(ids), bool(query is not None or given or where), everything]
    if sum(ways) != 1:
        reason = "there is nothing to delete" if not any(ways) else "IDs, a query and --all go one by one"
        raise click.UsageError(f"{reason}; give IDs, or --query and filters, or --all", ctx)
    if query is not None and not query.strip():
        raise click.UsageError("the query is empty; --all deletes every document", ctx)
    with searchkit.open(location) as index:
        try:
            if ids:
                _delete_ids(index, ids, as_json=as_json)
                return
            asked: dict[str, Any] = {**given, "where": where_of(index, where) or None}
            found = len(index) if everything else index.count(query or "", match="all", **asked)
            if found and not yes:
                _confirm(f"Delete {found:,} of {count_of(len(index), 'document')} from {index.location}?")
            deleted = 0
            if found:
                deleted = index.clear() if everything else index.delete(query=query, **asked)
        except KeyboardInterrupt:
            raise Interrupted(_WHOLE) from None
        _say_deleted(index, deleted, as_json=as_json)


def _delete_ids(index: searchkit.Index, ids: tuple[str, ...], *, as_json: bool) -> None:
    known = {id: find_id(index, id) for id in ids}
    found, missing = [*filter(None, known.values())], [id for id in ids if known[id] is None]
    if found or as_json:
        _say_deleted(index, index.delete(found) if found else 0, as_json=as_json, missing=missing)
    if missing:
        more = f", and {count_of(len(missing) - 1, 'other')}" if len(missing) > 1 else ""
        raise Failed(f"{index.location}: there is no document {missing[0]!r}{more}")


def _say_deleted(
    index: searchkit.Index, deleted: int, *, as_json: bool, missing: list[str] | None = None
) -> None:
    if as_json:
        more = {"missing": missing} if missing else {}
        print_json({"deleted": deleted, "documents": len(index), **more})
    else:
        click.echo(f"{index.location}: {count_of(deleted, 'document')} deleted, {len(index):,} left")


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise Misused(
            f"{question} There is no terminal to answer at", hint="--yes deletes without a question"
        )
    if not click.confirm(question, err=True):
        say("interrupted", "nothing was deleted")
        raise click.exceptions.Exit(1)


# -- values of fields


def _assigned(assignment: str, known: Mapping[str, str]) -> tuple[str, Any]:
    """The name and the value of NAME=VALUE or NAME:=JSON."""
    name, equals, text = assignment.partition("=")
    if not equals or not name.strip(": "):
        raise click.UsageError(f"--set takes NAME=VALUE, like title=茶 or price=12, not {assignment!r}")
    if name.endswith(":"):
        try:
            return name[:-1].strip(), json.loads(text)
        except ValueError as error:
            raise click.UsageError(f"--set {assignment}: this is no JSON: {error}") from None
    name = name.strip()
    kind = known.get(name)
    if name == "tags":
        return name, [tag.strip() for tag in text.split(",") if tag.strip()]
    if kind in ("number", "boolean"):
        try:
            value = json.loads(text.strip().lower())
        except ValueError:
            value = text
        if type(value) not in ((bool,) if kind == "boolean" else (int, float)):
            expected = "true or false" if kind == "boolean" else "a number"
            raise click.UsageError(f"--set {assignment}: {name!r} is {expected}")
        return name, value
    return name, text or None


def _put(changes: dict[str, Any], name: str, value: Any, known: Mapping[str, str]) -> None:
    inner = name.removeprefix("extra.")
    if name in _FIELDS:
        changes[name] = value
    elif name in known or inner != name:
        changes.setdefault("extra", {})[inner] = value
    else:
        every = ", ".join([*_FIELDS[:-1], *known])
        raise click.UsageError(
            f"there is no field {name!r}; there are {every}, and extra.{name} for what is only stored"
            if name != "id"
            else "the id of a document stays; add it anew with another one, and delete this one"
        )


# -- a document for people


def _document_lines(document: searchkit.Document, room: int | None) -> Iterator[str]:
    yield from title_lines(searchkit.Highlighted(document.title), "", room)
    id = f"id {document.id}" if document.id != document.url else ""
    about = [*origin_lines(document.published, document.source, document.url, id, room=room, whole=True)]
    if document.tags:
        about += _laid_out(f"tags {', '.join(document.tags)}", room)
    for name, value in document.extra.items():
        texts = value if isinstance(value, list) else [value]
        is_text = texts and all(isinstance(each, str) for each in texts)
        text = ", ".join(map(str, texts)) if is_text else json.dumps(value, ensure_ascii=False)
        about += _laid_out(f"{name} {text}", room)
    for line in about:
        yield click.style(printable(line), dim=True)
    if document.body:
        yield ""
        yield from _body_lines(document, room)


def _body_lines(document: searchkit.Document, room: int | None) -> Iterator[str]:
    """The lines of the body: headings in bold, and the names of places, such as pages, where they begin."""
    marks = [mark for mark in document.markup if mark.kind in ("heading", "place")][::-1]
    start = 0
    for line in document.body.split("\n"):
        end, bold = start + len(line) + 1, False
        while marks and marks[-1].start < end:
            mark = marks.pop()
            if mark.kind == "heading":
                bold = True
            else:
                yield click.style(printable(one_line(f"── {mark.value} ──")), dim=True)
        for part in _laid_out(line, room):
            yield click.style(printable(part), bold=True) if bold else printable(part)
        start = end


def _laid_out(line: str, room: int | None) -> list[str]:
    text = one_line(line)
    if room is None or width(text) <= room:
        return [text]
    return [part.text for part in wrapped(searchkit.Highlighted(text), room)]
