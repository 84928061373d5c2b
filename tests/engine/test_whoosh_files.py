"""An index of Whoosh on the disk: Whoosh itself opens it, commits are whole, damage is named."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from subprocess import Popen
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suite import (
    FIELDS,
    PRICE,
    Commit,
    answers,
    fill,
    folder_of,
    found_ids,
    ids_of,
    index_document,
    play,
    search,
    writing,
)
from whoosh import index as whoosh_index
from whoosh import query
from whoosh.qparser import QueryParser
from whoosh.sorting import FieldFacet

import searchkit
from searchkit.engine import create_engine, damage_at, open_engine
from searchkit.engine.base import Engine
from searchkit.engine.plan import MatchAll, Phrase, ScoreClause, Term
from searchkit.engine.whoosh.files import DurableStorage
from searchkit.engine.whoosh.schema import _LENGTHS
from searchkit.errors import (
    IndexCorruptError,
    IndexExistsError,
    IndexIncompatibleError,
    IndexLockedError,
    SearchkitError,
)

KINDS = ["*.seg", "*.toc", "checksums.json"]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return create_engine(f"whoosh:{tmp_path / 'index'}", {"made": "here"}, FIELDS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with files of every kind. Not to be written to."""
    path = tmp_path_factory.mktemp("whole") / "index"
    engine = create_engine(f"whoosh:{path}", {}, FIELDS)
    words = " ".join(f"字{number}" for number in range(30))
    fill(engine, [index_document(str(n), {"tags": ("甲",)}, body_bigrams=f"{words} {n}") for n in range(40)])
    play(engine, [Commit(("3",))])
    engine.close()
    return path


def data_of(engine: Engine) -> set[str]:
    return {path.name for path in (folder_of(engine) / "data").iterdir()}


def files_of_commit(engine: Engine) -> set[str]:
    """The files that the latest commit needs, as Whoosh names them."""
    found = whoosh_index.open_dir(str(folder_of(engine) / "data"))
    segments = {segment.make_filename(".seg") for segment in found._segments()}
    return {f"_MAIN_{found.latest_generation()}.toc", "MAIN_WRITELOCK", "checksums.json", *segments}


class TestWhooshItself:
    def test_whoosh_opens_the_index_and_finds_the_same_documents(self, engine: Engine) -> None:
        texts = {"1": "甲乙 乙丙", "2": "乙丙 甲乙 甲乙", "3": "甲乙 x 乙丙", "4": "丙丁"}
        index_documents = [
            index_document(id, {"tags": (id,), "published": int(id)}, body_bigrams=text)
            for id, text in texts.items()
        ]
        fill(engine, index_documents, commits=2)
        play(
            engine, [Commit((index_document("4", body_bigrams="甲乙 乙丙"), index_document("5", words="甲")))]
        )
        with whoosh_index.open_dir(str(folder_of(engine) / "data")).searcher() as searcher:
            asked: list[tuple[query.Query, Any]] = [
                (query.Term("body_bigrams", "甲乙"), Term("body_bigrams", "甲乙")),
                (
                    query.Phrase("body_bigrams", ["甲乙", "乙丙"]),
                    Phrase("body_bigrams", ((0, "甲乙"), (1, "乙丙"))),
                ),
                (query.Term("tags", "2"), Term("tags", "2")),
                (QueryParser("words", searcher.schema).parse("甲"), Term("words", "甲")),
                (QueryParser("words", searcher.schema).parse('body_bigrams:"乙丙 甲乙"'), Term("tags", "2")),
                (query.Every(), MatchAll()),
            ]
            for theirs, ours in asked:
                found = {hit["id"] for hit in searcher.search(theirs, limit=None)}
                assert found == set(found_ids(search(engine, ours))) != set()
            newest = searcher.search(query.Every("published"), sortedby=FieldFacet("published", reverse=True))
            assert [hit["id"] for hit in newest] == ["3", "2", "1"]

    def test_whoosh_finds_documents_added_by_searchkit(self, tmp_path: Path) -> None:
        with searchkit.create(f"whoosh:{tmp_path / 'index'}") as index:
            index.add([{"id": "1", "title": "乾隆與茶", "body": "雪水泡茶"}, {"id": "2", "body": "開水"}])
            theirs = whoosh_index.open_dir(str(tmp_path / "index" / "data"))
            with theirs.searcher() as searcher:
                parsed = QueryParser("body_unigrams", theirs.schema).parse("茶 水")
                assert [hit["id"] for hit in searcher.search(parsed)] == ["1"]
            assert [hit.id for hit in index.search("茶 水", match="all")] == ["1"]

    def test_documents_deleted_by_whoosh_are_deleted(self, engine: Engine) -> None:
        fill(engine, [index_document("1"), index_document("2")])
        theirs = whoosh_index.open_dir(str(folder_of(engine) / "data"))
        theirs.delete_by_term("id", "1")
        assert ids_of(engine.snapshot()) == {"2"}
        assert {one.why for one in engine.damage(FIELDS)} == {"has no checksum: another program wrote it"}
        fill(engine, [index_document("3")])
        assert ids_of(engine.snapshot()) == {"2", "3"}
        assert engine.damage(FIELDS) == []

    def test_one_of_the_two_writes_at_a_time(self, engine: Engine) -> None:
        theirs = whoosh_index.open_dir(str(folder_of(engine) / "data"))
        with writing(engine), pytest.raises(whoosh_index.LockError):
            theirs.writer()
        writer = theirs.writer()
        with pytest.raises(IndexLockedError, match="a program that uses Whoosh"):
            engine.writer(timeout=0)
        writer.cancel()
        fill(engine, [index_document("1")])
        assert ids_of(engine.snapshot()) == {"1"}


class TestDamage:
    def test_an_intact_whoosh_index_has_no_damage(self, whole: Path) -> None:
        assert damage_at(f"whoosh:{whole}") == []
        assert open_engine(f"whoosh:{whole}").damage(FIELDS) == []

    @pytest.mark.parametrize(
        "fields", [FIELDS[:2], (), (*FIELDS[1:], FIELDS[0].__class__("published", "number"))]
    )
    def test_other_fields_than_the_settings_ask_for_are_named(self, fields: Any, whole: Path) -> None:
        (found,) = open_engine(f"whoosh:{whole}").damage(fields)
        assert found.what == "the schema"

    @given(data=st.data())
    @settings(max_examples=60)
    def test_any_bit_of_any_file_is_named(
        self, data: st.DataObject, whole: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        copy = tmp_path_factory.mktemp("damaged") / "index"
        shutil.copytree(whole, copy)
        file = next((copy / "data").glob(data.draw(st.sampled_from(KINDS))))
        content = bytearray(file.read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        file.write_bytes(content)
        named = {one.file for one in damage_at(f"whoosh:{copy}")}
        # A checksum that is damaged accuses its file, or it is one that the commit does not need.
        assert named == {file.name} or file.name == "checksums.json"
        try:
            snapshot = open_engine(f"whoosh:{copy}").snapshot()
            answers(snapshot)
            snapshot.count(Phrase("body_bigrams", ((0, "字1"), (1, "字2"))))
        except SearchkitError:
            pass  # no other error, and no crash

    @pytest.mark.parametrize("kind", KINDS[:2])
    @pytest.mark.parametrize("left", [None, 0, 3])
    def test_a_file_that_is_missing_or_cut_is_named_and_does_not_open(
        self, kind: str, left: int | None, whole: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "index"
        shutil.copytree(whole, copy)
        file = next((copy / "data").glob(kind))
        content = file.read_bytes()
        file.unlink()
        if left is not None:
            file.write_bytes(content[:left])
        assert [one.file for one in damage_at(f"whoosh:{copy}")] in ([file.name], ["data"])
        with pytest.raises(IndexCorruptError, match="restore a backup"):
            open_engine(f"whoosh:{copy}")

    @pytest.mark.parametrize("content", [None, b"", b"{}", b"[1]", b"\xff"])
    def test_checksums_that_are_none_are_named(
        self, content: bytes | None, whole: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "index"
        shutil.copytree(whole, copy)
        (copy / "data" / "checksums.json").unlink()
        if content is not None:
            (copy / "data" / "checksums.json").write_bytes(content)
        assert damage_at(f"whoosh:{copy}") != []
        assert len(open_engine(f"whoosh:{copy}").snapshot()) == 39

    def test_an_index_of_an_earlier_release_is_to_be_made_anew(self, tmp_path: Path) -> None:
        create_engine(f"whoosh:{tmp_path / 'index'}", {}, FIELDS)
        for file in (tmp_path / "index" / "data").iterdir():
            file.unlink()
        (tmp_path / "index" / "data" / "commit.json").write_text("{}")
        with pytest.raises(IndexIncompatibleError, match="create it anew from its documents"):
            open_engine(f"whoosh:{tmp_path / 'index'}")


class TestFiles:
    def test_only_files_of_the_last_commit_are_kept(self, engine: Engine) -> None:
        fill(engine, [index_document(str(number)) for number in range(9)], commits=9)
        play(engine, [Commit(("1",)), Commit(("2",)), Commit((index_document("3"),))])
        with writing(engine) as writer:
            writer.upsert(index_document("x"))
            writer.delete_all()
            writer.upsert(index_document("y"))
        assert data_of(engine) == files_of_commit(engine)

    def test_many_commits_are_merged(self, engine: Engine) -> None:
        of_all = [index_document(str(number), words="甲 乙", body_bigrams="甲乙 乙¶") for number in range(60)]
        fill(engine, of_all, commits=60)
        assert engine.stats().details["segments"] <= 16
        assert len(search(engine, Term("words", "乙"), limit=100)) == 60
        assert engine.snapshot().count(Phrase("body_bigrams", ((0, "甲乙"), (1, "乙¶")))) == 60

    def test_a_segment_of_mostly_deleted_documents_is_rewritten(self, engine: Engine) -> None:
        fill(engine, [index_document(str(number), words="甲") for number in range(10)])
        play(engine, [Commit(tuple("123456"))])
        assert engine.snapshot().doc_freqs("words", ["甲"]) == [4]
        assert ids_of(engine.snapshot()) == set("0789")

    def test_merged_documents_score_as_before(self, engine: Engine, tmp_path: Path) -> None:
        other = create_engine(f"whoosh:{tmp_path / 'other'}", {}, FIELDS)
        of_all = [
            index_document(str(number), words="甲 " * (number % 5) + "乙 " * number) for number in range(30)
        ]
        fill(other, of_all)
        play(engine, [Commit((one,)) for one in of_all] + [Commit((), force_merge=True)])
        assert engine.stats().details["segments"] == 1
        scores = [ScoreClause(Term("words", "甲"), 1.0)]
        ours, theirs = (search(one, MatchAll(), scores) for one in (engine, other))
        assert sorted(ours) == sorted(theirs)

    def test_lengths_are_exact_up_to_40_and_then_an_eighth_off_at_most(self) -> None:
        assert _LENGTHS[:41] == list(range(41))
        assert (_LENGTHS[41], _LENGTHS[47], _LENGTHS[48], _LENGTHS[255]) == (42, 54, 56, 2_013_265_944)
        assert all(low < high <= low * 9 / 8 + 1 for low, high in zip(_LENGTHS, _LENGTHS[1:]))

    def test_a_copy_is_an_index_of_its_own(self, engine: Engine, tmp_path: Path) -> None:
        fill(engine, [index_document("1"), index_document("2")])
        play(engine, [Commit(("1",))])
        engine.write_note("a", "x")
        engine.copy_to(tmp_path / "copy")
        copy = open_engine(f"whoosh:{tmp_path / 'copy'}")
        fill(engine, [index_document("3")])
        assert (ids_of(copy.snapshot()), copy.read_note("a")) == ({"2"}, "x")
        fill(copy, [index_document("4")])
        assert ids_of(engine.snapshot()) == {"2", "3"}
        assert copy.damage(FIELDS) == engine.damage(FIELDS) == []
        with pytest.raises(IndexExistsError):
            engine.copy_to(tmp_path / "copy")


class TestCommits:
    @pytest.mark.parametrize("force_merge", [False, True])
    def test_a_disk_that_refuses_leaves_the_last_commit(
        self, force_merge: bool, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(engine, [index_document("1"), index_document("2")], commits=2)
        files = data_of(engine)
        writer = engine.writer(timeout=0, force_merge=force_merge)
        writer.upsert(index_document("3"))

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(SearchkitError, match="cannot be written: No space left"):
            writer.commit()
        with pytest.raises(SearchkitError, match="closed"):
            writer.commit()
        writer.close()
        monkeypatch.undo()
        assert ids_of(engine.snapshot()) == {"1", "2"}
        assert data_of(engine) == files
        fill(engine, [index_document("3")])
        assert ids_of(engine.snapshot()) == {"1", "2", "3"}

    @pytest.mark.parametrize("written", [False, True])
    def test_a_commit_that_fails_at_its_end_is_whole_or_not_there(
        self, written: bool, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(engine, [index_document("1"), index_document("2")], commits=2)
        writer = engine.writer(timeout=0, force_merge=True)
        writer.upsert(index_document("3"))
        rename = DurableStorage.rename_file

        def interrupted(storage: DurableStorage, *names: Any, **options: Any) -> None:
            if written:
                rename(storage, *names, **options)
            raise KeyboardInterrupt

        monkeypatch.setattr(DurableStorage, "rename_file", interrupted)
        with pytest.raises(KeyboardInterrupt):
            writer.commit()
        with pytest.raises(SearchkitError, match="closed"):
            writer.commit()
        writer.close()
        monkeypatch.undo()
        again = open_engine(engine.location)
        assert ids_of(again.snapshot()) == ({"1", "2", "3"} if written else {"1", "2"})
        assert again.damage(FIELDS) == []
        fill(again, [index_document("4")])
        assert "4" in ids_of(again.snapshot())

    def test_a_commit_is_on_the_disk_before_it_counts(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(engine, [index_document("1", {PRICE: 1.5})])
        synced: list[str] = []
        data, fsync = folder_of(engine) / "data", os.fsync

        def recorded(file: int) -> None:
            inode = os.fstat(file).st_ino
            synced.extend(path.name for path in [data, *data.iterdir()] if path.stat().st_ino == inode)
            fsync(file)

        monkeypatch.setattr(os, "fsync", recorded)
        fill(engine, [index_document("2")])
        kinds = [name.rpartition(".")[2] if name.endswith((".seg", "data")) else name for name in synced]
        assert kinds[0] == "seg"
        assert kinds[1].startswith("_MAIN_2.toc.")
        assert kinds[-1] == "data"

    @pytest.mark.parametrize("moment", ["upsert", "commit"])
    def test_a_writer_that_is_killed_leaves_the_last_commit(
        self, moment: str, engine: Engine, other_process: Callable[..., Popen[str]]
    ) -> None:
        fill(engine, [index_document("1")])
        process = other_process(_KILLED, engine.location, moment)
        process.kill()
        process.wait()
        assert ids_of(engine.snapshot()) == {"1"}
        assert data_of(engine) > files_of_commit(engine)
        fill(engine, [index_document("2")])
        assert ids_of(engine.snapshot()) == {"1", "2"}
        assert data_of(engine) == files_of_commit(engine)
        assert engine.damage(FIELDS) == []

    def test_a_writer_that_is_killed_at_any_time_leaves_whole_commits(
        self, engine: Engine, other_process: Callable[..., Popen[str]]
    ) -> None:
        choose = Random(1)
        before = 0
        for _ in range(6):
            process = other_process(_COMMITS, engine.location)
            time.sleep(choose.random() * 0.4)
            process.kill()
            process.wait()
            again = open_engine(engine.location)
            assert ids_of(again.snapshot()) == {str(number) for number in range(len(again.snapshot()))}
            assert len(again.snapshot()) % 5 == 0
            assert again.damage(FIELDS) == []
            fill(again, [])
            assert data_of(again) == files_of_commit(again)
            assert len(again.snapshot()) >= before
            before = len(again.snapshot())
        assert before


_COMMITS = """
from searchkit.engine import open_engine
from searchkit.engine.base import IndexDocument

engine = open_engine(arguments[0])
number = len(engine.snapshot())
writer = engine.writer(timeout=0)
print("ready", flush=True)
while True:
    for _ in range(5):
        writer.upsert(IndexDocument(str(number), f'{{"id": "{number}"}}'.encode(), {"words": "甲 乙"}))
        number += 1
    writer.commit()
"""

_KILLED = """
from searchkit.engine import open_engine
from searchkit.engine.base import IndexDocument
from searchkit.engine.whoosh.files import DurableStorage

def wait(*_, **__):
    print("ready", flush=True)
    input()

writer = open_engine(arguments[0]).writer(timeout=0)
for number in range(50):
    writer.upsert(IndexDocument(str(number), b"{}", {"words": "甲 乙"}))
if arguments[1] == "commit":
    DurableStorage.rename_file = wait
    writer.commit()
wait()
"""
