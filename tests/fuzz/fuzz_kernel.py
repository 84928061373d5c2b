"""Random fuzzing of the compiled kernel: `make fuzz-kernel`, for a minute, under AddressSanitizer.

Texts are made of random bytes, of what the tokenizer treats specially, and of words. Both kernels must give
the same for each; what the sanitizer finds, or a difference, ends the run, and what was given is printed.
Dictionaries are made of random lines and then damaged, which must do no harm.

    python tests/fuzz/fuzz_kernel.py SECONDS [SEED]
"""

from __future__ import annotations

import random
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from forged_dictionary import with_checksum

from searchkit.analysis import kernel, tokens
from searchkit.analysis.characters import HANGUL_MARKS, INVISIBLE, character_data
from searchkit.analysis.jieba_tokenizer import compiled_jieba, python_jieba
from searchkit.analysis.segmenter import make_segmenter
from searchkit.highlight.snippet import CompiledHighlighter, PythonHighlighter
from searchkit.indexing.sketch import python_sketch
from searchkit.indexing.suggestions import python_suggested_words
from searchkit.query import HighlightTerm

FUNCTIONS = ("normalize", "visible", "has_tokens", "tokenize", "terms")
DATA = character_data()
RANGES = [*HANGUL_MARKS, *((first, last) for first, last, name in DATA.ranges if name == INVISIBLE)]
POOLS = [
    [chr(code) for pair in DATA.compositions for code in pair],
    [chr(code) for first, last in RANGES for code in range(first, last + 1)],
    [first + last for first in "aAcé中" for last in ("++", "#", "+", "")],
    [*"a1²я中ᄒ가か😀$+#\n\r\u2028 ，¶_\0"],
    [chr(first) for first, _, _ in DATA.ranges] + [chr(last) for _, last, _ in DATA.ranges],
    [
        *"的一是不了在人有我他这中大来上国，。\n",
        "乾隆皇帝",
        "t恤",
        "卡拉ok",
        "gpt-4",
        "v3.6",
        "着名",
        "㐀\ufa0e",
        "c++",
    ],
    [
        *"0123,，.:１０々〻人时\n\n\r \u3000\u034f\uffffaAbBcC",
        *DATA.expansions,
        "研究人工",
        "1,000",
        "getUserName",
    ],
    [*"甲乙的国a1z.-_+%&# 㐀\u9fff\ufa23α"],
]
# The segmenter has words of one's own; they mix what Latin words and numbers are made of.
OWN = [
    "雷神山",
    "的的",
    "中國人",
    "薛定谔的貓",
    "gpt-4 turbo",
    "3.6.3版",
    "-4t",
    "㐀a",
    "a国",
    "++3",
    "c++b",
    "4-a",
]


def texts(source: random.Random) -> Iterator[str]:
    """Random texts without end, few of them longer than some hundred characters."""
    while True:
        length = source.choice((3, 30, 300, 3_000)) if source.random() < 0.2 else source.randrange(20)
        yield source.randbytes(length).decode(source.choice(("latin-1", "utf-8")), "surrogateescape")
        yield source.randbytes(2 * length).decode("utf-16-le", "surrogatepass" if length % 2 else "replace")
        pools = source.choices(POOLS, k=3)
        yield "".join(source.choice(source.choice(pools)) for _ in range(length))
        yield source.choice(source.choice(pools)) * source.randrange(600)
        yield "".join(map(chr, (source.randrange(0x110000) for _ in range(length))))
        yield "".join(source.choices(source.choice(POOLS[-2:]) + OWN, k=length))


def check(text: str) -> None:
    """Both kernels give the same for the text."""
    for name in FUNCTIONS:
        compiled, python = getattr(kernel, name)(text), getattr(tokens, name)(text)
        assert compiled == python, (name, text, compiled, python)
    assert kernel.compiled is not None
    assert kernel.compiled.sketch(text) == python_sketch(text), text
    # The text as its own words; and what it is without its last character, which some of them are not in.
    for normalized in (text, text[:-1]):
        given = text, normalized, text, 1 + len(text) % 2, frozenset(text.split(" ")[::3])
        words = kernel.compiled.suggested_words(*given), python_suggested_words(*given)
        assert list(words[0].items()) == list(words[1].items()), given


def random_term(source: random.Random, found: list[str]) -> HighlightTerm:
    """A term of some of these tokens, neighbours for the most part."""
    at, count = source.randrange(len(found)), source.choice((1, 1, 2, 3))
    chosen = found[at : at + count] if source.random() < 0.8 else source.choices(found, k=count)
    field = source.choice((None, None, "title", "body"))
    kind = source.randrange(6)
    if kind == 0:
        return HighlightTerm(tuple(chosen[:1]), field, distance=source.choice((1, 2)))
    if kind == 1:
        return HighlightTerm((chosen[0][: source.randrange(3)] + source.choice("*?"),), field)
    if kind < 4:
        chosen[-1] = chosen[-1][: source.randrange(1, len(chosen[-1]) + 1)]
    return HighlightTerm(tuple(chosen), field, prefix=kind < 4)


def check_highlight(source: random.Random, page: list[str]) -> None:
    """Both kernels mark the same in a page of texts, and cut them to the same fragments."""
    found = [token for text in page for token in kernel.tokenize(text).texts[:500]] or ["a"]
    terms = [random_term(source, found) for _ in range(source.randrange(6))]
    compiled, python = CompiledHighlighter(terms), PythonHighlighter(terms)
    assert compiled.whole(page, "title") == python.whole(page, "title"), (page, terms)
    assert compiled.whole(page, "body") == python.whole(page, "body"), (page, terms)
    for length in (1, source.randrange(1, 200), source.choice((1000, sys.maxsize))):
        assert compiled.snippets(page, length) == python.snippets(page, length), (page, terms, length)


class Words:
    """The segmenters and tokenizers of both kernels, with words of one's own and without."""

    def __init__(self) -> None:
        self.segmenters = [
            (make_segmenter(own, compiled_jieba), make_segmenter(own, python_jieba)) for own in ((), OWN)
        ]
        self.jiebas = compiled_jieba(), python_jieba()

    def check(self, source: random.Random, text: str) -> None:
        """The words are the same; sometimes a word is added."""
        normalized = kernel.visible(kernel.normalize(text))
        for compiled, python in self.segmenters:
            words = python.words(normalized)
            assert compiled.words(normalized) == words, text
            assert compiled.joined_words(normalized) == " ".join(words), text
        cuts = [jieba.cut(text) for jieba in self.jiebas]
        assert cuts[0] == cuts[1], text
        if source.random() < 0.01 and (
            word := "".join(source.choices(text, k=source.randrange(1, 5)) if text else "")
        ):
            frequency = source.choice((None, None, 0, source.randrange(10**6)))
            added = [jieba.add_word(word, frequency, None) for jieba in self.jiebas]
            assert added[0] == added[1], (word, frequency, added)


def damage_dictionary(source: random.Random, text: str) -> None:
    """A dictionary of random lines is made or refused; once it is damaged, texts are cut somehow."""
    assert kernel.compiled is not None
    words = [text[at : at + source.randrange(1, 4)] for at in range(min(len(text), 60))]
    lines = "\n".join([f"{word} {source.randrange(1, 2 ** source.randrange(1, 40))}" for word in words])
    model = array("d", (source.uniform(-20, 0) for _ in range(4 + 16 + 4 * len(text[:60])))).tobytes()
    encoded = lines.encode("utf-8", "surrogatepass")
    for given in (encoded, b"\xe4\xb8\xad 3\n\xe4\xb8\xad\xe5\x9b\xbd 4", source.randbytes(20)):
        with suppress(ValueError):
            made = bytearray(kernel.compiled.make_dictionary(given, encoded[:20], text[:60], model, b"key"))
            assert "".join(kernel.compiled.Jieba(bytes(made), b"key").cut(text)) == text
            start = source.choice((0, 200, 256, len(made) - 300))
            for _ in range(source.randrange(1, 40)):
                made[source.randrange(start, len(made))] = source.choice(
                    (0, 1, 127, 255, source.randrange(256))
                )
            # Refused at the latest where the header does not fit.
            jieba = kernel.compiled.Jieba(with_checksum(made) if source.random() < 0.9 else made, b"key")
            for _ in range(2):
                assert "".join(jieba.cut(text)) == text
                with suppress(OverflowError):
                    jieba.add_word(text[:3], source.choice((None, 10**6)), None)


def main() -> None:
    assert kernel.KERNEL == "compiled", "build it first: make fuzz-kernel"
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
    source = random.Random(seed)
    words = Words()
    print(f"{kernel.__file__}, seed {seed}", flush=True)
    end = time.monotonic() + seconds
    page: list[str] = []
    for count, text in enumerate(chain([""], texts(source)), start=1):
        check(text)
        words.check(source, text)
        page.append(text)
        if len(page) > source.randrange(4):
            check_highlight(source, page)
            page = []
        if count % 200 == 0:
            damage_dictionary(source, text)
        if time.monotonic() > end:
            print(f"{count} texts, all the same")
            return


if __name__ == "__main__":
    main()
