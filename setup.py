"""The compiled kernel, which is optional; all else is in pyproject.toml."""

from __future__ import annotations

import os
import sys
from glob import glob

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

SOURCES = "searchkit/analysis/kernel"


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
            first_line = (str(error).splitlines() or [""])[0]
            print(
                f"searchkit: the compiled kernel was not built ({first_line}); searchkit works the same without it, "
                "but indexes and searches several times slower. A C compiler and pip install --force-reinstall "
                "searchkit bring it.",
                file=sys.stderr,
            )


setup(
    ext_modules=[
        Extension(
            "searchkit.analysis._kernel",
            sources=sorted(glob(f"{SOURCES}/*.c")),
            depends=sorted(glob(f"{SOURCES}/*.h")),
            optional=True,
        )
    ],
    cmdclass={"build_ext": OptionalBuild},
)
