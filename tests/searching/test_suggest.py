"""Suggestions: how what somebody has typed may go on, in any script and in pinyin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import HAN, LATIN_WORDS, PUNCTUATION, WORDS, anything, queries, rewritten

import searchkit
from searchkit import Document, Index
from searchkit.analysis import Analyzer, is_word, normalize, query_tokens
from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.analysis.pinyin import pinyin_keys, typed_readings

MakeIndex = Callable[..., Index]

ANALYZER = Analyzer()

# Texts with words that come again, so that there is something to suggest.
texts = st.lists(st.sampled_from([*WORDS, *LATIN_WORDS, *HAN[:8], *PUNCTUATION, " "]), max_size=12).map(
    "".join
)
collections = st.lists(
    st.tuples(texts, texts.map(lambda text: f"{text}，{text}") | texts).map(
        lambda both: Document(title=both[0], body=both[1] + "文")
    ),
    min_size=1,
    max_size=8,
)


def shown(index: Index, typed: str, limit: int = 10) -> list[str]:
    return [str(one) for one in index.suggest(typed, limit=limit)]


def counts(index: Index, typed: str, limit: int = 100) -> dict[str, int]:
    found = index.suggest(typed, limit=limit)
    assert len({one.text for one in found}) == len(found), "nothing is suggested twice"
    return {one.text: one.documents for one in found}


def letters(text: str) -> str:
    """What is left of a text without its script, width, case and punctuation."""
    return "".join(query_tokens(text))


def with_ids(documents: Iterable[Document]) -> list[Document]:
    return [Document(id=str(n), title=one.title, body=one.body) for n, one in enumerate(documents)]


def words_about(document: Document) -> set[str]:
    """The words a document is about: those of its title, and those that come again in its body."""
    body = Counter(ANALYZER.words(normalize(document.body)))
    words = {*ANALYZER.words(normalize(document.title)), *(word for word, times in body.items() if times > 1)}
    return {
        word
        for word in words - FUNCTION_WORDS
        if len(word) > (2 if is_word(word) else 1) and not (is_word(word) and word.isdigit())
    }


class TestWhatIsSuggested:
    def test_words_and_titles_the_most_frequent_first(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(Document(id=f"a{n}", title="软件", body=f"{n}") for n in range(3)),
            *(Document(id=f"b{n}", title="软饮", body=f"{n}") for n in range(2)),
            Document(id="c", title="软件的历史", body="甲"),
        )
        assert counts(index, "软") == {"软件": 4, "软饮": 2, "软件的历史": 1}
        assert shown(index, "软") == ["软件", "软饮", "软件的历史"]
        assert shown(index, "软件") == ["软件的历史"], "what is typed already is no news"
        assert shown(index, "软件的") == ["软件的历史"]
        assert shown(index, "硬") == []

    def test_a_word_of_the_body_is_one_the_document_is_about(self, make_index: MakeIndex) -> None:
        index = make_index("土豆和番茄。土豆好吃。")
        assert counts(index, "土") == {"土豆": 1}
        assert counts(index, "番") == {}

    def test_a_word_of_title_and_body_counts_once_a_document(self, make_index: MakeIndex) -> None:
        index = make_index(Document(id="1", title="土豆，土豆", body="土豆土豆土豆"))
        assert counts(index, "土")["土豆"] == 1

    @pytest.mark.parametrize(
        ("typed", "first"),
        [("软", "软件"), ("軟", "軟件"), ("软件", "软件开发"), ("軟件", "軟件開發"), ("軟件开", "软件开发")],
    )
    def test_suggestions_are_in_the_script_of_the_prefix(
        self, typed: str, first: str, make_index: MakeIndex
    ) -> None:
        titles = ["软件", "軟件", "软件", "軟件開發", "软件开发", "软件开发"]
        index = make_index(*(Document(id=str(n), title=t, body="文") for n, t in enumerate(titles)))
        found = index.suggest(typed)
        assert found[0].text == first
        assert found[0].documents == index.count(first)

    def test_suggestions_are_spelled_as_in_documents(self, make_index: MakeIndex) -> None:
        index = make_index(
            Document(id="1", title="iPhone15Pro 上市", body="文"), Document(id="2", title="滑鼠", body="文")
        )
        for typed in ("ip", "IPH", "ｉＰｈ", "iphone15pro"):
            assert "iPhone15Pro 上市" in shown(index, typed)
        assert shown(index, "滑") == ["滑鼠"]
        assert shown(index, "鼠") == []

    @pytest.mark.parametrize("typed", ["红", "《红", "紅", "  红", "「紅", "红楼", "《紅樓夢", "红楼梦》的"])
    def test_a_title_is_found_from_its_first_letter_on(self, typed: str, make_index: MakeIndex) -> None:
        index = make_index(Document(id="1", title="《红楼梦》的版本", body="文"))
        assert "《红楼梦》的版本" in shown(index, typed)

    def test_several_spaces_of_a_prefix_count_as_one(self, make_index: MakeIndex) -> None:
        index = make_index(Document(id="1", title="machine \t learning　today", body="文"))
        for typed in ("machine l", "machine   l", "machine　l", "MACHINE\tl"):
            assert "machine learning today" in shown(index, typed)

    @pytest.mark.parametrize(
        ("typed", "completed"),
        [
            ("北京大学 软", "北京大学 软件"),
            ("北京大學　軟", "北京大學　软件"),
            ("北京大学软", "北京大学软件"),
            ("茶 北京大学软", "茶 北京大学软件"),
            ("open sour", "open source"),
            ("茶  《软", "茶  软件"),
        ],
    )
    def test_behind_a_longer_text_its_last_part_goes_on(
        self, typed: str, completed: str, make_index: MakeIndex
    ) -> None:
        index = make_index(
            Document(id="1", title="软件", body="文"),
            Document(id="2", title="北京大学", body="文"),
            Document(id="3", title="source", body="文"),
            Document(id="4", body="茶，北京大学软件 is open source"),
        )
        assert counts(index, typed) == {completed: 1}

    def test_the_last_part_goes_on_to_what_documents_have_with_the_rest(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(Document(id=f"a{n}", title="软饮", body=f"{n}") for n in range(5)),
            Document(id="b", title="软件", body="北京"),
            Document(id="c", title="软体", body="北京"),
            Document(id="d", title="软体", body="北京软体"),
            Document(id="e", title="北京动物园", body="软硬"),
        )
        found = counts(index, "北京 软")
        assert found == {text: index.count(text, sort="newest") for text in ("北京 软体", "北京 软件")}
        assert [*counts(index, "北京软")] == ["北京软体"], "as neighbours, when they are typed so"

    def test_titles_are_seen_beside_many_words(self, make_index: MakeIndex) -> None:
        words = "中国 中国人 中国队 中国城 中国共产党 中国银行 中国科学院 中国人民银行".split()
        index = make_index(
            *(Document(id=f"{w}{n}", body=f"{w}，{w}") for w in words for n in range(3)),
            Document(id="t", title="中国的茶与水", body="文"),
        )
        assert "中国的茶与水" in shown(index, "中", limit=4)

    @pytest.mark.parametrize(
        ("title", "typed"),
        [
            ("让·雅克·卢梭传", "让雅克"),
            ("讓·雅克·盧梭傳", "让雅克卢梭"),
            ("2024—25赛季", "2024-25"),
            ("2024—25赛季", "2024 25赛"),
            ("国会 山庄", "国会山"),
            ("国会山庄", "国会 山"),
            ("《红楼梦》（上册）", "红楼梦上"),
            ("“一带一路”倡议", "一带一路倡"),
            ("马克·吐温", "马克吐"),
            ("iPhone 15上市", "iphone15"),
            ("iPhone15上市", "iphone 15"),
            ("GPT-4的能力", "gpt4的"),
            ("Rock & Roll音乐", "rock roll"),
            ("约翰-保罗二世", "约翰保罗"),
            ("A．B．C的故事", "a b c的"),
            ("长\u200b江大桥", "长江大"),
        ],
    )
    def test_punctuation_need_not_be_typed(self, title: str, typed: str, make_index: MakeIndex) -> None:
        index = make_index(Document(id="1", title=title, body="文"))
        assert " ".join(title.split()) in shown(index, typed)

    @pytest.mark.parametrize("typed", ["therapist", "machinel", "202425", "20242"])
    def test_two_words_are_not_one(self, typed: str, make_index: MakeIndex) -> None:
        index = make_index(
            Document(id="1", title="the rapist", body="文"),
            Document(id="2", title="machine learning", body="文"),
            Document(id="3", title="2024-25赛季", body="文"),
        )
        assert shown(index, typed) == []

    def test_a_piece_of_a_longer_word_is_no_suggestion(self, make_index: MakeIndex) -> None:
        """The segmenter makes 疫者 of 有染疫者."""
        index = make_index(
            *(f"昨天另有染疫者{n}人，另有染疫者" for n in range(5)), "疫情和疫苗。疫情如何，疫苗又如何？"
        )
        assert ANALYZER.words("另有染疫者") == ["另", "有染", "疫者"]
        assert set(shown(index, "疫")) == {"疫情", "疫苗"}

    def test_a_name_that_the_dictionary_lacks_is_suggested(self, make_index: MakeIndex) -> None:
        index = make_index("王毅说，中方愿意。对此王毅表示欢迎，王毅。")
        assert not ANALYZER.has_word("王毅")
        assert shown(index, "王") == ["王毅"]

    def test_a_word_of_ones_own_is_suggested_wherever_it_stands(self, make_index: MakeIndex) -> None:
        texts = [f"名染疫者{n}，名染疫者" for n in range(3)]
        assert shown(make_index(*texts, user_words=["染疫者"]), "染") == ["染疫者"]

    def test_the_count_is_what_the_search_finds(self, make_index: MakeIndex) -> None:
        """Not how many documents are about it."""
        index = make_index("茶壶，茶壶", *(f"{n}个茶壶" for n in range(4)), "茶壺")
        assert counts(index, "茶") == {"茶壶": 6}
        assert index.search("茶壶").total == 6

    @pytest.mark.parametrize(
        "typed", ["", " ", "\u3000\t", "。", "，？", "《", "-", "_", "\x1f", "\x00", "\ud800"]
    )
    def test_an_empty_prefix_has_no_suggestions(self, typed: str, sample_index: Index) -> None:
        assert sample_index.suggest(typed) == []

    def test_suggest_limit_is_kept(self, make_index: MakeIndex) -> None:
        titles = ["中国", "中文", "中国的历史", "中日关系", "中文和中国"]
        index = make_index(*(Document(id=title, title=title, body="文") for title in titles))
        everything = index.suggest("中", limit=1000)
        assert len(everything) > 4
        for limit in range(len(everything) + 2):
            found = index.suggest("中", limit=limit)
            assert len(found) == min(limit, len(everything))
            assert set(found) <= set(everything)

    @pytest.mark.parametrize("limit", [-1, 1.5, "3", True, None])
    def test_suggest_refuses_an_invalid_limit(self, limit: object, sample_index: Index) -> None:
        with pytest.raises((ValueError, TypeError), match="limit"):
            sample_index.suggest("中", limit=limit)  # type: ignore[arg-type]


class TestPinyin:
    TITLES = ("王毅", "软件", "特朗普", "行長", "A股")

    @pytest.mark.parametrize(
        ("typed", "suggested"),
        [
            ("wangyi", "王毅"),
            ("wangy", "王毅"),
            ("wang", "王毅"),
            ("wy", "王毅"),
            ("WY", "王毅"),
            ("ｗｙ", "王毅"),
            ("ruanjian", "软件"),
            ("rj", "软件"),
            ("telangpu", "特朗普"),
            ("tlp", "特朗普"),
            ("北京 tlp", "北京 特朗普"),
            ("agu", "A股"),
        ],
    )
    def test_suggest_takes_pinyin_and_initials(
        self, typed: str, suggested: str, make_index: MakeIndex
    ) -> None:
        documents = [Document(id=str(n), title=title, body="北京") for n, title in enumerate(self.TITLES)]
        assert suggested in shown(make_index(*documents, pinyin=True), typed)
        assert suggested not in shown(make_index(*documents), typed)

    @pytest.mark.parametrize(
        ("word", "typed"),
        [
            ("乾隆", "qianlong"),
            ("乾坤", "qiankun"),
            ("乾淨", "ganjing"),
            ("著名", "zhuming"),
            ("名著", "mingzhu"),
            ("顯著", "xianzhu"),
            ("瞭望", "liaowang"),
            ("沿著", "yanzhe"),
            ("音樂", "yinyue"),
            ("銀行", "yinhang"),
            ("曾国藩", "zengguofan"),
            ("曾國藩", "zengguofan"),
            ("單雄信", "shanxiongxin"),
            ("解缙", "xiejin"),
            ("仇英", "qiuying"),
            ("朴槿惠", "piaojinhui"),
            ("朴槿惠", "pujinhui"),
            ("查良镛", "zhaliangyong"),
            ("区文诗", "ouwenshi"),
            ("尉遲恭", "yuchigong"),
            ("大夫", "daifu"),
            ("大夫", "dafu"),
            ("战略", "zhanlve"),
            ("战略", "zhanlue"),
            ("战略", "zhanlyue"),
            ("绿色", "luse"),
            ("绿色", "lvs"),
            ("吕布", "lyubu"),
            ("吕布", "ly"),
            ("女儿", "nuer"),
            ("女儿", "nyuer"),
            ("虐待", "nuedai"),
        ],
    )
    def test_pinyin_is_that_of_the_text_as_written(
        self, word: str, typed: str, make_index: MakeIndex
    ) -> None:
        index = make_index(Document(id="1", title=f"{word}研究", body=f"{word}。{word}，"), pinyin=True)
        assert word in shown(index, typed)

    def test_a_document_counts_once_for_pinyin_and_initials(self, make_index: MakeIndex) -> None:
        index = make_index(*(Document(id=str(n), title="王毅", body="文") for n in range(3)), pinyin=True)
        assert counts(index, "wa") == counts(index, "wy") == counts(index, "wang'y") == {"王毅": 3}
        assert counts(index, "w") == {}, "too many words sound like it"

    def test_pinyin_of_suggestions_lasts(self, make_index: MakeIndex, tmp_path: object) -> None:
        location = f"{tmp_path}/index"
        make_index(Document(id="1", title="王毅", body="文"), location=location, pinyin=True).close()
        with searchkit.open(location) as index:
            assert shown(index, "wy") == ["王毅"]
            assert index.stats().pinyin
            index.rebuild()
            index.add([{"id": "2", "title": "王燕", "body": "文"}])
            assert set(shown(index, "wy")) == {"王毅", "王燕"}

    def test_c_sharp_is_no_pinyin(self, make_index: MakeIndex) -> None:
        index = make_index(Document(id="1", title="café中国", body="文"), pinyin=True)
        assert "café中国" in shown(index, "caf")
        assert shown(index, "c#") == []


class TestProperties:
    @settings(max_examples=40)
    @given(collections, st.data(), st.booleans())
    def test_every_suggestion_continues_the_prefix(
        self, documents: list[Document], data: st.DataObject, pinyin: bool
    ) -> None:
        documents = with_ids(documents)
        source = data.draw(st.sampled_from([text for one in documents for text in (one.title, one.body)]))
        typed = data.draw(rewritten(source[: data.draw(st.integers(0, 6))]))
        with searchkit.create(":memory:", pinyin=pinyin) as index:
            index.add(documents)
            for one in index.suggest(typed, limit=100):
                heads = [letters(one.text)]
                if pinyin:
                    # The head of a longer text stays as it was typed, and its end is the pinyin of a word.
                    heads += [
                        letters(one.text[:at]) + key
                        for at in range(len(one.text))
                        for key in pinyin_keys(one.text[at:].lstrip(PUNCTUATION))
                    ]
                forms = [letters(typed), *typed_readings(letters(typed))]
                assert any(head.startswith(form) for head in heads for form in forms), one
                assert 1 <= one.documents <= len(documents)
                assert normalize(one.text) != normalize(typed.strip())

    @settings(max_examples=40)
    @given(collections)
    def test_every_word_of_the_dictionary_and_every_title_is_suggested(
        self, documents: list[Document]
    ) -> None:
        """Against a walk over all documents."""
        documents = with_ids(documents)
        about = {word for document in documents for word in words_about(document)}
        titles = {" ".join(normalize(document.title).split()) for document in documents}
        with searchkit.create(":memory:") as index:
            index.add(documents)
            for text in {word for word in about if is_word(word) or ANALYZER.has_word(word)} | titles:
                typed = text[:1]
                # In another order than by rank a search counts those that match, without those behind them.
                # What looks like a pattern, as c?cafe, finds nothing.
                matching = index.search(text, lenient=True, sort="newest", limit=0)
                if letters(typed) and text != typed and matching.total and not matching.relaxed:
                    found = counts(index, typed)
                    assert text in {normalize(one) for one in found}
                    for one, documents_found in found.items():
                        assert documents_found == index.count(one, lenient=True, sort="newest") > 0

    @settings(max_examples=40)
    @given(collections, st.data())
    def test_every_suggestion_is_spelled_as_in_a_document(
        self, documents: list[Document], data: st.DataObject
    ) -> None:
        documents = with_ids(documents)
        typed = data.draw(st.sampled_from([*HAN, "c", "i", "G", "s", "马克"]))
        with searchkit.create(":memory:") as index:
            index.add(documents)
            standing = [" ".join(f"{one.title}\n{one.body}".split()) for one in documents]
            for text in shown(index, typed, limit=100):
                if len(ANALYZER.words(normalize(typed))) == 1:
                    assert any(text in one for one in standing)

    @settings(max_examples=300)
    @given(anything | queries | st.text(), st.integers(0, 20))
    def test_any_prefix_is_accepted(self, sample_index: Index, typed: str, limit: int) -> None:
        found = sample_index.suggest(typed, limit=limit)
        assert len(found) <= limit
        assert all(one.text.strip() and one.documents > 0 for one in found)

    @settings(max_examples=30)
    @given(st.lists(anything | texts, min_size=1, max_size=5), anything)
    def test_documents_of_any_characters_can_be_suggested(self, titles: list[str], typed: str) -> None:
        with searchkit.create(":memory:", pinyin=True) as index:
            report = index.add(
                Document(id=str(n), title=title, body="甲乙甲乙") for n, title in enumerate(titles)
            )
            assert not report.failures
            for beginning in (typed, *titles, *(title[:2] for title in titles)):
                for one in index.suggest(beginning):
                    one.text.encode()

    def test_a_very_long_prefix_is_accepted(self, sample_index: Index) -> None:
        for typed in ("中" * 70_000, "a" * 70_000, "中 " * 1000, "《" * 70_000):
            sample_index.suggest(typed)
