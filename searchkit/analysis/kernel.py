"""The kernel: the functions that go over every character of a text, compiled where they were built.

`SEARCHKIT_KERNEL=python` or `compiled` chooses, or demands. Both give the same for any text.
"""

from __future__ import annotations

import os
from importlib import import_module

_WANTED = os.environ.get("SEARCHKIT_KERNEL", "")

KERNEL = "python"
"""Which one runs: "python" or "compiled"."""

if _WANTED != "python":
    try:
        import_module("searchkit.analysis._kernel")
    except ImportError as error:
        if _WANTED == "compiled":
            raise ImportError(
                "SEARCHKIT_KERNEL=compiled, but the compiled kernel is not built: "
                "pip install . with a C compiler"
            ) from error
    else:
        KERNEL = "compiled"
