"""searchkit serve: an index -> a search page and a JSON API."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

import click

import searchkit
from searchkit.cli.options import location_argument
from searchkit.cli.outcome import Failed, say

if TYPE_CHECKING:
    from searchkit.web import Server

__all__ = ["serve"]

_TOKEN = "SEARCHKIT_TOKEN"


@click.command(
    short_help="Open a search page for an index.",
    epilog="""\b
Examples:
  searchkit serve indexes/news
  searchkit serve indexes/news --port 8080 --title 新聞
  searchkit serve indexes/news --writable
""",
)
@location_argument()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    metavar="N",
    help="The port to listen on; 0 takes any free one.",
)
@click.option("--title", default="searchkit", show_default=True, help="The name that the page shows.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0),
    default=20,
    show_default=True,
    metavar="N",
    help="Requests a second that one client may make; 0 is no limit.",
)
@click.option(
    "--writable",
    is_flag=True,
    help=f"Let clients with the token add and delete documents. The token is that in {_TOKEN}, or a new one.",
)
def serve(location: str, host: str, port: int, title: str, rate: float, writable: bool) -> None:
    """Serve a search page and a JSON API, until Ctrl-C.

    The default LOCATION is the one in the environment variable SEARCHKIT_INDEX, or indexes/default. Only this
    machine can reach the page, unless --host says otherwise. Needs 'searchkit[web]'.
    """
    try:
        from searchkit import web
    except ImportError as error:
        hint = "pip install 'searchkit[web]'"
        raise Failed(f"the search page needs {error.name}, which is not installed", hint=hint) from None
    token = (os.environ.get(_TOKEN) or secrets.token_urlsafe(24)) if writable else None
    with searchkit.open(location) as index:
        app = web.app(index, title=title, token=token, limits=web.Limits(rate=rate))
        server = web.Server(app, host, port)
        _greet(server, token)
        server.run()


def _greet(server: Server, token: str | None) -> None:
    if not server.local:
        say("warning", "other machines can reach this page, and nothing encrypts what they send")
    if token and not os.environ.get(_TOKEN):
        click.echo(f"token for writing: {token}", err=True)
    click.echo(f"{server.url}  (Ctrl-C ends it)", err=True)
