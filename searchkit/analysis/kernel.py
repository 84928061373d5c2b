"""The kernel: the functions that go over every character of a text, compiled where they were built.

`SEARCHKIT_KERNEL=python` or `compiled` chooses, or demands. Both give the same for any text.
"""

from __future__ import annotations

import os

from searchkit.analysis import tokens
from searchkit.analysis.tokens import Kind, Tokens

KERNEL = "python"
"""Which one runs: "python" or "compiled"."""

has_tokens = tokens.has_tokens
normalize = tokens.normalize
terms = tokens.terms
tokenize = tokens.tokenize
visible = tokens.visible

if os.environ.get("SEARCHKIT_KERNEL", "") == "compiled":
    raise ImportError(
        "SEARCHKIT_KERNEL=compiled, but the compiled kernel is not built: pip install . with a C compiler"
    )

__all__ = ["KERNEL", "Kind", "Tokens", "has_tokens", "normalize", "terms", "tokenize", "visible"]
