"""What an index of Whoosh leaves on the disk: whole commits, damage that is named, copies, nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suite import FIELDS, Commit, answers, entry, fill, folder_of, found_ids, ids_of, play, search, writing

pytest.importorskip("whoosh", reason="needs Whoosh: pip install 'searchkit[pure]'")

from searchkit.engine import create_engine, damage_at, open_engine
from searchkit.engine.base import Engine
from searchkit.engine.plan import MatchAll, Phrase, ScoreClause, Term
from searchkit.engine.whoosh.commit import Commit as WhooshCommit
from searchkit.engine.whoosh.commit import write_commit
from searchkit.engine.whoosh.postings import PostingList
from searchkit.engine.whoosh.ranking import LENGTHS, length_byte
from searchkit.errors import IndexCorruptError, IndexExistsError, SearchkitError

SUFFIXES = {".col", ".terms", ".postings", ".gone", ".json"}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return create_engine(f"whoosh:{tmp_path / 'index'}", {"made": "here"}, FIELDS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with files of every kind. Not to be written to."""
    path = tmp_path_factory.mktemp("whole") / "index"
    engine = create_engine(f"whoosh:{path}", {}, FIELDS)
    words = " ".join(f"字{number}" for number in range(30))
    fill(engine, [entry(str(n), {"tags": ("甲",)}, body_bigrams=f"{words} {n}") for n in range(40)])
    play(engine, [Commit(("3",))])
    engine.close()
    assert {file.suffix for file in (path / "data").iterdir()} == SUFFIXES
    return path


def data_of(engine: Engine) -> set[str]:
    return {path.name for path in (folder_of(engine) / "data").iterdir()}


class TestDamage:
    def test_what_is_whole_has_none(self, whole: Path) -> None:
        assert damage_at(f"whoosh:{whole}") == []
        assert open_engine(f"whoosh:{whole}").damage(FIELDS) == []

    def test_other_fields_than_the_settings_ask_for_are_named(self, whole: Path) -> None:
        (found,) = open_engine(f"whoosh:{whole}").damage(FIELDS[:2])
        assert found.what == "the fields"

    @given(data=st.data())
    @settings(max_examples=60)
    def test_any_bit_of_any_file_is_named(
        self, data: st.DataObject, whole: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        name = data.draw(st.sampled_from(sorted(path.name for path in (whole / "data").iterdir())))
        copy = tmp_path_factory.mktemp("damaged") / "index"
        shutil.copytree(whole, copy)
        content = bytearray((copy / "data" / name).read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        (copy / "data" / name).write_bytes(content)
        assert [one.file for one in damage_at(f"whoosh:{copy}")] == [name]
        try:
            snapshot = open_engine(f"whoosh:{copy}").snapshot()
            answers(snapshot)
            snapshot.count(Phrase("body_bigrams", ((0, "字1"), (1, "字2"))))
        except SearchkitError:
            pass  # no other error, and no crash

    @pytest.mark.parametrize("suffix", sorted(SUFFIXES - {".json"}))
    @pytest.mark.parametrize("left", [None, 0, 3])
    def test_a_file_that_is_missing_or_cut_is_named_and_does_not_open(
        self, suffix: str, left: int | None, whole: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "index"
        shutil.copytree(whole, copy)
        file = next((copy / "data").glob(f"*{suffix}"))
        content = file.read_bytes()
        file.unlink()
        if left is not None:
            file.write_bytes(content[:left])
        assert [one.file for one in damage_at(f"whoosh:{copy}")] == [file.name]
        with pytest.raises(IndexCorruptError, match="restore a backup"):
            open_engine(f"whoosh:{copy}")

    @pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"crc32": 0}'])
    def test_a_commit_that_is_none_is_named(self, content: bytes, whole: Path, tmp_path: Path) -> None:
        copy = tmp_path / "index"
        shutil.copytree(whole, copy)
        (copy / "data" / "commit.json").write_bytes(content)
        assert [one.file for one in damage_at(f"whoosh:{copy}")] == ["commit.json"]
        with pytest.raises(IndexCorruptError, match=r"commit\.json"):
            open_engine(f"whoosh:{copy}")


class TestFiles:
    def test_only_those_of_the_commit_stay(self, engine: Engine) -> None:
        fill(engine, [entry(str(number)) for number in range(9)], commits=9)
        play(engine, [Commit(("1",)), Commit(("2",)), Commit((entry("3"),))])
        with writing(engine) as writer:
            writer.upsert(entry("x"))
        named = json.loads((folder_of(engine) / "data" / "commit.json").read_text(encoding="utf-8"))
        assert data_of(engine) == {
            "commit.json",
            *(name for one in named["segments"] for name in one["files"]),
        }

    def test_many_commits_are_merged(self, engine: Engine) -> None:
        fill(
            engine,
            [entry(str(number), words="甲 乙", body_bigrams="甲乙 乙¶") for number in range(60)],
            commits=60,
        )
        assert engine.stats().details["segments"] <= 16
        assert search(engine, Term("words", "乙"), limit=100)
        assert engine.snapshot().count(Phrase("body_bigrams", ((0, "甲乙"), (1, "乙¶")))) == 60

    def test_a_segment_of_which_most_is_deleted_is_made_anew(self, engine: Engine) -> None:
        fill(engine, [entry(str(number), words="甲") for number in range(10)])
        play(engine, [Commit(tuple("123456"))])
        assert engine.snapshot().doc_freqs("words", ["甲"]) == [4]
        assert ids_of(engine.snapshot()) == set("0789")

    def test_merged_documents_score_as_before(self, engine: Engine, tmp_path: Path) -> None:
        other = create_engine(f"whoosh:{tmp_path / 'other'}", {}, FIELDS)
        of_all = [entry(str(number), words="甲 " * (number % 5) + "乙 " * number) for number in range(30)]
        fill(other, of_all)
        play(engine, [Commit((one,)) for one in of_all] + [Commit((), force_merge=True)])
        assert engine.stats().details["segments"] == 1
        scores = [ScoreClause(Term("words", "甲"), 1.0)]
        assert search(engine, MatchAll(), scores) == search(other, MatchAll(), scores)

    def test_the_terms_of_a_batch_may_be_more_than_the_memory_for_them(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("searchkit.engine.whoosh.writing._MEMORY", 600)
        fill(engine, [entry("old", words="甲")])
        with writing(engine) as writer:
            for number in range(20):
                writer.upsert(entry(str(number), words="甲 乙 丙"))
            writer.upsert(entry("0", words="丁"))
            writer.delete("1")
            assert ids_of(engine.snapshot()) == {"old"}
            writer.commit()
        assert engine.snapshot().count(Term("words", "甲")) == 19
        assert found_ids(search(engine, Term("words", "丁"))) == ["0"]
        with writing(engine) as writer:
            for number in range(20, 40):
                writer.upsert(entry(str(number), words="甲 乙 丙"))
        assert len(engine.snapshot()) == 20

    def test_a_copy_is_an_index_of_its_own(self, engine: Engine, tmp_path: Path) -> None:
        fill(engine, [entry("1"), entry("2")])
        play(engine, [Commit(("1",))])
        engine.write_note("a", "x")
        engine.copy_to(tmp_path / "copy")
        copy = open_engine(f"whoosh:{tmp_path / 'copy'}")
        fill(engine, [entry("3")])
        assert (ids_of(copy.snapshot()), copy.read_note("a")) == ({"2"}, "x")
        fill(copy, [entry("4")])
        assert ids_of(engine.snapshot()) == {"2", "3"}
        assert copy.damage(FIELDS) == engine.damage(FIELDS) == []
        with pytest.raises(IndexExistsError):
            engine.copy_to(tmp_path / "copy")

    def test_a_disk_that_refuses_leaves_the_last_commit(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(engine, [entry("1")])
        files = data_of(engine)
        writer = engine.writer(timeout=0)
        writer.upsert(entry("2"))

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("searchkit.engine.whoosh.making.sealed", full)
        with pytest.raises(SearchkitError, match="No space left"):
            writer.commit()
        writer.close()
        monkeypatch.undo()
        assert ids_of(engine.snapshot()) == {"1"}
        assert data_of(engine) == files
        fill(engine, [entry("3")])
        assert ids_of(engine.snapshot()) == {"1", "3"}

    @pytest.mark.parametrize("written", [False, True])
    def test_a_commit_that_fails_at_its_end_is_whole_or_not_there(
        self, written: bool, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(engine, [entry("1"), entry("2")], commits=2)
        writer = engine.writer(timeout=0, force_merge=True)
        writer.upsert(entry("3"))

        def interrupted(data: Path, commit: WhooshCommit) -> None:
            if written:
                write_commit(data, commit)
            raise KeyboardInterrupt

        monkeypatch.setattr("searchkit.engine.whoosh.writing.write_commit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            writer.commit()
        with pytest.raises(SearchkitError, match="closed"):
            writer.commit()
        writer.close()
        monkeypatch.undo()
        again = open_engine(engine.location)
        assert ids_of(again.snapshot()) == ({"1", "2", "3"} if written else {"1", "2"})
        assert again.damage(FIELDS) == []
        fill(again, [entry("4")])
        assert "4" in ids_of(again.snapshot())

    def test_a_disk_that_is_full_while_segments_are_merged_is_no_damage(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(engine, [entry("1"), entry("2")], commits=2)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with writing(engine, force_merge=True) as writer:
            monkeypatch.setattr("searchkit.engine.whoosh.making.sealed", full)
            with pytest.raises(SearchkitError, match="cannot be written: No space left"):
                writer.commit()
        assert ids_of(engine.snapshot()) == {"1", "2"}


class TestKilled:
    def test_a_writer_that_is_killed_leaves_the_last_commit(
        self, engine: Engine, other_process: Callable[..., Popen[str]]
    ) -> None:
        fill(engine, [entry("1")])
        files = data_of(engine)
        process = other_process(_KILLED, engine.location)
        process.kill()
        process.wait()
        assert ids_of(engine.snapshot()) == {"1"}
        assert data_of(engine) > files
        fill(engine, [entry("2")])
        assert ids_of(engine.snapshot()) == {"1", "2"}
        assert engine.damage(FIELDS) == []


_KILLED = """
from searchkit.engine import open_engine
from searchkit.engine.base import Entry

writer = open_engine(arguments[0]).writer(timeout=0)
for number in range(50):
    writer.put(Entry(str(number), "{}", {"words": "甲 乙"}))
print("ready", flush=True)
input()
"""


class TestNumbers:
    @given(
        st.dictionaries(
            st.integers(0, 2**32 - 1), st.lists(st.integers(0, 2**20), min_size=1, max_size=40), min_size=1
        )
    )
    def test_a_list_of_postings_is_read_as_it_was_written(self, places: dict[int, list[int]]) -> None:
        documents = sorted(places)
        of_all = [place for document in documents for place in places[document]]
        made = PostingList(documents, [len(places[document]) for document in documents], of_all)
        read = PostingList.from_bytes(made.to_bytes(), len(documents))
        assert [list(numbers) for numbers in read] == [list(numbers) for numbers in made]
        assert {document: list(found) for document, found in read.places_by_document()} == places

    def test_lengths_are_exact_up_to_40_and_then_an_eighth_off_at_most(self) -> None:
        assert LENGTHS[:41] == list(range(41))
        assert (LENGTHS[41], LENGTHS[47], LENGTHS[48], LENGTHS[255]) == (42, 54, 56, 2_013_265_944)
        for length in [*range(3000), 10**5, 10**9]:
            kept = LENGTHS[length_byte(length)]
            assert kept <= length < kept * 9 / 8 + 1
