"""The rules of synonyms: where they come from, what they say, what is wrong with them, how they are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import anything, has_tokens, lines, rewritten

import searchkit
from searchkit import Document, Index
from searchkit.analysis import Analyzer
from searchkit.query import parse
from searchkit.query.alternatives import MOST_ALTERNATIVES
from searchkit.query.planner import plan_query
from searchkit.query.synonyms import Synonyms, key_of_text

MakeIndex = Callable[..., Index]

words = lines.map(str.strip).filter(has_tokens)


def of(rules: Any, word: str) -> list[str]:
    return list(Synonyms(rules).by_key.get(key_of_text(word), ()))


def ids(index: Index, query: str, **options: Any) -> set[str]:
    return {hit.id for hit in index.search(query, **options)}


@pytest.fixture
def rules_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "synonyms.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return write


class TestRules:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("a, b", {"a": ["b"], "b": ["a"]}),
            (
                "土豆, 马铃薯, 洋芋",
                {"土豆": ["马铃薯", "洋芋"], "马铃薯": ["土豆", "洋芋"], "洋芋": ["土豆", "马铃薯"]},
            ),
            ("土豆，马铃薯", {"土豆": ["马铃薯"], "马铃薯": ["土豆"]}),
            ("北大 => 北京大学", {"北大": ["北京大学"], "北京大学": []}),
            ("北大=>北京大学", {"北大": ["北京大学"], "北京大学": []}),
            (
                "北大, 燕园 => 北京大学， 北大校园",
                {"北大": ["北京大学", "北大校园"], "燕园": ["北京大学", "北大校园"]},
            ),
            (
                "machine learning => 机器学习",
                {"machine learning": ["机器学习"], "machine": [], "机器学习": []},
            ),
            ("a, b # and so on", {"a": ["b"], "b": ["a"]}),
            ("a, b\t# and so on", {"a": ["b"], "and so on": []}),
            ("# a, b", {"a": [], "b": []}),
            ("  # a, b", {"a": [], "b": []}),
            ("#a, b", {"a": [], "b": []}),
            ("C#, C sharp", {"C#": ["C sharp"], "c sharp": ["C#"], "C": []}),
            ("C# => C sharp # a language", {"c＃": ["C sharp"]}),
            ("  a  ,  b  ", {"a": ["b"]}),
            ("\ufeffa, b", {"a": ["b"]}),
            ("", {"a": []}),
            ("a, A, ａ", {"a": []}),
            ("a, b, b", {"a": ["b"]}),
            ("圖書館, 书馆", {"图书馆": ["书馆"], "圖書館": ["书馆"], "書館": ["圖書館"]}),
        ],
    )
    def test_a_synonym_file_has_one_rule_a_line(
        self, line: str, expected: dict[str, list[str]], rules_file: Callable[[str], Path]
    ) -> None:
        for text in (line, line + "\r\n", line + "\n\n\n# the end"):
            path = rules_file(text)
            for rules in (path, str(path)):
                assert {word: of(rules, word) for word in expected} == expected

    def test_synonym_rules_of_several_lines_add_up(self, rules_file: Callable[[str], Path]) -> None:
        path = rules_file("# kitchen\n土豆, 马铃薯\n\n土豆 => 洋芋\n番茄, 西红柿\n")
        assert of(path, "土豆") == ["马铃薯", "洋芋"]
        assert of(path, "马铃薯") == ["土豆"]
        assert of(path, "洋芋") == []
        assert of(path, "番茄") == ["西红柿"]
        assert len(Synonyms(path)) == 4

    @pytest.mark.parametrize(
        "rules",
        [
            {"土豆": ["马铃薯"], "马铃薯": ["土豆"]},
            {"土豆": "马铃薯", "马铃薯": "土豆"},
            {"土豆": iter(["马铃薯"]), "马铃薯": ("土豆",)},
            [["土豆", "马铃薯"]],
            (("土豆", "马铃薯"),),
            [iter(["土豆", "马铃薯"])],
            iter([["土豆", "马铃薯"]]),
            [[" 土豆 ", "马铃薯\n"]],
        ],
    )
    def test_synonyms_as_mapping_and_as_groups_are_equal(self, rules: Any) -> None:
        assert Synonyms(rules).rules == {"土豆": ["马铃薯"], "马铃薯": ["土豆"]}

    def test_a_synonym_mapping_is_one_way(self) -> None:
        rules = {"北大": "北京大学", "machine learning": ["机器学习", "ML"]}
        assert of(rules, "北大") == ["北京大学"]
        assert of(rules, "北京大学") == []
        assert of(rules, "Machine Learning") == ["机器学习", "ML"]
        assert of(rules, "ML") == []

    def test_the_length_of_synonyms_counts_words_with_alternatives(self) -> None:
        assert len(Synonyms()) == 0
        assert len(Synonyms([["a", "b", "c"], ["d"]])) == 3
        assert len(Synonyms({"a": "b", "c": []})) == 1

    @given(st.lists(st.lists(words, max_size=4), max_size=4), st.data())
    def test_in_a_group_each_word_finds_the_others_in_any_script(
        self, groups: list[list[str]], data: st.DataObject
    ) -> None:
        synonyms = Synonyms(groups)
        for group in groups:
            for word in group:
                typed = data.draw(rewritten(word))
                found = {key_of_text(other) for other in synonyms.by_key.get(key_of_text(typed), ())}
                assert found >= {key_of_text(other) for other in group} - {key_of_text(word)}
                assert key_of_text(word) not in found
                assert len(synonyms.by_key.get(key_of_text(typed), ())) == len(found), "each word once"

    @given(
        st.lists(st.lists(words, max_size=4), max_size=4)
        | st.dictionaries(words, st.lists(words, max_size=3))
    )
    def test_stored_synonyms_are_equal(self, rules: Any) -> None:
        synonyms = Synonyms(rules)
        for again in (
            Synonyms(json.loads(json.dumps(synonyms.rules))),
            Synonyms.of_stored(json.loads(json.dumps(synonyms.stored))),
        ):
            assert again.rules == synonyms.rules
            assert again.by_key == synonyms.by_key

    @given(st.lists(st.lists(anything, max_size=3), max_size=3))
    def test_any_synonyms_are_accepted_or_refused_with_a_reason(self, groups: list[list[str]]) -> None:
        if all(has_tokens(word) for group in groups for word in group):
            json.dumps(Synonyms(groups).rules).encode()
        else:
            with pytest.raises(ValueError, match="no letter, digit or Han character"):
                Synonyms(groups)


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("a, b\n\n，\n", 3),
            ("# words\na, b,", 2),
            ("=> 北京大学", 1),
            ("北大 =>", 1),
            ("a, b\nc,,d\n", 2),
            ("a, b\na => b => c", 2),
            ("a, b\n！ => c", 2),
            ("a, b\r\nc => d\r\n,\r\n", 3),
            ("a, b\nc", 2),
            ("a ＝＞ b", 1),
        ],
    )
    def test_a_synonym_error_names_the_file_and_the_line(
        self, text: str, line: int, rules_file: Callable[[str], Path]
    ) -> None:
        path = rules_file(text)
        with pytest.raises(ValueError) as caught:
            Synonyms(path)
        assert str(caught.value).startswith(f"{path}, line {line}: ")
        assert "a rule is 'a, b, c' or 'a => b'" in str(caught.value)

    def test_a_synonym_file_of_another_encoding_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "words.txt"
        path.write_bytes("土豆, 马铃薯".encode("gb18030"))
        with pytest.raises(ValueError, match=r"words\.txt: is not UTF-8"):
            searchkit.create(":memory:", synonyms=path)

    def test_a_missing_synonym_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match=r"nothing\.txt"):
            searchkit.create(":memory:", synonyms=tmp_path / "nothing.txt")

    @pytest.mark.parametrize(
        ("rules", "error", "reason"),
        [
            (["土豆", "马铃薯"], TypeError, "a group of words is needed, not the text '土豆'"),
            ([["土豆", 5]], TypeError, "5 is int, not text"),
            ({"土豆": [None]}, TypeError, "None is NoneType, not text"),
            ({5: "土豆"}, TypeError, "5 is int, not text"),
            ([["土豆", ""]], ValueError, "'' has no letter"),
            ({"。": "土豆"}, ValueError, "'。' has no letter"),
        ],
    )
    def test_a_synonym_error_names_the_word(self, rules: Any, error: type[Exception], reason: str) -> None:
        with pytest.raises(error) as caught:
            searchkit.create(":memory:", synonyms=rules)
        assert reason in str(caught.value)

    def test_create_refuses_invalid_synonyms(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError):
            searchkit.create(tmp_path / "index", synonyms=[["，"]])
        assert not (tmp_path / "index").exists()


MANY = tuple("zq" + "".join(letters) for letters in product("bcdfghjklmnprst", repeat=3))[:3000]


class TestLarge:
    """A group is kept once, and few of its words go into a plan, so its size does not matter."""

    @pytest.mark.parametrize(
        "rules",
        [
            [["土豆", "马铃薯"], ["汤", "羹", "湯"]],
            {"北大": "北京大学", "C#": ["C Sharp", "c♯"]},
            {"a, b": "1,000", "x => y": "山 # 水", "甲\n乙": "丙"},
            [],
        ],
    )
    def test_lines_are_those_of_a_file_with_the_same_rules(self, tmp_path: Path, rules: Any) -> None:
        synonyms = Synonyms(rules)
        (tmp_path / "rules.txt").write_text("\n".join(synonyms.lines), encoding="utf-8")
        read = Synonyms(tmp_path / "rules.txt")
        assert [*read.by_key] == [*synonyms.by_key]
        for key, found in synonyms.by_key.items():
            assert [*map(key_of_text, read.by_key[key])] == [*map(key_of_text, found)]

    def test_what_is_stored_grows_with_the_words(self) -> None:
        sizes = [len(json.dumps(Synonyms([MANY[:size]]).stored)) for size in (500, 1000, 2000)]
        assert sizes[1] < 2.1 * sizes[0]
        assert sizes[2] < 2.1 * sizes[1]

    def test_of_a_large_group_the_most_frequent_words_are_searched(self, make_index: MakeIndex) -> None:
        frequent = MANY[2000:2050]
        index = make_index(
            *(Document(id=f"{word}{number}", body=f"，{word}，") for word in frequent for number in "12"),
            *(Document(id=word, body=f"，{word}，") for word in MANY[:2000]),
            synonyms=[MANY],
        )
        found = ids(index, MANY[0], limit=1000)
        assert found >= {MANY[0], *(f"{word}{number}" for word in frequent for number in "12")}
        assert len(found) == 1 + 2 * len(frequent) + MOST_ALTERNATIVES - len(frequent)
        index.add([{"id": f"new{number}", "body": f"，{MANY[-1]}，"} for number in range(3)])
        assert {"new0", "new1", "new2"} <= ids(index, MANY[0], limit=1000), "it is frequent now"

    @pytest.mark.parametrize(
        "rules",
        [
            [MANY],
            [[MANY[0], word] for word in MANY[1:]],
            {MANY[0]: MANY[1:]},
            [(*MANY[:1500], MANY[0]), (MANY[0], *MANY[1500:])],
        ],
        ids=["a group", "pairs", "one way", "two groups"],
    )
    def test_a_plan_has_a_bounded_number_of_alternatives(self, rules: Any) -> None:
        asked: list[int] = []

        class Counted:
            version = "1"

            def __len__(self) -> int:
                return 10_000

            def doc_freqs(self, _field: str, terms: Any) -> list[int]:
                asked.append(len(terms))
                return [1] * len(terms)

        table = Synonyms(rules).table
        for _ in range(2):
            planned = plan_query(parse(MANY[0]), Analyzer(), Counted(), tables=[table])
            words = [one for one in planned.highlight_terms if len(one.tokens) == 1]  # others are spellings
            assert len(words) == MOST_ALTERNATIVES + 1
        first = sum(asked)
        plan_query(parse(MANY[0]), Analyzer(), Counted(), tables=[table])
        assert sum(asked) < 1.5 * first, "they are chosen once"

    def test_words_of_a_chain_find_their_neighbours_only(self) -> None:
        synonyms = Synonyms(zip(MANY, MANY[1:]))
        assert of_key(synonyms, MANY[7]) == [MANY[6], MANY[8]]
        assert len(synonyms) == len(MANY)


def of_key(synonyms: Synonyms, word: str) -> list[str]:
    return list(synonyms.by_key[key_of_text(word)])


class TestInAnIndex:
    RULES = (("土豆", "马铃薯"),)
    DOCUMENTS = ("土豆", "馬鈴薯", "洋芋", "番茄")

    def test_synonyms_are_stored_with_the_index(self, make_index: MakeIndex, tmp_path: Path) -> None:
        path = tmp_path / "index"
        with make_index(*self.DOCUMENTS, location=path, synonyms=self.RULES) as index:
            assert ids(index, "土豆") == {"0", "1"}
            assert index.stats().synonyms == 2
        with searchkit.open(path) as index:
            assert ids(index, "土豆") == {"0", "1"}
            assert index.stats().synonyms == 2
            assert not index.needs_rebuild

    @pytest.mark.parametrize(
        ("word", "other"),
        [("Web 2.0", "互动网络"), ("v3.14", "圆周版"), ("PM2.5", "霾"), ("10:30场", "早场")],
    )
    @pytest.mark.parametrize("around", ["{}", "今天{}很多", "{} 今天"])
    def test_a_word_with_a_number_with_a_point_has_synonyms(
        self, word: str, other: str, around: str, make_index: MakeIndex
    ) -> None:
        """The tokens of both carry the sign between the numbers."""
        index = make_index(f"今天{word}很多", f"今天{other}很多")
        index.set_synonyms([[word, other]])
        for one in (word, other):
            assert ids(index, around.format(one), match="all") == {"0", "1"}

    def test_the_synonym_file_is_read_once(self, make_index: MakeIndex, tmp_path: Path) -> None:
        rules = tmp_path / "rules.txt"
        rules.write_text("土豆, 马铃薯", encoding="utf-8")
        make_index(*self.DOCUMENTS, location=tmp_path / "index", synonyms=rules).close()
        rules.unlink()
        with searchkit.open(tmp_path / "index") as index:
            assert ids(index, "土豆") == {"0", "1"}

    def test_new_synonyms_take_effect_at_once(self, make_index: MakeIndex) -> None:
        index = make_index(*self.DOCUMENTS)
        assert ids(index, "土豆") == {"0"}
        index.set_synonyms(self.RULES)
        assert ids(index, "土豆") == ids(index, "马铃薯") == {"0", "1"}
        index.set_synonyms({"土豆": "洋芋"})
        assert ids(index, "土豆") == {"0", "2"}, "they take the place of those before"
        assert ids(index, "马铃薯") == {"1"}
        assert ids(index, "洋芋") == {"2"}
        index.set_synonyms(())
        assert ids(index, "土豆") == {"0"}
        assert index.stats().synonyms == 0

    @pytest.mark.parametrize("change", ["rebuild", "optimize", "nothing"])
    def test_new_synonyms_last(self, change: str, make_index: MakeIndex, tmp_path: Path) -> None:
        path = tmp_path / "index"
        with make_index(*self.DOCUMENTS, location=path, synonyms=[["番茄", "洋芋"]]) as index:
            index.set_synonyms(self.RULES)
            if change != "nothing":
                assert getattr(index, change)() == len(self.DOCUMENTS)
            assert ids(index, "土豆") == {"0", "1"}
        with searchkit.open(path) as index:
            assert ids(index, "土豆") == {"0", "1"}
            assert ids(index, "番茄") == {"3"}

    def test_set_synonyms_changes_no_document(self, make_index: MakeIndex) -> None:
        index = make_index(*self.DOCUMENTS)
        before = list(index)
        index.set_synonyms(self.RULES)
        assert list(index) == before
        assert not index.needs_rebuild
        index.add([{"id": "4", "body": "马铃薯汤"}])
        assert ids(index, "土豆") == {"0", "1", "4"}

    def test_invalid_synonyms_leave_the_others_in_place(self, make_index: MakeIndex) -> None:
        index = make_index(*self.DOCUMENTS, synonyms=self.RULES)
        for wrong in ([["，", "土豆"]], ["土豆"], {"土豆": 5}):
            with pytest.raises((ValueError, TypeError)):
                index.set_synonyms(wrong)  # type: ignore[arg-type]
        assert ids(index, "土豆") == {"0", "1"}
        assert index.stats().synonyms == 2

    def test_set_synonyms_releases_the_writer(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index(*self.DOCUMENTS, location=tmp_path / "index")
        index.set_synonyms(self.RULES, timeout=0)
        index.set_synonyms(self.RULES, timeout=0)
        assert index.add([{"id": "5", "body": "汤"}], timeout=0).added == 1

    def test_set_synonyms_waits_for_a_writer(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index(*self.DOCUMENTS, location=tmp_path / "index")
        with index.writer():
            with pytest.raises(searchkit.IndexLockedError):
                index.set_synonyms(self.RULES, timeout=0)
        assert ids(index, "土豆") == {"0"}
