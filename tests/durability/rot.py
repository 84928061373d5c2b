"""Trials of bit rot: damage a copy of a small index at random, and compare its answers with those before.

    python rot.py --trials 300 --engine tantivy --engine whoosh

The same answer is fine, and so is a documented error (`SearchkitError`). A wrong answer, any other error, a
crash and a hang are findings; the exit status says whether there are any. Each trial is a process of its own
with limits on its time and memory, as damage may end one. It opens the index as any program does, and once
more with ``verify=True``.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import searchkit
from searchkit import Document, Index

SAMPLE = Path(searchkit.__file__).parent / "sample" / "articles"
ENGINES = {"tantivy": "", "whoosh": "whoosh:"}
SECONDS, PATIENCE, MEMORY = 30, 600, 4 << 30
"""Of processor time, and of any; bytes."""
FIELDS: Any = {"price": "number", "author": "text", "event": "date", "paid": "boolean", "summary": "fulltext"}
QUERIES = (
    "茶",
    "中国 科技",
    '"乾隆"',
    "馬鈴薯 OR 土豆",
    "title:新 -茶",
    "水*",
    "iphnoe~",
    "price:3..9",
    "茗",
    "iPhone",
)


# -- an index, and what it is asked


def fill(location: str) -> None:
    """An index with files of every kind: several segments, deleted documents, notes."""
    with searchkit.create(location, fields=FIELDS, synonyms=[["茶", "茗"]]) as index:
        index.sync(SAMPLE)
        index.add(map(_document, range(36)))
        index.delete([_document(number).id for number in (3, 13, 30)])


def _document(number: int) -> Document:
    chance = random.Random(number)
    words = chance.choices(("茶葉", "水庫", "圖書館", "半導體", "新聞", "國際論壇", "iPhone15"), k=40)
    return Document(
        id=f"n{number}",
        title=f"第{number}種茶：{words[0]}",
        body="。".join("".join(words[at : at + 3]) for at in range(0, 40, 3)),
        published=datetime(2024, 1 + number % 9, 11, tzinfo=timezone.utc),
        source=("甲報", "乙報")[number % 2],
        tags=(f"欄{number % 5}", "科技"),
        extra={
            "price": number / 2,
            "author": f"作者{number % 4}",
            "event": "2024-05-05",
            "paid": number % 3 == 0,
            "summary": "".join(words[:4]),
        },
    )


def answers(location: str, *, verify: bool) -> dict[str, str]:
    """What the index says to each question: its answer, or the name of a documented error."""
    found: dict[str, str] = {}
    try:
        index = searchkit.open(location, verify=verify)
    except searchkit.SearchkitError as error:
        return {"open": f"error {type(error).__name__}"}
    with closing(index):
        for name, ask in _questions(index):
            if name == "sync" and verify:  # it changes the index, which is opened once more
                continue
            try:
                found[name] = repr(ask())
            except searchkit.SearchkitError as error:
                found[name] = f"error {type(error).__name__}"
            except BaseException as error:  # the panic of an engine is no Exception
                found[name] = f"undocumented {type(error).__name__}: {error}"[:300]
    return found


def _questions(index: Index) -> Iterator[tuple[str, Callable[[], object]]]:
    ids = [*(f"n{number}" for number in (0, 3, 14, 29, 35)), "nothing"]
    yield "len", lambda: len(index)
    yield "stats", lambda: (index.stats().documents, index.stats().synonyms, dict(index.stats().fields))
    yield "iteration", lambda: {one.id: one.to_dict() for one in index}
    yield "get", lambda: [index.get(id) for id in ids]
    yield "contains", lambda: [id in index for id in ids]
    for query in QUERIES:
        yield f"search {query}", lambda query=query: _shown(index.search(query, limit=30))  # type: ignore[misc]
        yield f"count {query}", lambda query=query: index.count(query, match="any")  # type: ignore[misc]
    for sort in ("newest", "oldest", "price", "-price", "author"):
        yield f"sort {sort}", lambda sort=sort: _shown(index.search("", sort=sort, limit=20))  # type: ignore[misc]
    facets = ["source", "tags", "year", "month", "author", "paid"]
    yield "facets", lambda: index.search("茶", facets=facets).facets
    yield (
        "filters",
        lambda: _shown(index.search("", where={"price": "2..9", "paid": True}, since="2024-03-01")),
    )
    yield "collapse", lambda: _shown(index.search("茶", collapse="near-duplicates"))
    yield "recency", lambda: _shown(index.search("茶", since="2024-01-01"))
    yield "pages", lambda: _pages(index)
    yield "hit", lambda: index.hit("茶", "n14") and index.hit("茶", "n14").to_dict()  # type: ignore[union-attr]
    yield "suggest", lambda: [index.suggest(prefix) for prefix in ("第", "茶", "圖", "i")]
    yield "similar", lambda: _shown(index.similar("n14"))
    yield "explain", lambda: str(index.explain("茶 水庫", "n14"))
    yield "export", lambda: _exported(index)
    yield "sync", lambda: (index.sync(SAMPLE).failures, len(index), sorted(one.id for one in index))


def _shown(results: Any) -> object:
    shown = results.to_dict()
    return {name: value for name, value in shown.items() if name not in ("took", "cursor")}


def _pages(index: Index) -> object:
    first = index.search("茶", limit=5)
    return [[hit.id for hit in page] for page in (first, index.search("茶", limit=5, cursor=first.cursor))]


def _exported(index: Index) -> object:
    with tempfile.TemporaryDirectory() as folder:
        index.export(Path(folder, "all.jsonl"))
        return Path(folder, "all.jsonl").read_text(encoding="utf-8")


# -- damage


def _changed(content: bytes, chance: random.Random, kind: str) -> bytes:
    """The content with one of the damages that keep a file, at a random place."""
    size, new = len(content), bytearray(content)
    at, length = chance.randrange(size), min(size, chance.choice((1, 4, 16, 64, 512, 4096)))
    block = slice(at - at % length, at - at % length + length)
    match kind:
        case "bit":
            new[at] ^= 1 << chance.randrange(8)
        case "bits":
            for _ in range(chance.randint(2, 20)):
                new[chance.randrange(size)] ^= 1 << chance.randrange(8)
        case "zeros":
            new[block] = bytes(len(new[block]))
        case "noise":
            new[block] = chance.randbytes(len(new[block]))
        case "cut":
            del new[at:]
        case "longer":
            new += chance.choice((bytes(length), content[:length], chance.randbytes(length)))
        case "swapped blocks":
            other = chance.randrange(size)
            other -= other % length
            new[block], new[other : other + length] = content[other : other + length], content[block]
        case "lost block":
            del new[block]
        case "empty":
            new.clear()
    return bytes(new)


DAMAGES = (
    "bit",
    "bits",
    "zeros",
    "noise",
    "cut",
    "longer",
    "swapped blocks",
    "lost block",
    "empty",
    "deleted",
    "swapped files",
)


def kind_of(file: Path) -> str:
    """What the files of one kind are called."""
    if file.parent.name == "notes":
        return "notes"
    return file.suffix if file.suffix in (".seg", ".toc") or len(file.stem) > 20 else file.name


def damage(index: Path, chance: random.Random) -> tuple[str, str, str]:
    """Damage one file of an index; returns its kind, the damage, and the name of the file."""
    files = defaultdict(list)
    for file in sorted(index.rglob("*")):
        if file.is_file() and not file.name.endswith(("LOCK", ".lock", "writer.json")):
            files[kind_of(file)].append(file)
    kind = chance.choice(sorted(files))
    file, what = chance.choice(files[kind]), chance.choice(DAMAGES)
    content = file.read_bytes()
    if what == "deleted" or not content:
        file.unlink()
    elif what == "swapped files":
        alike = [one for one in files[kind] if one != file]
        other = chance.choice(alike or [one for some in files.values() for one in some if one != file])
        file.write_bytes(other.read_bytes())
        other.write_bytes(content)
    else:
        file.write_bytes(_changed(content, chance, what))
    return kind, what, file.name


# -- trials


class Trial(NamedTuple):
    """What became of one damage."""

    kind: str
    damage: str
    file: str
    answers: dict[str, dict[str, str]]
    """By how the index was opened."""
    ended: str
    """Why the process ended too early, or an empty text."""

    def findings(self, right: dict[str, str]) -> list[str]:
        """What is wrong, in words."""
        found = [self.ended] if self.ended else []
        for opened, said in self.answers.items():
            for name, answer in said.items():
                if not answer.startswith("error ") and answer != right.get(name):
                    what = answer if answer.startswith("undocumented") else "another answer"
                    found.append(f"{opened}: {name}: {what}")
        return found


def in_a_process(location: str) -> tuple[dict[str, dict[str, str]], str]:
    """The answers of the index, asked by a process of their own, and why it ended too early, if it did."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # however busy the machine is
        signal.alarm(PATIENCE)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)  # panics say what they are in words that nobody reads
        with os.fdopen(writer, "wb") as to:
            for name, verify in (("verify=True", True), ("default", False)):
                try:
                    said = answers(location, verify=verify)
                except BaseException as error:
                    said = {"open": f"undocumented {type(error).__name__}: {error}"[:300]}
                pickle.dump((name, said), to)
                to.flush()
        os._exit(0)
    os.close(writer)
    found = {}
    with os.fdopen(reader, "rb") as source:
        try:
            while True:
                name, said = pickle.load(source)
                found[name] = said
        except (EOFError, pickle.UnpicklingError):
            pass
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        return found, "" if status == 0 else f"exit status {os.waitstatus_to_exitcode(status)}"
    name = signal.Signals(os.WTERMSIG(status)).name
    return found, f"no end within {SECONDS} s" if name in ("SIGPROF", "SIGALRM") else f"ended by {name}"


def trials(engine: str, count: int, seed: int, folder: Path, only: int | None = None) -> int:
    """Make the trials, print the table and the findings; returns how many trials have some."""
    scheme, whole = ENGINES[engine], folder / f"{engine}-whole"
    fill(f"{scheme}{whole}")
    copy = folder / engine
    right = _right(whole, copy, scheme)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    bad = 0
    for number in range(count) if only is None else [only]:
        shutil.rmtree(copy)
        shutil.copytree(whole, copy)
        about = damage(copy, random.Random(f"{seed} {number}"))
        trial = Trial(*about, *in_a_process(f"{scheme}{copy}"))
        findings = trial.findings(right)
        said = trial.answers.get("default", {}).values()
        outcome = "found" if any(one.startswith("error ") for one in said) else "harmless"
        for row in (trial.kind, trial.damage):
            table[row].update([outcome if not findings else "FINDING", "trials"])
        if findings:
            bad += 1
            print(f"{engine} {number}: {trial.file}: {trial.damage}: " + "; ".join(findings[:4]))
    columns = ("trials", "found", "harmless", "FINDING")
    print(f"\n{engine:<18}" + "".join(f"{name:>10}" for name in columns))
    for row in sorted(table, key=lambda row: (row in DAMAGES, row)):
        print(f"  {row:<16}" + "".join(f"{table[row][name]:>10}" for name in columns))
    return bad


def _right(whole: Path, copy: Path, scheme: str) -> dict[str, str]:
    """The answers of the index as it is, which are always the same."""
    shutil.copytree(whole, copy)
    right, ended = in_a_process(f"{scheme}{copy}")
    said = right.get("default", {})
    wrong = [(name, one) for name, one in said.items() if one.startswith(("error", "undocumented"))]
    if ended or wrong or said != {**said, **right["verify=True"]}:
        raise AssertionError(f"the intact index does not answer: {ended} {wrong}")
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--trials", type=int, default=300, help="how many for each engine (300)")
    parser.add_argument("--engine", action="append", choices=sorted(ENGINES), help="both by default")
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--only", type=int, help="repeat the trial of this number")
    given = parser.parse_args()
    started, bad = time.perf_counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for engine in given.engine or sorted(ENGINES):
            bad += trials(engine, given.trials, given.seed, Path(folder), given.only)
    print(f"\n{bad} trials with findings ({time.perf_counter() - started:.0f} s)")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
