"""A stream and an option -> whether to write colours."""

from __future__ import annotations

import os
from typing import Literal, TextIO

__all__ = ["Colour", "wants_colour"]

Colour = Literal["auto", "always", "never"]


def wants_colour(choice: Colour, stream: TextIO) -> bool:
    """Whether to write colours to the stream; "auto" does to a terminal, unless NO_COLOR is set.

    https://no-color.org: any value counts, but an empty one.
    """
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
