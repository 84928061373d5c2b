"""The options that several commands have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["location_argument", "location_option"]

_DEFAULT = "indexes/default"
_VARIABLE = "SEARCHKIT_INDEX"


def location_option(name: str, help: str) -> Callable[[Any], Any]:
    """An option that names the index, as the parameter ``location``."""
    return click.option(
        name,
        "location",
        metavar="LOCATION",
        envvar=_VARIABLE,
        default=_DEFAULT,
        show_default=True,
        show_envvar=True,
        help=help,
    )


def location_argument() -> Callable[[Any], Any]:
    """An argument that names the index, as the parameter ``location``."""
    return click.argument("location", metavar="[LOCATION]", envvar=_VARIABLE, default=_DEFAULT)
