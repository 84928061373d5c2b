"""The compiled kernel, which is optional; all else is in pyproject.toml.

SEARCHKIT_WHEEL=compiled makes it an error when the kernel cannot be built, as for the wheels of a release.
SEARCHKIT_WHEEL=pure leaves it out: the wheel is py3-none-any.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

SOURCES = Path("searchkit/analysis/kernel")
WHEEL = os.environ.get("SEARCHKIT_WHEEL", "")
if WHEEL not in ("", "compiled", "pure"):
    sys.exit(
        f"SEARCHKIT_WHEEL must be compiled or pure, not {WHEEL!r}; unset, the kernel is built where it can be"
    )


class OptionalBuild(build_ext):
    """Says in one line what it means where the kernel cannot be built."""

    def build_extension(self, extension: Extension) -> None:
        """Build it, or say that it was not built."""
        if self.compiler.compiler_type != "msvc":
            # CFLAGS of the environment may replace what Python was built with. They come behind these.
            extension.extra_compile_args = ["-std=c11", "-O3", *os.environ.get("CFLAGS", "").split()]
        try:
            super().build_extension(extension)
        except Exception as error:
            if not extension.optional:
                raise
            print(
                f"searchkit: the compiled kernel was not built ({type(error).__name__}). Everything works "
                "without it, but indexing and searching take about twice as long. It needs a C compiler.",
                file=sys.stderr,
            )


KERNEL = Extension(
    "searchkit.analysis._kernel",
    sources=sorted(map(str, SOURCES.glob("*.c"))),
    depends=sorted(map(str, SOURCES.glob("*.h"))),
    optional=WHEEL != "compiled",
)

setup(
    ext_modules=[] if WHEEL == "pure" else [KERNEL],
    cmdclass={"build_ext": OptionalBuild},
)
