"""Random fuzzing of the compiled kernel: `make fuzz-kernel`, for a minute, under AddressSanitizer.

Texts are made of random bytes, and of what the tokenizer treats specially. Both kernels must give the same
for each; what the sanitizer finds, or a difference, ends the run, and the text is printed.

    python tests/fuzz/fuzz_kernel.py SECONDS [SEED]
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from itertools import chain

from searchkit.analysis import kernel, tokens
from searchkit.analysis.characters import HANGUL_MARKS, INVISIBLE, character_data

FUNCTIONS = ("normalize", "visible", "has_tokens", "tokenize", "terms")
DATA = character_data()
RANGES = [*HANGUL_MARKS, *((first, last) for first, last, name in DATA.ranges if name == INVISIBLE)]
POOLS = [
    [chr(code) for pair in DATA.compositions for code in pair],
    [chr(code) for first, last in RANGES for code in range(first, last + 1)],
    [first + last for first in "aAcé中" for last in ("++", "#", "+", "")],
    [*"a1²я中ᄒ가か😀$+#\n\r\u2028 ，¶_\0"],
    [chr(first) for first, _, _ in DATA.ranges] + [chr(last) for _, last, _ in DATA.ranges],
]


def texts(seed: int) -> Iterator[str]:
    """Random texts without end, few of them longer than some hundred characters."""
    source = random.Random(seed)
    while True:
        length = source.choice((3, 30, 300, 3_000)) if source.random() < 0.2 else source.randrange(20)
        yield source.randbytes(length).decode(source.choice(("latin-1", "utf-8")), "surrogateescape")
        yield source.randbytes(2 * length).decode("utf-16-le", "surrogatepass" if length % 2 else "replace")
        pools = source.choices(POOLS, k=3)
        yield "".join(source.choice(source.choice(pools)) for _ in range(length))
        yield source.choice(source.choice(pools)) * source.randrange(600)
        yield "".join(map(chr, (source.randrange(0x110000) for _ in range(length))))


def check(text: str) -> None:
    """Both kernels give the same for the text."""
    for name in FUNCTIONS:
        compiled, python = getattr(kernel, name)(text), getattr(tokens, name)(text)
        assert compiled == python, (name, text, compiled, python)


def main() -> None:
    assert kernel.KERNEL == "compiled", "build it first: make fuzz-kernel"
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
    print(f"{kernel.__file__}, seed {seed}", flush=True)
    end = time.monotonic() + seconds
    for count, text in enumerate(chain([""], texts(seed)), start=1):
        check(text)
        if time.monotonic() > end:
            print(f"{count} texts, all the same")
            return


if __name__ == "__main__":
    main()
