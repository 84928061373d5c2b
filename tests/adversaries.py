"""Queries made to be slow to read: as long as a query may be, dense with what the language knows.

Shared by the tests, which count the work, and by benchmarks/parsing.py, which takes the time.
"""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.query.parser import MAX_LENGTH

__all__ = ["adversaries"]

_PIECES = [
    *'( （ -( ) ） (a) ((((a)))) “a 「 」 『 " "a" "a"~ - a- 中-国 a* a?b*'.split(),
    *"a*b? * ? a~ a~2 ~ a^ a^2 ^2".split(),
    *'title: tag:"x" a:b date:2024..2025 2024- .. OR a中 中 a C++'.split(),
    *"ｏｒ NOT AND \\ ， 。 é ９ 𠮷 \u3000 ¶ ₂ ﷺ".split(),
    *[" ", "\n", "a OR ", "a AND ", "NOT ", "a ", "-a "],
]


def adversaries() -> Iterator[str]:
    """Every piece again and again, and every two of them in turn."""
    for one in _PIECES:
        for other in ("", *_PIECES):
            pair = one + other
            yield (pair * (MAX_LENGTH // len(pair) + 1))[:MAX_LENGTH]
