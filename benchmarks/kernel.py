"""Speed of the kernel, in Python and compiled, and whether it is linear in the length of the worst texts.

    python -m benchmarks.kernel [FOLDER]    on 2,000 articles of the folder, or on generated ones

Exits with 1 where a text of eight times the length takes more than 32 times as long: quadratic work would
take 64 times.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from itertools import islice
from random import Random
from statistics import median
from types import ModuleType

import searchkit
from benchmarks.generated import SEED, generated
from searchkit.analysis import kernel, tokens

FUNCTIONS = ("normalize", "visible", "tokenize", "terms")
_DOCUMENTS, _ROUNDS = 2_000, 5
_LENGTH, _TIMES, _MOST = 100_000, 8, 32

WORST = {
    "random characters": lambda length: "".join(map(chr, _codes(length))),
    "no space": "a",
    "Han": "中",
    "a line of tokens": "a ",
    "marks on one letter": "\u0301",
    "invisible characters": "\u200b",
    "letters with marks": "и\u0306",
    "jamo": "\u1112\u1161\u11ab",
    "c and plus": "c+",
    "letters, each before 1,000 invisible characters": "c" + "\u200b" * 1_000,
    "line ends": "\n",
    "emoji, each in a line": "😀\n",
}
"""What is repeated in texts that may take long, or what makes them."""


def main() -> int:
    articles = searchkit.read_articles(sys.argv[1]) if len(sys.argv) > 1 else generated(_DOCUMENTS)
    texts = [f"{article.title}\n{article.body}" for article in islice(articles, _DOCUMENTS)]
    characters = sum(map(len, texts))
    modules = {"python": tokens} | ({"compiled": kernel} if kernel.KERNEL == "compiled" else {})
    print(f"million characters a second, {len(texts)} articles of {characters // len(texts)} characters")
    for function in FUNCTIONS:
        speeds = [
            f"{name} {characters / _seconds(getattr(module, function), texts) / 1e6:6.1f}"
            for name, module in modules.items()
        ]
        print(f"{function:10} {'   '.join(speeds)}")
    slow = [line for name, module in modules.items() for line in _not_linear(name, module)]
    print("\n".join(slow) or "linear in the length of the worst texts")
    return 1 if slow else 0


def _not_linear(name: str, module: ModuleType) -> Iterable[str]:
    for what, unit in WORST.items():
        short, long = (
            unit * (length // len(unit)) if isinstance(unit, str) else unit(length)
            for length in (_LENGTH, _LENGTH * _TIMES)
        )
        for function in FUNCTIONS:
            call = getattr(module, function)
            times = _seconds(call, [long]) / max(_seconds(call, [short]), 1e-6)
            if times > _MOST:
                yield f"{name} {function}, {what}: {times:.0f} times as long for {_TIMES} times the text"


def _seconds(call: Callable[[str], object], texts: list[str]) -> float:
    """Processor time for all texts, the median of several rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        for text in texts:
            call(text)
        rounds.append(time.process_time() - start)
    return median(rounds)


def _codes(count: int) -> Iterable[int]:
    source = Random(SEED)
    return (source.randrange(0x110000) for _ in range(count))


if __name__ == "__main__":
    sys.exit(main())
