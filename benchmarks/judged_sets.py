"""Test sets: documents, queries, and relevance judgments.

A folder in the BEIR layout is a test set. Any folder of articles makes a known-item set: each headline is a
query for its own article. The queries of both can be converted to the other script.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from opencc import OpenCC

from searchkit import Document
from searchkit.errors import DocumentError

__all__ = [
    "JudgedSet",
    "Script",
    "SetError",
    "in_other_script",
    "known_items",
    "read_beir",
    "script_of",
    "thinned",
]

Script = Literal["simplified", "traditional"]

SHORTEST_HEADLINE = 8
"""Characters. What is shorter names a column (今日要聞), not an article."""
LEAST_HAN = 4
"""A headline with fewer Han characters asks nothing of an engine for Chinese."""

_HAN = re.compile(r"[㐀-鿿]")
_CONVERSIONS: dict[Script, str] = {"simplified": "s2t", "traditional": "t2s"}


class SetError(Exception):
    """A folder is not a test set; the message has the file, the line and the reason."""


@dataclass(frozen=True)
class JudgedSet:
    """Documents, queries, and the relevance grades of documents by query."""

    name: str
    documents: list[Document]
    queries: dict[str, str]
    judged: dict[str, dict[str, int]]
    script: Literal["same", "other"] = "same"
    """Other, when the queries have been turned into the script that the documents are not in."""


def read_beir(folder: Path) -> JudgedSet:
    """The test set in a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv, or one other file there.

    Documents without text are left out, but their judgments are kept; queries without relevant documents are
    left out. Raises `SetError`.
    """
    documents = _read_objects(folder / "corpus.jsonl")
    queries = {id: row["text"] for id, row in _read_objects(folder / "queries.jsonl").items()}
    judged = _read_judgments(_judgments_file(folder), queries, documents)
    return JudgedSet(
        name=folder.resolve().name,
        documents=list(_with_text(documents)),
        queries={id: text for id, text in queries.items() if id in judged},
        judged=judged,
    )


def known_items(name: str, documents: Iterable[Document], most: int) -> JudgedSet:
    """Up to ``most`` headlines as queries, each with its own article as the answer; only bodies are indexed.

    Articles that share a headline or body with another are not used. The choice depends on the ids, so a
    collection gives the same queries in any order.
    """
    documents = list(documents)
    titles, bodies = (
        Counter(getattr(document, field) for document in documents) for field in ("title", "body")
    )
    given = {document.id: bare for document in documents if (bare := _without_title(document))}
    asked = sorted(
        (
            document
            for document in documents
            if document.id in given
            and _is_headline(document.title)
            and titles[document.title] == 1
            and bodies[document.body] == 1
        ),
        key=lambda document: hashlib.sha256(document.id.encode()).digest(),
    )[:most]
    if not asked:
        raise SetError(f"{name}: no article has a headline in Chinese that only it has, and a text")
    return JudgedSet(
        name=name,
        documents=list(given.values()),
        queries={document.id: document.title for document in asked},
        judged={document.id: {document.id: 1} for document in asked},
    )


def thinned(judged_set: JudgedSet, most: int) -> JudgedSet:
    """The set with at most about ``most`` of its queries, evenly spaced; 0 is all."""
    step = max(1, len(judged_set.queries) // most) if most else 1
    return replace(judged_set, queries=dict(list(judged_set.queries.items())[::step]))


def in_other_script(judged_set: JudgedSet) -> JudgedSet:
    """The set with every query converted to the other script; documents and judgments are unchanged.

    A query with as much of either script (讀书) counts as one in the script of most others.
    """
    scripts = {id: script_of(text) for id, text in judged_set.queries.items()}
    counts = Counter(scripts.values())
    usual: Script = "traditional" if counts["traditional"] > counts["simplified"] else "simplified"
    queries = {id: _converted(text, scripts[id] or usual) for id, text in judged_set.queries.items()}
    return replace(judged_set, queries=queries, script="other")


def script_of(text: str) -> Script | None:
    """The script whose conversion changes more characters of the text; None when neither changes more."""
    simplified, traditional = _changes(text, "simplified"), _changes(text, "traditional")
    if simplified == traditional:
        return None
    return "simplified" if simplified > traditional else "traditional"


# -- BEIR files


def _read_objects(path: Path) -> dict[str, dict[str, Any]]:
    """The objects of a file of JSON Lines by their ``_id``, the last of each; each has a ``text``.

    STARD gives some laws twice.
    """
    objects: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SetError(f"{place}: this is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise SetError(f"{place}: an object is needed, with _id and text")
        if wrong := [name for name in ("_id", "text") if not isinstance(row.get(name), str)]:
            raise SetError(f"{place}: {wrong[0]} is missing, or no text")
        if not isinstance(row.get("title") or "", str):
            raise SetError(f"{place}: title is no text")
        if not row["_id"]:
            raise SetError(f"{place}: _id is empty")
        objects[row["_id"]] = row
    if not objects:
        raise SetError(f"{path}: the file is empty")
    return objects


def _judgments_file(folder: Path) -> Path:
    files = sorted((folder / "qrels").glob("*.tsv"))
    if not files:
        raise SetError(f"{folder}: there is no qrels/test.tsv")
    for file in files:
        if file.name == "test.tsv" or len(files) == 1:
            return file
    raise SetError(f"{folder}: which of {', '.join(file.name for file in files)} counts? None is test.tsv")


def _read_judgments(
    path: Path, queries: Mapping[str, str], documents: Mapping[str, object]
) -> dict[str, dict[str, int]]:
    """The grades of relevant documents by query."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    rows = csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows, 1):
        place = f"{path}:{number}"
        if not row or (number == 1 and row[0] == "query-id"):
            continue
        if len(row) != 3:
            raise SetError(f"{place}: three columns are needed: query-id, corpus-id, score")
        query, document, grade = row
        if query not in queries:
            raise SetError(f"{place}: queries.jsonl has no query {query!r}")
        if document not in documents:
            raise SetError(f"{place}: corpus.jsonl has no document {document!r}")
        try:
            value = int(grade)
        except ValueError:
            raise SetError(f"{place}: the score {grade!r} is no whole number") from None
        if value > 0:
            judged[query][document] = value
    if not judged:
        raise SetError(f"{path}: no document is judged relevant to any query")
    return dict(judged)


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from file
    except FileNotFoundError:
        raise SetError(f"{path}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise SetError(f"{path}: the file is not UTF-8: {error}") from None


def _with_text(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Document]:
    for id, row in rows.items():
        document = _document(id, row.get("title") or "", row["text"])
        if document:
            yield document


def _document(id: str, title: str, body: str) -> Document | None:
    """The document, or None if it has no letter or Han character."""
    try:
        return Document(id=id, title=title, body=body)
    except DocumentError:
        return None


# -- known items


def _is_headline(title: str) -> bool:
    return len(title) >= SHORTEST_HEADLINE and len(_HAN.findall(title)) >= LEAST_HAN


def _without_title(document: Document) -> Document | None:
    """The body without the headline, also where the body repeats it; None if nothing remains."""
    body = document.body
    if _is_headline(document.title):  # 「中国」 is no line to take out
        body = body.replace(document.title, "")
    return _document(document.id, "", body)


# -- the other script


@cache
def _converter(conversion: str) -> OpenCC:
    return OpenCC(conversion)


def _converted(text: str, script: Script) -> str:
    """The text converted from this script to the other one."""
    return str(_converter(_CONVERSIONS[script]).convert(text))


def _changes(text: str, script: Script) -> int:
    """How many characters a conversion from this script would change."""
    return sum(before != after for before, after in zip(text, _converted(text, script)))
