"""Generated articles: any number, the same on every machine.

    python -m benchmarks.generated 20000 articles/           files in the article format
    python -m benchmarks.generated 1000000 articles.jsonl    JSON Lines

The words and their frequencies are those of jieba's dictionary. Each document has a topic and some rare words
of its own that it repeats, as real texts do; otherwise all documents would be about everything and ranking
would have nothing to find. Every second document is in Traditional characters.

Only integers and `random.Random` are used, which are the same in every Python and on every machine. A
document depends on the seed and its number alone, so a smaller corpus is a prefix of a larger one.
"""

from __future__ import annotations

import argparse
import json
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import islice, repeat
from pathlib import Path
from random import Random

from tqdm import tqdm

from benchmarks.script_conversion import to_traditional
from searchkit import Document

__all__ = ["SEED", "generated", "write_articles", "write_json_lines"]

SEED = 20260101

_HOSTS = ("daily.example.com", "www.example.net", "news.example.org", "wanbao.example.com", "web.example.edu")
_FIRST_DAY = datetime(2012, 1, 1, tzinfo=timezone.utc)
_SECONDS = 12 * 365 * 86_400
# Characters of a body: quantiles of a log-normal distribution, median 900, sigma 0.55, mean about 1,050.
_LENGTHS = (
    *(209, 323, 387, 436, 478, 516, 553, 587, 621, 655, 688, 721, 755, 790, 825, 862, 900),
    *(940, 981, 1025, 1072, 1123, 1178, 1238, 1304, 1379, 1466, 1569, 1694, 1858, 2093, 2507, 3870),
)
_SLOTS = 1 << 16  # two random bytes choose one
_TOPICS = 200
_WORDS_OF_A_TOPIC = 48
_LATIN = ("AI", "5G", "GDP", "GPT-4", "iPhone", "CEO", "COVID-19", "Wi-Fi", "NBA", "PM2.5")
_ENDS = "。。。。。。！？"
_LONGEST_WORD = 4


@dataclass(frozen=True)
class _Vocabulary:
    all: list[str]
    """Every word of two characters or more, once."""
    slots: list[str]
    """_SLOTS words, each as often as it is frequent."""


def generated(count: int, seed: int = SEED) -> Iterator[Document]:
    """The first ``count`` documents of the corpus with this seed."""
    return (_document(number, seed) for number in range(count))


def write_articles(documents: Iterable[Document], folder: Path) -> int:
    """Write each document as a file in the article format, a thousand in a folder; returns how many."""
    count = 0
    for count, document in enumerate(documents, 1):
        path = folder / f"{count // 1000:04}" / f"{count:07}.md"
        if count == 1 or count % 1000 == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_article(document).encode())
    return count


def write_json_lines(documents: Iterable[Document], path: Path) -> int:
    """Write the documents into a file of JSON Lines; returns how many."""
    count = 0
    with path.open("wb") as file:
        for count, document in enumerate(documents, 1):  # noqa: B007
            line = json.dumps(document.to_dict(), ensure_ascii=False, separators=(",", ":"))
            file.write(line.encode() + b"\n")
    return count


def _article(document: Document) -> str:
    assert document.published is not None
    paragraphs = "".join(f"<p>{line}</p>\n" for line in document.body.split("\n"))
    milliseconds = int(document.published.timestamp()) * 1000
    return f"<!--{milliseconds}-->\n[{document.title}]({document.url})\n------\n\n{paragraphs}"


def _document(number: int, seed: int) -> Document:
    choose = Random(f"{seed} document {number}")
    theme = _theme(choose, seed)
    length = _length(choose)
    words = _words(choose, theme, 128 + length * 5 // 8)  # a word has some two characters
    title = _title(choose, theme, words)
    body = _body(choose, words, length)
    if number % 2:
        title, body = to_traditional(title), to_traditional(body)
    published = _FIRST_DAY + timedelta(seconds=choose.getrandbits(32) * _SECONDS >> 32)
    host = _HOSTS[choose.getrandbits(32) % len(_HOSTS)]
    return Document(
        title=title, body=body, url=f"https://{host}/{published:%Y/%m}/{number}", published=published
    )


def _theme(choose: Random, seed: int) -> list[str]:
    """64 slots for the words that a document repeats: words of its topic, and rare ones of its own.

    The product of two random numbers prefers small ones, for topics and for the words of a topic.
    """
    topic = _topic(_skewed(choose, _TOPICS), seed)
    everything = _vocabulary().all
    own = [everything[choose.getrandbits(32) % len(everything)] for _ in range(4)]
    return [topic[_skewed(choose, _WORDS_OF_A_TOPIC)] for _ in range(52)] + own * 3


@lru_cache(maxsize=_TOPICS)
def _topic(number: int, seed: int) -> list[str]:
    choose = Random(f"{seed} topic {number}")
    slots = _vocabulary().slots
    several = (slots[choose.getrandbits(16)] for _ in repeat(None))
    return list(islice((word for word in several if len(word) > 1), _WORDS_OF_A_TOPIC))


def _words(choose: Random, theme: list[str], count: int) -> list[str]:
    """Words for a text: every fourth from its theme, some of them Latin."""
    numbers = array("H", choose.randbytes(2 * count))
    if sys.byteorder == "big":
        numbers.byteswap()
    words = list(map(_vocabulary().slots.__getitem__, numbers))
    words[::4] = map((theme * 4).__getitem__, choose.randbytes((count + 3) // 4))
    for at in range(choose.getrandbits(8), count, 256):
        words[at] = _LATIN[numbers[at] % len(_LATIN)]
    return words


def _title(choose: Random, theme: list[str], words: list[str]) -> str:
    """12 to 28 characters, half of the words from the theme, with a space in the middle if long."""
    wanted = 12 + choose.getrandbits(32) % (29 - 12 - _LONGEST_WORD)
    title = ""
    while len(title) < wanted:
        number = choose.getrandbits(7)
        word = words[number]
        title += theme[number >> 1] if number & 1 or len(word) > _LONGEST_WORD else word
        if 8 <= len(title) <= 12 and wanted > 16 and "\u3000" not in title:
            title += "\u3000"
    return title


def _body(choose: Random, words: list[str], length: int) -> str:
    """Paragraphs of some sentences, up to the length or to the last word.

    A sentence has 5 to 14 words, which are 8 to 40 characters nearly always, and a longer one a comma.
    """
    paragraphs: list[str] = []
    made = at = 0
    while made < length and at < len(words):
        sentences = []
        for _ in range(2 + choose.getrandbits(2)):
            number = choose.getrandbits(32)
            middle = at + 3 + (number & 3)
            end = middle + 2 + (number >> 2) % 7
            comma = "，" if end - at > 8 else ""
            mark = _ENDS[number >> 29]
            sentences.append(f"{''.join(words[at:middle])}{comma}{''.join(words[middle:end])}{mark}")
            made += len(sentences[-1])
            at = end
        paragraphs.append("".join(sentences))
    return "\n".join(paragraphs)


def _length(choose: Random) -> int:
    number = choose.getrandbits(32)
    below, above = _LENGTHS[number >> 27], _LENGTHS[(number >> 27) + 1]
    return below + ((above - below) * (number & (1 << 27) - 1) >> 27)


def _skewed(choose: Random, below: int) -> int:
    return choose.getrandbits(16) * choose.getrandbits(16) * below >> 32


@cache
def _vocabulary() -> _Vocabulary:
    """jieba's dictionary, read from its package without the slow import of it."""
    package = find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("the words of generated articles come from jieba: pip install jieba")
    words: list[tuple[str, int]] = []
    for line in Path(package.origin).with_name("dict.txt").read_text(encoding="utf-8").splitlines():
        word, frequency, _ = line.split(" ")
        if len(word) <= _LONGEST_WORD and all("一" <= character <= "鿿" for character in word):
            words.append((word, int(frequency)))
    total = sum(count for _, count in words)
    slots: list[str] = []
    passed = 0
    for word, count in words:
        passed += count
        slots += [word] * (passed * _SLOTS // total - len(slots))
    return _Vocabulary([word for word, _ in words if len(word) > 1], slots)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generated", description="Write articles.")
    parser.add_argument("count", type=int, help="how many")
    parser.add_argument("to", type=Path, help="a folder for files, or a file whose name ends in .jsonl")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    write = write_json_lines if arguments.to.suffix == ".jsonl" else write_articles
    documents = tqdm(generated(arguments.count, arguments.seed), total=arguments.count, unit=" articles")
    print(f"{write(documents, arguments.to)} articles in {arguments.to}")


if __name__ == "__main__":
    main()
