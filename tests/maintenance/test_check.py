"""check names what is damaged, whatever byte it is, and has nothing to say of what is whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FIELDS, collections, documents, texts

import searchkit
from searchkit import CheckReport, Document, Index
from searchkit.engine.tantivy import TantivySnapshot

MakeIndex = Callable[..., Index]
KINDS = ("fast", "fieldnorm", "idx", "pos", "store", "term", "del")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with files of every kind, closed. Not to be written to."""
    location = tmp_path_factory.mktemp("check") / "whole"
    fields: Any = {"price": "number", "author": "text"}
    with searchkit.create(location, fields=fields, synonyms=[["茶", "茗"]]) as index:
        index.add(
            Document(
                id=str(id),
                title=f"第{id}種茶",
                body=f"國際論壇，第{id}篇。\n水",
                extra={"price": id, "author": "甲"},
            )
            for id in range(8)
        )
        index.optimize()  # one segment, so that each run has the same files
        index.delete("1")
    assert {path.suffix[1:] for path in (location / "data").iterdir()} >= set(KINDS)
    return location


def damaged(whole: Path, to: Path, name: str, content: bytes | None) -> Path:
    """A copy of the index in which a file has another content, or is not there."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(whole, to)
    if content is None:
        (to / name).unlink()
    else:
        (to / name).write_bytes(content)
    return to


def file_of(whole: Path, kind: str) -> Path:
    return sorted((whole / "data").glob(f"*.{kind}"))[0]


def named(report: CheckReport) -> set[str]:
    return {problem.file for problem in report.problems}


def test_an_intact_index_has_no_problems(whole: Path) -> None:
    report = searchkit.check(whole)
    assert (report.ok, report.problems, report.documents) == (True, [], 7)
    assert report.took > 0
    with searchkit.open(whole) as index:
        assert index.check().documents == 7


@settings(max_examples=25)
@given(data=st.data())
def test_any_new_index_has_no_problems(data: st.DataObject) -> None:
    with searchkit.create(":memory:", fields=FIELDS) as index:
        for batch in data.draw(collections(largest=8)):
            index.add(batch)
        index.add(data.draw(st.lists(documents(), max_size=4)))
        index.delete(data.draw(st.lists(st.sampled_from("01234"), max_size=3)))
        report = index.check()
        assert report.problems == []
        assert report.documents == len(index)


@settings(max_examples=50)
@given(body=texts)
def test_an_index_of_any_text_has_no_problems(body: str) -> None:
    with searchkit.create(":memory:") as index:
        index.add([{"id": "1", "title": body[:50], "body": f"{body}甲"}])
        assert index.check().problems == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", [0, 0.3, 0.6, "checksum", "length", "magic"])
def test_a_flipped_bit_is_a_problem(kind: str, place: Any, whole: Path, tmp_path: Path) -> None:
    file = file_of(whole, kind)
    content = bytearray(file.read_bytes())
    body = content.rindex(b'{"version"')
    at = {"checksum": len(content) - 10, "length": len(content) - 8, "magic": len(content) - 4}.get(
        place, int(place * body) if isinstance(place, float | int) else 0
    )
    content[at] ^= 1
    location = damaged(whole, tmp_path / "index", f"data/{file.name}", bytes(content))
    report = searchkit.check(location)
    assert not report.ok
    assert named(report) == {file.name}
    assert report.documents == 0


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(data=st.data())
def test_any_flipped_bit_of_a_file_with_a_checksum_is_a_problem(
    kind: str, data: st.DataObject, whole: Path
) -> None:
    file = file_of(whole, kind)
    content = bytearray(file.read_bytes())
    footer = content.rindex(b'{"version"')
    checksum = content.index(b'"crc"', footer)
    # The version, between the two, is not what the file says but who wrote it.
    at = data.draw(st.integers(0, footer - 1) | st.integers(checksum, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    location = damaged(whole, whole.with_name(f"turned-{kind}"), f"data/{file.name}", bytes(content))
    assert named(searchkit.check(location)) == {file.name}


@pytest.mark.parametrize("kind", ["store", "del"])
@settings(max_examples=60)
@given(data=st.data())
def test_a_flipped_bit_of_the_version_of_a_file_changes_no_answer(
    kind: str, data: st.DataObject, whole: Path
) -> None:
    """It says who wrote the file; one that can be read as well is no damage to the answers."""
    file = file_of(whole, kind)
    content = bytearray(file.read_bytes())
    footer = content.rindex(b'{"version"')
    content[data.draw(st.integers(footer, content.index(b'"crc"', footer)))] ^= 1 << data.draw(
        st.integers(0, 7)
    )
    location = damaged(whole, whole.with_name(f"version-{kind}"), f"data/{file.name}", bytes(content))
    if searchkit.check(location).ok:
        assert answers(location) == answers(whole)


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "zeros", "longer"])
@pytest.mark.parametrize("name", [*KINDS, "meta.json", ".managed.json", "index.json"])
def test_a_truncated_or_missing_file_is_a_problem(
    name: str, damage: str, whole: Path, tmp_path: Path
) -> None:
    file = file_of(whole, name) if name in KINDS else next(whole.rglob(name))
    content = file.read_bytes()
    changed = {
        "missing": None,
        "empty": b"",
        "cut": content[: len(content) // 2],
        "zeros": bytes(len(content)),
        "longer": content + b"\0\0\0\0",
    }[damage]
    location = damaged(whole, tmp_path / "index", str(file.relative_to(whole)), changed)
    if (name, damage) == ("index.json", "missing"):  # then it is no index
        with pytest.raises(searchkit.IndexNotFoundError):
            searchkit.check(location)
        return
    assert named(searchkit.check(location)) == {file.name}


def edited(whole: Path, to: Path, name: str, edit: Callable[[Any], object]) -> Path:
    values = json.loads((whole / name).read_text(encoding="utf-8"))
    edit(values)
    return damaged(whole, to, name, json.dumps(values, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("data/meta.json", lambda meta: meta["segments"][0].update(max_doc=3)),
        ("data/meta.json", lambda meta: meta["segments"][0].update(max_doc=99)),
        ("data/meta.json", lambda meta: meta["segments"][0].update(segment_id="0" * 32)),
        ("data/meta.json", lambda meta: meta["segments"][0]["deletes"].update(num_deleted_docs=0)),
        ("data/meta.json", lambda meta: meta["segments"][0].pop("deletes")),
        ("data/meta.json", lambda meta: meta["schema"][2].update(name="vords")),
        ("data/meta.json", lambda meta: meta["schema"].reverse()),
        ("data/meta.json", lambda meta: meta.pop("segments")),
        ("data/.managed.json", lambda managed: managed.pop()),
        ("index.json", lambda settings: settings["synonyms"].clear()),
        ("index.json", lambda settings: settings["fields"].update(price="text")),
        ("index.json", lambda settings: settings.update(version="0.0.1")),
        ("index.json", lambda settings: settings.update(fingerprint="0" * 16)),
    ],
)
def test_files_without_a_checksum_are_compared_with_the_others(
    name: str, edit: Callable[[Any], object], whole: Path, tmp_path: Path
) -> None:
    report = searchkit.check(edited(whole, tmp_path / "index", name, edit))
    assert not report.ok


@settings(max_examples=150)
@given(data=st.data())
def test_no_bit_of_the_commit_changes_an_answer_unnoticed(data: st.DataObject, whole: Path) -> None:
    """Some numbers in meta.json are of no account; where check finds nothing, there must be nothing."""
    content = bytearray((whole / "data" / "meta.json").read_bytes())
    schema, behind = content.index(b'"schema"'), content.index(b'"opstamp"', content.index(b'"schema"'))
    places = st.integers(0, schema) | st.integers(schema, behind) | st.integers(behind, len(content) - 1)
    content[data.draw(places)] ^= 1 << data.draw(st.integers(0, 6))
    location = damaged(whole, whole.with_name("turned-meta"), "data/meta.json", bytes(content))
    if searchkit.check(location).ok:
        assert answers(location) == answers(whole)


def answers(location: Path) -> Any:
    with searchkit.open(location) as index:
        results = [index.search(query).to_dict() for query in ("茶", '"國際論壇"', "第 篇", "茗", "title:種")]
        for result in results:
            result.pop("took", None)
            result.pop("cursor", None)
        prices = [hit.id for hit in index.search("茶", where={"price": "2..5"}, sort="-price")]
        return (
            sorted(document.id for document in index),
            results,
            prices,
            index.count("茶", where={"author": "甲"}),
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_reported_by_an_index_that_is_open(kind: str, whole: Path, tmp_path: Path) -> None:
    location = tmp_path / "index"
    shutil.copytree(whole, location)
    with searchkit.open(location) as index:
        file = file_of(location, kind)
        content = bytearray(file.read_bytes())
        content[content.rindex(b'{"version"') // 2] ^= 1
        file.unlink()  # a new file, not the one that is memory-mapped
        file.write_bytes(bytes(content))
        assert named(index.check()) == {file.name}


def test_a_quick_check_reads_every_document_and_compares_the_smaller_files(
    whole: Path, tmp_path: Path
) -> None:
    report = searchkit.check(whole, quick=True)
    assert (report.problems, report.documents) == ([], 7)
    for name in ("fast", "fieldnorm", "del"):
        file = file_of(whole, name)
        content = bytearray(file.read_bytes())
        content[0] ^= 1
        location = damaged(whole, tmp_path / "index", f"data/{file.name}", bytes(content))
        assert named(searchkit.check(location, quick=True)) == {file.name}


@pytest.mark.parametrize("quick", [False, True])
def test_check_tells_its_progress(quick: bool, make_index: MakeIndex) -> None:
    told: list[tuple[int, int]] = []
    index = make_index(*("茶" * (number % 7 + 1) for number in range(1300)))
    report = index.check(quick=quick, progress=lambda done, of: told.append((done, of)))
    assert (report.problems, report.documents) == ([], 1300)
    assert told == sorted(told)
    assert told[-1] == (1300, 1300)
    assert len(told) > 5


def test_a_quick_check_searches_for_some_documents(
    make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = make_index(*("茶" * (number % 7 + 1) for number in range(1100)))
    right, asked = TantivySnapshot.count, []
    monkeypatch.setattr(TantivySnapshot, "count", lambda self, match: asked.append(1) or right(self, match))
    assert index.check(quick=True).documents == 1100
    assert 500 <= len(asked) / 2 < 600


class TestDocuments:
    """What no checksum can tell: that the answers fit what is stored. Here the engine gives wrong ones."""

    @pytest.mark.parametrize(
        ("method", "wrong", "why"),
        [
            ("count", lambda right, *_: right * 2, "counted 2 times"),
            ("count", lambda right, *_: 0, "counted 0 times"),
            ("stored", lambda right, *_: {}, "its id does not find it"),
            (
                "stored",
                lambda right, *_: {id: stored + b" " for id, stored in right.items()},
                "its id does not",
            ),
            ("__len__", lambda right, *_: right + 1, "the number of documents: is 3, and 2 are stored"),
            ("__iter__", lambda right, *_: iter(list(right)[:1]), "is 2, and 1 are stored"),
            ("__iter__", lambda right, *_: iter([b"{}", *right]), "cannot be read"),
            ("__iter__", lambda right, *_: iter([b"nonsense", *right]), "cannot be read"),
        ],
    )
    def test_a_wrong_answer_of_the_engine_is_a_problem(
        self, method: str, wrong: Any, why: str, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index = make_index("茶", "水")
        right: Any = getattr(TantivySnapshot, method)
        monkeypatch.setattr(TantivySnapshot, method, lambda self, *given: wrong(right(self, *given), *given))
        report = index.check()
        assert any(why in str(problem) for problem in report.problems), report.problems

    @pytest.mark.parametrize(
        "field",
        ["words", "title_unigrams", "body_bigrams", "body_unigrams", "source", "tags", "published", "sketch"],
    )
    def test_a_field_that_misses_its_document_is_a_problem(
        self, field: str, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index = make_index(
            searchkit.Document.from_dict(
                {
                    "id": "1",
                    "title": "茶與水",
                    "body": "乾隆喜歡用雪水泡茶。",
                    "source": "甲報",
                    "tags": ["科技"],
                    "published": "2024-01-01T00:00:00Z",
                }
            )
        )
        right = TantivySnapshot.count

        def count(self: TantivySnapshot, match: Any) -> int:
            return 0 if f"'{field}'" in repr(match) else right(self, match)

        monkeypatch.setattr(TantivySnapshot, "count", count)
        (problem,) = index.check().problems
        assert problem.what == "document '1'"
        assert f"{field} " in problem.why
        assert problem.why.endswith("does not find it")
