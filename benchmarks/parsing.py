"""Times of parsing the worst queries: as long and as dense as a query may be.

python -m benchmarks.parsing
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path

from searchkit import QuerySyntaxError
from searchkit.query import parse

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from adversaries import adversaries


def main() -> None:
    parse("中", lenient=True)  # loads the tables
    times = sorted((seconds(text, lenient), text[:12]) for text in adversaries() for lenient in (True, False))
    print(f"{len(times)} queries   p50 {times[len(times) // 2][0] * 1000:.1f} ms")
    for taken, beginning in times[-5:]:
        print(f"{taken * 1000:8.1f} ms  {beginning!r} again and again")


def seconds(text: str, lenient: bool) -> float:
    """The processor time, the better of two runs."""
    return min(_once(text, lenient) for _ in range(2))


def _once(text: str, lenient: bool) -> float:
    started = time.process_time()
    with suppress(QuerySyntaxError):
        parse(text, lenient=lenient)
    return time.process_time() - started


if __name__ == "__main__":
    main()
