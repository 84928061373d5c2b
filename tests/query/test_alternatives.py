"""Regional words and synonyms in a search: what else a word finds, where it is marked, how it ranks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit
from searchkit import Document, Index
from searchkit.analysis import Analyzer, normalize, variants
from searchkit.engine.plan import Plan
from searchkit.query import Planned, parse, plan_query
from searchkit.query.alternatives import AlternativeTable
from searchkit.query.regional import groups
from searchkit.query.synonyms import key_of_text

MakeIndex = Callable[..., Index]

ANALYZER = Analyzer()
EMPTY = searchkit.create(":memory:")._engine.snapshot()

REGIONAL = [
    tuple(pair.split("/"))
    for pair in """
    软件/軟體 硬件/硬體 出租车/計程車 新西兰/紐西蘭 人工智能/人工智慧 互联网/網際網路
    打印机/印表機 鼠标/滑鼠 服务器/伺服器 操作系统/作業系統 数据库/資料庫 屏幕/螢幕
    自行车/腳踏車 意大利/義大利 尼日利亚/奈及利亞 沙特阿拉伯/沙烏地阿拉伯 肯尼亚/肯亞 也门/葉門
    芯片/晶片 方便面/泡麵 激光/鐳射 硬盘/硬碟 纳米/奈米 航天飞机/太空梭
    光盘/光碟 网络/網路 短信/簡訊 蓝牙/藍芽 空气净化器/空氣清淨機 老挝/寮國
    奶酪/乳酪 概率/機率 塑料/塑膠 黑客/駭客 博客/部落格 万维网/全球資訊網
    集成电路/積體電路 知识产权/智慧財產權 程序员/程式設計師 移动电话/行動電話
    """.split()
]
EVERYDAY = [
    tuple(pair.split("/"))
    for pair in """
    程序/程式 支持/支援 文件/檔案 数据/資料 通过/透過 社区/社群 设置/設定 项目/專案 消息/訊息 地址/位址
    菜单/選單 窗口/視窗 执行/運行 类型/型別 对象/物件 查询/查找 连接/連線 登录/登入 访问/存取 资料/數據
    """.split()
]
# A document with 演算法 has 算法 as well, so which of them comes first is another question.
ALL_PAIRS = [
    (word, other)
    for kind, words, found in groups()
    for word in words
    for other in (found or words)
    if kind != "spelling" and key_of_text(word) not in key_of_text(other)
]
SENTENCES = ["昨天下雨", "大家都这样说", "The end", "2024年", "茶和水", "他想，这不一样"]

in_sentences = st.lists(st.sampled_from(SENTENCES), max_size=3)


def ids(index: Index, query: str, **options: Any) -> list[str]:
    return [hit.id for hit in index.search(query, limit=1000, **options)]


def spellings(word: str) -> set[str]:
    """The word as it is, simplified, and with the last variant of each character."""
    return {word, normalize(word), "".join(variants(character)[-1] for character in word)}


def plan(query: str, others: dict[str, list[str]] | None = None) -> Planned:
    by_key = {key_of_text(word): found for word, found in (others or {}).items()}
    return plan_query(parse(query), ANALYZER, EMPTY, tables=[AlternativeTable("synonym", by_key)])


def highlight_terms(query: str, others: dict[str, list[str]]) -> set[str]:
    return {"".join(highlight_term.tokens) for highlight_term in plan(query, others).highlight_terms}


class TestRegionalWords:
    @pytest.mark.parametrize(("mainland", "taiwan"), REGIONAL)
    def test_regional_words_find_one_another_in_either_script(
        self, mainland: str, taiwan: str, make_index: MakeIndex
    ) -> None:
        index = make_index(
            Document(id="cn", title=f"「{mainland}」与我", body=f"昨天开会，{mainland}，大家都说。"),
            Document(id="tw", title=f"「{taiwan}」與我", body=f"昨天開會，{taiwan}，大家都說。"),
            Document(id="no", title="茶與水", body="別的文章。"),
        )
        for own, typed in (("cn", mainland), ("tw", taiwan)):
            for query in spellings(typed):
                results = index.search(query)
                assert [hit.id for hit in results][:1] == [own]
                assert {hit.id for hit in results} == {"cn", "tw"}
                for hit in results:
                    word = {"cn": mainland, "tw": taiwan}[hit.id]
                    assert f"「<mark>{word}</mark>」" in hit.title.html()
                    assert f"，<mark>{word}</mark>，" in hit.snippet.html()
                assert ids(index, query, regional=False) == [own]
                assert index.count(query, regional=False) == 1

    @pytest.mark.parametrize(("word", "other"), EVERYDAY)
    def test_an_everyday_word_does_not_find_its_alternative(
        self, word: str, other: str, make_index: MakeIndex
    ) -> None:
        index = make_index(f"昨天，{word}，如此。", f"昨天，{other}，如此。")
        for query in spellings(word):
            assert ids(index, query) == ["0"]

    @pytest.mark.parametrize(("word", "other"), [("程式", "程序"), ("智能", "智慧"), ("檔名", "文件名")])
    def test_an_everyday_word_is_found_by_its_alternative(
        self, word: str, other: str, make_index: MakeIndex
    ) -> None:
        assert ids(make_index(f"昨天，{word}，如此。", f"昨天，{other}，如此。"), word) == ["0", "1"]

    @settings(max_examples=60)
    @given(
        st.sampled_from(ALL_PAIRS),
        in_sentences,
        in_sentences,
        st.sampled_from(["title", "body", "both"]),
        st.lists(st.tuples(st.booleans(), in_sentences), max_size=12),
        st.integers(0, 2),
    )
    def test_the_typed_word_ranks_before_its_alternative(
        self,
        pair: tuple[str, str],
        before: list[str],
        behind: list[str],
        place: str,
        others: list[tuple[bool, list[str]]],
        many: int,
    ) -> None:
        """However frequent or rare each of the words is."""
        documents = []
        for number, word in enumerate(pair):
            text = "。".join([*before, word, *behind])
            documents.append(
                Document(
                    id=str(number),
                    title=text if place in ("title", "both") else "题",
                    body=text if place in ("body", "both") else "文",
                    tags=["alike"],
                )
            )
        for number, (first, sentences) in enumerate(others * (1 + 9 * many)):
            text = "。".join([*sentences, pair[not first]])
            documents.append(Document(id=f"other {number}", body=text))
        with searchkit.create(":memory:") as index:
            index.add(documents)
            for match in ("most", "all", "any"):
                hits = list(index.search(pair[0], tags="alike", match=match))
                assert [hit.id for hit in hits] == ["0", "1"]
                assert hits[0].score > hits[1].score


class TestWhereAlternativesCount:
    def test_a_phrase_is_exact(self, make_index: MakeIndex) -> None:
        index = make_index("新的软件。", "新的軟體。", "新的硬件。")
        assert ids(index, '"软件"') == ["0"]
        assert ids(index, "「軟體」") == ["1"]
        assert ids(index, '软件 "软件"') == ["0"]
        assert set(ids(index, '"新的" 软件')) == {"0", "1"}

    @pytest.mark.parametrize("query", ["软*", '"软件"', '"软件 好"~3', "source:软件", "tag:软件"])
    def test_only_unquoted_text_has_alternatives(self, query: str) -> None:
        assert plan(query, {"软件": ["軟體"], "软": ["硬"]}) == plan(query)

    def test_a_field_holds_for_the_alternative_as_well(self, make_index: MakeIndex) -> None:
        index = make_index(
            Document(id="title", title="軟體", body="别的"), Document(id="body", title="别的", body="軟體")
        )
        for query in ("软件", "軟體"):
            assert set(ids(index, query)) == {"title", "body"}
            for field in ("title", "body"):
                assert ids(index, f"{field}:{query}") == [field]
                [hit] = index.search(f"{field}:{query}")
                assert bool(hit.title.spans) == (field == "title")
                assert bool(hit.snippet.spans) == (field == "body")

    @pytest.mark.parametrize("field", ["title", "body"])
    def test_the_plan_of_a_field_names_no_other(self, field: str) -> None:
        planned = plan(f"{field}:软件", {"软件": ["軟體"]})
        other = {"title": "body", "body": "title"}[field]
        assert f"{other}_" not in repr(planned.plan)
        assert "words" not in repr(planned.plan)
        assert {highlight_term.field for highlight_term in planned.highlight_terms} == {field}

    @pytest.mark.parametrize(
        ("match", "found"),
        [("all", {"both"}), ("most", {"both", "one", "two"}), ("any", {"both", "one", "two"})],
    )
    def test_an_alternative_counts_as_the_word(
        self, match: str, found: set[str], make_index: MakeIndex
    ) -> None:
        index = make_index(
            Document(id="both", body="軟體和計程車"),
            Document(id="one", body="軟體和茶"),
            Document(id="two", body="茶和計程車"),
            Document(id="none", body="茶和水"),
        )
        assert set(ids(index, "软件出租车", match=match)) == found
        assert ids(index, "软件出租车", match=match, regional=False) == []

    def test_a_word_and_its_alternative_are_one_of_the_words_that_are_needed(
        self, make_index: MakeIndex
    ) -> None:
        """软件 and 軟體 in one document are not two words of 软件出租车."""
        index = make_index("软件，軟體")
        assert ids(index, "软件出租车", match="all") == []
        assert index.search("软件出租车").relaxed == ("出租车",)

    def test_several_words_have_an_alternative_together(self, make_index: MakeIndex) -> None:
        index = make_index("万维网", "全球、資訊網", "資訊網。然后，全球", "全球", "資訊網")
        assert ANALYZER.words(normalize("全球資訊網")) == ["全球", "资讯网"], "else this tests nothing"
        for query in ("全球資訊網", "全球 資訊網"):
            assert set(ids(index, query)) == {"0", "1", "2"}
            assert set(ids(index, query, regional=False)) == {"1", "2"}

    def test_other_text_between_words_separates_them(self) -> None:
        others = {"人工智慧": ["人工智能"]}
        for query in ("人工 智慧", "人工 AND 智慧", "(人工 智慧) OR 茶", "(人工 智慧)^2"):
            assert plan(query, others) != plan(query), query
        for query in (
            "人工 茶 智慧",
            "人工 OR 智慧",
            '人工 "茶" 智慧',
            "人工 -智慧",
            "人工^2 智慧",
            "人工 title:智慧",
            "智慧 人工",
            "-(人工 智慧)",
        ):
            assert plan(query, others) == plan(query), query

    def test_what_is_searched_and_its_alternatives_are_marked(self) -> None:
        others = {"软件": ["軟體", "应用程式"], "茶": ["茗"]}
        assert highlight_terms("软件 水", others) == {"软件", "软体", "应用程式", "水"}
        assert highlight_terms("水 -软件", others) == {"水"}

    def test_an_alternative_weighs_less_than_the_word(self) -> None:
        weights = {
            (score.node.field, score.node.text): score.weight  # type: ignore[union-attr]
            for score in plan("软件", {"软件": ["軟體"]}).plan.scores
        }
        assert {field for field, text in weights if text == "软体"} == {
            "words",
            "body_bigrams",
            "title_bigrams",
        }
        for (field, text), weight in weights.items():
            if text == "软体":
                assert 0 < weight < weights[field, "软件"]

    @pytest.mark.parametrize("query", ["软件", "软件 茶", "茶 -软件", "软件 OR 茶"])
    def test_an_alternative_without_letters_is_none(self, query: str) -> None:
        assert plan(query, {"软件": ["", "，。", "\u200b"]}) == plan(query)

    @given(st.lists(st.sampled_from("人工 智慧 软件 计程车 茶 的 水果".split()), min_size=1, max_size=5))
    def test_without_alternatives_nothing_is_changed(self, words: list[str]) -> None:
        for query in (" ".join(words), "".join(words), " OR ".join(words)):
            assert plan_query(parse(query), ANALYZER, EMPTY) == plan(query)

    @given(st.lists(st.sampled_from("人工 智慧 软件 計程車 茶".split()), min_size=1, max_size=12), st.data())
    def test_every_run_of_words_is_looked_up(self, words: list[str], data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(words) - 1))
        end = data.draw(st.integers(start + 1, len(words)))
        others = {"".join(words[start:end]): ["馬鈴薯"]}
        assert "马铃薯" in highlight_terms(" ".join(words), others)


class TestWithinLongerWords:
    """An alternative stands within a longer word as well, at the borders of words."""

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("網路安全法", "网络安全"),
            ("網路安全", "网络安全法"),
            ("無線網路", "无线网络"),
            ("手機軟體", "手机软件"),
            ("奈米技術", "纳米技术"),
            ("電腦網路", "电脑网络"),
            ("義大利語", "意大利语"),
            ("網路伺服器", "网络服务器"),
        ],
    )
    def test_both_ways(self, text: str, query: str, make_index: MakeIndex) -> None:
        index = make_index(text, query, "别的文章")
        for each in (text, query):
            if each == "网络安全法":
                continue
            assert "0" in ids(index, query)
        (hit,) = [hit for hit in index.search(query) if hit.id == "0"]
        assert hit.snippet.spans[0][0] == 0
        assert ids(index, query, regional=False, match="all") == ["1"]

    @pytest.mark.parametrize(
        ("synonyms", "text", "query"),
        [
            ([["土豆", "马铃薯"]], "炒马铃薯丝", "炒土豆丝"),
            ([["土豆", "马铃薯"]], "炒土豆丝", "炒馬鈴薯絲"),
            ([["软件", "程序"]], "手机程序下载", "手机软件下载"),
        ],
    )
    def test_synonyms(self, synonyms: list[list[str]], text: str, query: str, make_index: MakeIndex) -> None:
        index = make_index(text, synonyms=synonyms)
        assert ids(index, query, match="all") == ["0"]

    def test_not_across_the_border_of_words(self, make_index: MakeIndex) -> None:
        index = make_index("研究空間的起源", synonyms=[["究生", "空間"]])
        assert ids(index, "研究生命", match="all") == []


class TestNot:
    WORDS = "软件 軟體 出租车 計程車 人工智能 人工智慧 程式 程序 茶 馬鈴薯 土豆".split()
    SYNONYMS = (("土豆", "馬鈴薯"), ("茶", "軟體"))

    bodies = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("，".join), min_size=1)
    queries = (
        st.sampled_from(WORDS)
        | st.sampled_from(WORDS).map("title:{}".format)
        | st.sampled_from(WORDS).map('"{}"'.format)
        | st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map("".join)
        | st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map("({0[0]} {0[1]})".format)
        | st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map("({0[0]} OR {0[1]})".format)
    )

    @settings(max_examples=50)
    @given(bodies, st.lists(queries, min_size=1, max_size=8), st.booleans(), st.booleans())
    def test_minus_finds_exactly_the_other_documents(
        self, bodies: list[str], queries: list[str], regional: bool, synonyms: bool
    ) -> None:
        options: dict[str, Any] = {"regional": regional, "synonyms": synonyms, "match": "all"}
        with searchkit.create(":memory:", synonyms=self.SYNONYMS) as index:
            index.add(
                Document(id=str(number), title=body if number % 2 else "", body=body)
                for number, body in enumerate(bodies)
            )
            everything = {document.id for document in index}
            for query in queries:
                found, others = set(ids(index, query, **options)), set(ids(index, f"-{query}", **options))
                assert found | others == everything
                if not regional and not synonyms:
                    assert not found & others
                    assert index.count(query, **options) + index.count(f"-{query}", **options) == len(index)

    def test_a_word_is_excluded_without_its_alternatives(self, make_index: MakeIndex) -> None:
        index = make_index("茶和软件", "茶和軟體", "茶")
        assert set(ids(index, "茶 -软件")) == {"1", "2"}
        assert set(ids(index, "茶 NOT 軟體")) == {"0", "2"}
        assert set(ids(index, "茶 -软件", regional=False)) == {"1", "2"}
        assert set(ids(index, '茶 -"软件"')) == {"1", "2"}
        assert not any(
            "软" in highlight_term for highlight_term in highlight_terms("茶 -软件", {"软件": ["軟體"]})
        )

    def test_what_is_excluded_does_not_rank(self) -> None:
        others = {"软件": ["軟體"]}
        assert plan("茶 -软件", others).plan.scores == plan("茶").plan.scores
        assert plan("-软件", others).plan == Plan(plan("-软件", others).plan.match, ())


class TestSynonymsInASearch:
    def test_synonyms_find_one_another(self, make_index: MakeIndex) -> None:
        index = make_index(
            "土豆好吃。", "馬鈴薯好吃。", "洋芋好吃。", "水好喝。", synonyms=[["土豆", "马铃薯", "洋芋"]]
        )
        for number, query in enumerate(["土豆", "馬鈴薯", "洋芋"]):
            results = index.search(query)
            assert results[0].id == str(number)
            assert {hit.id for hit in results} == {"0", "1", "2"}
            for hit in results:
                assert hit.snippet.html().startswith("<mark>")
            assert ids(index, query, synonyms=False) == [str(number)]

    def test_regional_words_and_synonyms_are_apart(self, make_index: MakeIndex) -> None:
        index = make_index("软件", "軟體", "应用", synonyms=[["软件", "应用"]])
        assert set(ids(index, "软件")) == {"0", "1", "2"}
        assert set(ids(index, "软件", regional=False)) == {"0", "2"}
        assert set(ids(index, "软件", synonyms=False)) == {"0", "1"}
        assert ids(index, "软件", regional=False, synonyms=False) == ["0"]
        assert ids(index, "应用") == ["2", "0"], "an alternative brings none of its own"

    @pytest.mark.parametrize(
        "query", ["machine learning", "Machine  LEARNING", "machine　learning", "machine-learning"]
    )
    def test_several_words_find_what_they_mean_together(self, query: str, make_index: MakeIndex) -> None:
        index = make_index(
            "機器學習的課程",
            "machine learning",
            "the machine",
            "learning",
            synonyms={"machine learning": "机器学习"},
        )
        assert ids(index, query) == ["1", "0"]
        assert ids(index, query, synonyms=False) == ["1"]
        assert ids(index, f"{query} 课程") == ["0"]
        assert ids(index, "机器学习") == ["0"], "one-way"
        assert ids(index, "learning machine") == ["1"]
        assert set(ids(index, "machine")) == {"1", "2"}
        assert set(ids(index, "machine OR learning")) == {"1", "2", "3"}
        [hit] = index.search(f"{query} 课程")
        assert hit.snippet.html() == "<mark>機器學習</mark>的<mark>課程</mark>"

    @pytest.mark.parametrize(
        ("word", "other"),
        [
            ("Москва", "莫斯科"),
            ("здравствуйте", "你好"),
            ("искусственный интеллект", "人工智能"),
            ("안녕하세요", "你好"),
            ("東京タワー", "东京铁塔"),
            ("Ελλάδα", "希腊"),
            ("ไทย", "泰国"),
            ("café", "咖啡馆"),
            ("straße", "马路"),
            ("AT&T", "美国电话公司"),
            ("C#", "夏普语言"),
            ("C++", "加加语言"),
            ("GPT-4", "第四代模型"),
            ("3.6.3", "旧版本"),
            ("５Ｇ", "第五代"),
            ("茗", "茶"),
            ("中华人民共和国国务院办公厅", "国办"),
        ],
    )
    def test_words_may_be_of_any_script(self, word: str, other: str, make_index: MakeIndex) -> None:
        index = make_index(f"{word}。", f"{other}。", "别的", synonyms=[[word, other]])
        for own, typed in enumerate((word, other)):
            for query in {typed, typed.lower(), normalize(typed)}:
                assert ids(index, query) == [str(own), str(1 - own)]
                assert ids(index, query, synonyms=False) == [str(own)]

    @settings(max_examples=40)
    @given(in_sentences, st.integers(0, 30), st.integers(0, 30), st.sampled_from(["most", "all", "any"]))
    def test_the_typed_word_is_first(self, around: list[str], ones: int, others: int, match: str) -> None:
        pair = ("土豆", "马铃薯")
        with searchkit.create(":memory:", synonyms=[pair]) as index:
            index.add(
                [
                    *(Document(id=w, body="。".join([*around, w]), tags=["alike"]) for w in pair),
                    *(Document(id=f"a{n}", body=f"{pair[0]}。{n}") for n in range(ones)),
                    *(Document(id=f"b{n}", body=f"{pair[1]}。{n}") for n in range(others)),
                ]
            )
            assert ids(index, pair[0], tags="alike", match=match) == list(pair)
            assert ids(index, pair[1], tags="alike", match=match) == list(reversed(pair))


def test_excluded_words_have_no_alternatives_across_neighbours(make_index: MakeIndex) -> None:
    index = make_index(
        Document(id="1", body="机器学习"),
        Document(id="2", body="machine x learning"),
        Document(id="3", body="machine"),
        synonyms={"machine learning": ["机器学习"]},
    )
    assert {hit.id for hit in index.search("machine learning")} == {"1", "2"}
    assert [hit.id for hit in index.search("machine learning -learning")] == ["1"]


def test_the_typed_word_is_first_though_the_segmenter_joins_it_with_its_neighbours(
    make_index: MakeIndex,
) -> None:
    index = make_index(Document(id="1", body="关于軟體"), Document(id="2", body="关于软件"))
    assert [hit.id for hit in index.search("软件")] == ["2", "1"]
