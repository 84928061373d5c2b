"""The compiled kernel; pyproject.toml has the rest. Where no C compiler is, searchkit does without."""

from pathlib import Path

from setuptools import Extension, setup

KERNEL = Path("searchkit/analysis/kernel")

setup(
    ext_modules=[
        Extension(
            "searchkit.analysis._kernel",
            sorted(map(str, KERNEL.glob("*.c"))),
            depends=sorted(map(str, KERNEL.glob("*.h"))),
            optional=True,
        )
    ]
)
