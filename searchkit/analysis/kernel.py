"""The kernel: the functions that go over every character of a text, compiled where they were built.

``SEARCHKIT_KERNEL=python`` or ``compiled`` chooses, or demands. Both give the same for any text.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

__all__ = ["compiled"]


def _compiled() -> Any:
    wanted = os.environ.get("SEARCHKIT_KERNEL", "")
    if wanted == "python":
        return None
    try:
        return import_module("searchkit.analysis._kernel")
    except ImportError as error:
        if wanted == "compiled":
            raise ImportError(
                "SEARCHKIT_KERNEL=compiled, but the compiled kernel is not built: "
                "install searchkit where a C compiler is"
            ) from error
        return None


compiled = _compiled()
"""The compiled module; None where there is none, or it is not wanted."""
