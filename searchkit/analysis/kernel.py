"""The kernel: the functions that go over every character of a text, compiled where they were built.

`SEARCHKIT_KERNEL=python` or `compiled` chooses, or demands. Both give the same for any text, and those in
Python are the definition.
"""

from __future__ import annotations

import os
from array import array
from importlib import import_module
from typing import TYPE_CHECKING

from searchkit.analysis import tokens
from searchkit.analysis.characters import character_data
from searchkit.analysis.normalizer import normalization_columns
from searchkit.analysis.tokens import Kind, Tokens

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Literal

__all__ = [
    "KERNEL",
    "Kind",
    "Tokens",
    "compiled",
    "has_tokens",
    "kernel",
    "normalize",
    "terms",
    "tokenize",
    "visible",
]

_CHOICES = ("", "python", "compiled")


def _compiled_kernel() -> ModuleType | None:
    """The compiled kernel with its tables; None where it is not built or not wanted."""
    choice = os.environ.get("SEARCHKIT_KERNEL", "")
    if choice not in _CHOICES:
        raise ImportError(f"SEARCHKIT_KERNEL must be python or compiled, not {choice!r}")
    if choice == "python":
        return None
    try:
        module = import_module("searchkit.analysis._kernel")
    except ImportError as error:
        if choice == "compiled":
            raise ImportError(
                "SEARCHKIT_KERNEL=compiled, but the compiled kernel is not built: install a C compiler, then "
                "pip install --force-reinstall searchkit-zh; or leave SEARCHKIT_KERNEL unset"
            ) from error
        return None
    data = character_data()
    firsts, lasts, names = zip(*data.ranges, strict=True)
    module.load(
        "".join(map(chr, firsts)),
        "".join(map(chr, lasts)),
        "".join(names),
        *normalization_columns(),
        "".join(map(chr, data.digits)),
        "".join(map(chr, data.digits.values())),
        "".join(chr(code) for pair in data.compositions.items() for code in (*pair[0], pair[1])),
        "".join(f"{character}{text}\0" for character, text in data.expansions.items()),
    )
    return module


compiled = _compiled_kernel()
"""The module itself, for the functions that belong to other layers; None where it does not run."""

KERNEL: Literal["compiled", "python"] = "compiled" if compiled else "python"
"""Which one runs."""


def kernel() -> Literal["compiled", "python"]:
    """Which kernel runs: ``"compiled"``, or ``"python"``, which gives the same more slowly.

    The compiled one is built when searchkit is installed where there is a C compiler. The environment
    variable ``SEARCHKIT_KERNEL`` chooses, if it is set to one of the two. Raises ``ImportError`` if it is set
    to anything else, or to ``compiled`` where none is built.
    """
    return KERNEL


if compiled:
    has_tokens = compiled.has_tokens
    normalize = compiled.normalize
    terms = compiled.terms
    visible = compiled.visible
    highlight = compiled.highlight
    _columns = compiled.tokenize

    def tokenize(text: str) -> Tokens:
        """`tokens.tokenize`, compiled."""
        texts, starts, ends, lines, kinds, joints = _columns(text)
        return Tokens(texts, array("I", starts), array("I", ends), array("I", lines), kinds, joints)

else:
    has_tokens = tokens.has_tokens
    normalize = tokens.normalize
    terms = tokens.terms
    tokenize = tokens.tokenize
    visible = tokens.visible
