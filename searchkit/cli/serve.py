"""searchkit serve: an index -> a search page and a JSON API."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
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


@command(
    "serve indexes/news",
    "serve indexes/news --port 8080 --title 新聞",
    "serve indexes/news --writable",
    "serve indexes/news --allow-host search.example.org --proxy 127.0.0.1",
    short_help="Open a search page for an index.",
)
@location_argument
@_option("--host", "127.0.0.1", "The address to listen on.")
@_option("--port", 8000, "The port to listen on; 0 takes any free one.", click.IntRange(0, 65535))
@_option("--title", "searchkit", "The name that the page shows.")
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
def serve(
    location: str,
    host: str,
    port: int,
    title: str,
    rate: float,
    hosts: tuple[str, ...],
    proxies: tuple[str, ...],
    writable: bool,
) -> None:
    """Serve a search page and a JSON API, until Ctrl-C.

    Only this machine can reach the page, unless --host says otherwise. Needs 'searchkit-zh[web]'.
    """
    try:
        from searchkit import web
    except ImportError as error:
        hint = "pip install 'searchkit-zh[web]'"
        raise Failed(f"the search page needs {error.name}, which is not installed", hint=hint) from None
    given = os.environ.get(_TOKEN)
    token = (secrets.token_urlsafe(24) if given is None else given) if writable else None
    limits = web.Limits(rate=rate)
    with searchkit.open(location) as index:
        try:
            app = web.app(index, title=title, token=token, limits=limits)
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
