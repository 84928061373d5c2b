"""Peers that need no package, for tests of what runs them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace

from benchmarks.peers.base import Answer, Hit, Peer, Question
from searchkit import Document


class Scan(Peer):
    """Looks through all documents for the words as they are written."""

    name = "scan"
    label = "a look at every document"
    packages = ("pytest", "there-is-no-such-package")
    cannot = {"other script": "it compares characters"}  # noqa: RUF012

    def index(self, documents: Iterable[Document]) -> int:
        print("what a library may say on its standard output")  # noqa: T201
        self.location.mkdir()
        kept = [(one.id, one.title, one.body, f"{one.published:%Y-%m-%d}") for one in documents]
        (self.location / "documents.json").write_text(json.dumps(kept), encoding="utf-8")
        return len(kept)

    def open(self) -> None:
        self.documents = json.loads((self.location / "documents.json").read_text(encoding="utf-8"))

    def answer(self, question: Question) -> Answer:
        words = [question.text] if question.kind == "passage" else question.text.split(" ")
        needed = any if question.match == "any" else all
        found = [
            Hit(id, 1.0, "", "") if question.ids_only else Hit(id, 1.0, title, body[:80])
            for id, title, body, day in self.documents
            if needed(word in title or word in body for word in words) and day >= (question.since or "")
        ]
        return Answer(found[:10], len(found))

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        return [(hit.id, hit.score) for hit in self.answer(Question(query)).hits[:limit]]


class Other(Scan):
    """The same under the name that others are compared with."""

    name = "searchkit"
    label = "the same again"
    packages = ()


class Bare(Scan):
    """It has ids only, and of several words takes any."""

    name = "bare"
    cannot = {  # noqa: RUF012
        "snippets": "it shows nothing",
        "all words": "it takes any",
        "other script": "it compares characters",
    }

    def answer(self, question: Question) -> Answer:
        assert question.ids_only, "it was asked for snippets"
        return super().answer(replace(question, match="any"))


class WantsAVariable(Scan):
    name = "wants-a-variable"
    environment = {"WANTED_BY_A_PEER": "yes"}  # noqa: RUF012

    def open(self) -> None:
        assert os.environ["WANTED_BY_A_PEER"] == "yes"


class Absent(Scan):
    name = "absent"

    @classmethod
    def why_not(cls) -> str:
        return "its server is not there"


class FailsToIndex(Scan):
    name = "fails-to-index"

    def index(self, documents: Iterable[Document]) -> int:  # noqa: ARG002
        raise OSError("no room")


class Dies(Scan):
    """Its process ends at the first passage."""

    name = "dies"

    def answer(self, question: Question) -> Answer:
        if question.kind == "passage":
            os._exit(7)
        return super().answer(question)


PEERS = {peer.name: peer for peer in (Other, Scan, Bare, WantsAVariable, Absent, FailsToIndex, Dies)}
