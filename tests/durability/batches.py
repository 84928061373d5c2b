"""A process that writes batches of known content into an index, and says after each commit that it is done.

    python batches.py LOCATION FIRST LAST

The content of every batch follows from its number, so whoever kills the process knows what the index may
hold.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import searchkit
from searchkit import Document

_IDS = 30
_REBUILDS, _OPTIMIZES, _SYNONYMS = 5, 8, 3  # the last digit of the numbers of batches that do this


def changes(number: int) -> tuple[list[Document], list[str]]:
    """What batch ``number`` puts, and then deletes; nothing where it rewrites what there is."""
    if number % 10 in (_REBUILDS, _OPTIMIZES, _SYNONYMS):
        return [], []
    chance = random.Random(number)
    put = [
        Document(
            id=str(id), title=f"第{number}批", body=f"這是第{number}批的第{id}篇，" + "茶與水。" * (id + 1)
        )
        for id in chance.sample(range(_IDS), chance.randint(1, 8))
    ]
    return put, [str(id) for id in chance.sample(range(_IDS), chance.randint(0, 3))]


def contents(number: int) -> dict[str, Document]:
    """What the index holds behind batch ``number``, by id; 0 is the empty index."""
    held: dict[str, Document] = {}
    for each in range(1, number + 1):
        put, deleted = changes(each)
        held |= {document.id: document for document in put}
        for id in deleted:
            held.pop(id, None)
    return held


def run(index: searchkit.Index, number: int) -> None:
    match number % 10:
        case 5:
            index.rebuild()
        case 8:
            index.optimize()
        case 3:
            index.set_synonyms([["茶", f"第{number}種飲料"]])
        case _:
            put, deleted = changes(number)
            with index.writer() as writer:
                for document in put:
                    writer.add(document)
                for id in deleted:
                    writer.delete(id)


def main(location: str, first: int, last: int) -> None:
    say("ready")
    index = searchkit.open(location) if Path(location, "index.json").exists() else searchkit.create(location)
    say("open")
    for number in range(first, last + 1):
        run(index, number)
        say(str(number))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
