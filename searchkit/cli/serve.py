"""searchkit serve: an index -> a search page and a JSON API."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

import searchkit
from searchkit.cli.options import command, location_argument
from searchkit.cli.outcome import Failed, Misused, say

_TOKEN = "SEARCHKIT_TOKEN"
_PUBLIC = (
    "other machines can reach this page, and nothing encrypts what they send: for the public, put a proxy in "
    "front of it that does TLS and passes on requests for your own host name (--allow-host)"
)
_NO_PROXY = "without --proxy ADDRESS, all clients behind a proxy share one rate limit"


def _option(name: str, default: Any, help: str, type: Any = None) -> Callable[[Any], Any]:
    metavar = "N" if type else "TEXT"
    return click.option(name, type=type, default=default, show_default=True, metavar=metavar, help=help)


def _several(name: str, into: str, metavar: str, help: str) -> Callable[[Any], Any]:
    return click.option(name, into, multiple=True, metavar=metavar, help=f"{help} May be repeated.")


@command(
    "serve indexes/news",
    "serve indexes/news --port 8080 --title 新聞",
    "serve indexes/news --logo logo.svg --color accent=#0b6e4f --facet author --sort -views",
    "serve indexes/news --writable",
    "serve indexes/news --allow-host search.example.org --proxy 127.0.0.1",
    short_help="Open a search page for an index.",
)
@location_argument
@_option("--host", "127.0.0.1", "The address to listen on.")
@_option("--port", 8000, "The port to listen on; 0 takes any free one.", click.IntRange(0, 65535))
@_option("--title", "searchkit", "The name that the page shows.")
@click.option("--logo", metavar="PATH", help="A picture beside the name: its path, or its https:// address.")
@_several("--color", "colors", "NAME=COLOR", "A colour of the page, like accent=#0b6e4f or link=#0b5394.")
@_several(
    "--facet",
    "facets",
    "NAME",
    "Narrow results down by this: source, year, tags, a declared field; price:10,50.",
)
@_several(
    "--sort",
    "sorts",
    "NAME",
    "Offer this order: relevance, newest, oldest, a declared field (-views); -views,newest.",
)
@click.option(
    "--templates", metavar="FOLDER", help="Jinja templates that take the place of those of the page."
)
@click.option("--url", default="", help="The public address of the page, for the links in feeds.")
@_option("--rate", 20, "Requests a second that one client may make; 0 is no limit.", click.FloatRange(min=0))
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Answer requests for this host name too, not only those for this machine; also *.example.org.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="Trust this address or network to say in X-Forwarded-For who its client is.",
)
@click.option(
    "--writable",
    is_flag=True,
    help=f"Let clients with the token add and delete documents. The token is that in {_TOKEN}, or a new one.",
)
@click.option(
    "--no-images",
    "images",
    is_flag=True,
    default=True,
    flag_value=False,
    help="Show descriptions of pictures in their place, and load nothing from other hosts.",
)
def serve(
    location: str,
    host: str,
    port: int,
    title: str,
    logo: str | None,
    colors: tuple[str, ...],
    facets: tuple[str, ...],
    sorts: tuple[str, ...],
    templates: str | None,
    url: str,
    rate: float,
    hosts: tuple[str, ...],
    proxies: tuple[str, ...],
    writable: bool,
    images: bool,
) -> None:
    """Serve a search page and a JSON API, until Ctrl-C.

    Only this machine can reach the page, unless --host says otherwise. Needs 'searchkit-zh[web]'.
    """
    try:
        from searchkit import web
        from searchkit.web.customization import check_fields
    except ImportError as error:
        hint = "pip install 'searchkit-zh[web]'"
        raise Failed(f"the search page needs {error.name}, which is not installed", hint=hint) from None
    given = os.environ.get(_TOKEN)
    token = (secrets.token_urlsafe(24) if given is None else given) if writable else None
    limits = web.Limits(rate=rate)
    with searchkit.open(location) as index:
        try:
            named = dict(_pair(color) for color in colors)
            page = web.Page(title=title, logo=logo, colors=named, templates=templates, url=url, images=images)
            page = replace(page, facets=facets or page.facets, sorts=sorts or page.sorts)
            check_fields(page, index)
        except ValueError as error:
            raise Misused(str(error)) from None
        try:
            app = web.app(index, page=page, token=token, limits=limits)
        except ValueError as error:
            raise Failed(f"{_TOKEN}: {error}", hint=f"without {_TOKEN}, a new token is made") from None
        try:
            server = web.Server(app, host, port, hosts=hosts, proxies=proxies, limits=limits)
        except ValueError as error:
            raise Misused(str(error)) from None
        if not server.local:
            say("warning", _PUBLIC if proxies else f"{_PUBLIC}; {_NO_PROXY}")
        if token and given is None:
            click.echo(f"token for writing: {token}", err=True)
        click.echo(f"{server.url}  (Ctrl-C ends it)", err=True)
        server.run()


def _pair(color: str) -> tuple[str, str]:
    name, equals, value = color.partition("=")
    if not equals:
        raise ValueError(f"--color takes NAME=COLOR, like accent=#0b6e4f, not {color!r}")
    return name.strip(), value.strip()
