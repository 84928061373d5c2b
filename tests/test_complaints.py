"""What users of other search libraries for Chinese complain about, each with its own test."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timezone

import pytest

from searchkit import Document, Index

MakeIndex = Callable[..., Index]


def bodies(index: Index, query: str, **options: object) -> set[str]:
    return {hit.document.body for hit in index.search(query, limit=100, **options)}  # type: ignore[arg-type]


def test_a_longer_word_is_not_highlighted_as_a_shorter_one(make_index: MakeIndex) -> None:
    (hit,) = make_index(Document(title="马克思传", body="這本書寫馬克思，不寫馬克·吐溫。")).search("马克思")
    assert hit.title.spans == ((0, 3),)
    assert hit.snippet.html() == "這本書寫<mark>馬克思</mark>，不寫馬克·吐溫。"


def test_a_name_that_the_segmenter_glued_to_its_verb_is_found(make_index: MakeIndex) -> None:
    assert bodies(make_index("王毅称两国将继续对话"), "王毅") == {"王毅称两国将继续对话"}


@pytest.mark.parametrize(
    "passage",
    [
        "研究生命的起源",
        "生命",
        "究生",
        "的起",
        "起源，科学",
        "源，科",
        "，科学",
        "科学家說",
        "家說：",
        "說：「還",
        "還早",
        "早」",
    ],
)
def test_a_quoted_passage_finds_what_it_was_copied_from(passage: str, make_index: MakeIndex) -> None:
    index = make_index("研究生命的起源，科学家說：「還早」。", "别的文章")
    quotes = '"{}"' if "「" in passage or "」" in passage else "「{}」"
    (hit,) = index.search(quotes.format(passage))
    assert hit.id == "0"
    assert hit.snippet.spans


@pytest.mark.parametrize(
    ("character", "other_script"), [("歌", "謌"), ("权", "權"), ("茶", "茶"), ("𠮷", "𠮷"), ("的", "的")]
)
def test_a_single_character_is_found(character: str, other_script: str, make_index: MakeIndex) -> None:
    texts = [f"校园{character}手大赛", f"说到{character}，", f"{other_script}"]
    index = make_index(*texts, "别处")
    found = bodies(index, character)
    assert set(texts[:2]) <= found
    assert "别处" not in found
    if character == "权":
        assert found == set(texts)


@pytest.mark.parametrize(
    ("term", "written", "not_this"),
    [
        ("C", "语言 C 很小", "语言 C++ 很大"),
        ("c", "C、Java", "ABC 大楼"),
        ("C++", "我们用C++写程序", "我们用 C 写程序"),
        ("Ｃ＋＋", "我们用c++写程序", "C# 与 C"),
        ("C#", "新的C#编译器", "C++ 编译器和 C 编译器"),
        ("5G", "5G网络覆盖", "15G 流量与 5 GB"),
        ("5g", "建设５Ｇ基站", "4G 基站"),
        ("GPT-4", "用GPT-4写作", "用 GPT-3 写了 4 页"),
        ("GPT4", "用 GPT4 写作", "用 GPT 写了 4 页"),
        ("iPhone15Pro", "买iPhone15Pro手机", "买 iPhone15 手机，Pro 版"),
        ("iphone15pro", "ｉＰｈｏｎｅ１５Ｐｒｏ 到货", "iPhone 到货 15 台"),
        ("C++语言", "C++语言入门", "C语言入门"),
        ("straße", "在Straße上", "在 Stra 上"),
        ("Łódź", "去Łódź旅行", "去 dz 旅行"),
    ],
)
def test_words_with_latin_letters_and_numbers_are_neither_lost_nor_split(
    term: str, written: str, not_this: str, make_index: MakeIndex
) -> None:
    index = make_index(written, not_this)
    assert bodies(index, term, match="all") == {written}
    assert bodies(index, f'"{term}"') == {written}
    hit = index.search(term)[0]
    assert hit.body.text == written
    (span,) = hit.snippet.spans
    assert span[1] - span[0] == len(term)


def test_a_version_number_does_not_match_every_3(make_index: MakeIndex) -> None:
    index = make_index("升级到 3.6.3 版", "第3章，共6节，3页", "3.6 和 6.3", "13.6.3", "版本3.6.31")
    assert bodies(index, "3.6.3") == {"升级到 3.6.3 版"}
    (hit,) = index.search("3.6.3")
    assert hit.snippet.html() == "升级到 <mark>3.6.3</mark> 版"


@pytest.mark.parametrize("query", ["國際論壇", "国际论坛", "國际論坛", '"國際論壇"', "國際 論壇"])
def test_traditional_and_simplified_find_one_another(query: str, make_index: MakeIndex) -> None:
    index = make_index("國際論壇開幕", "国际论坛开幕", "国际新闻")
    both = {"國際論壇開幕", "国际论坛开幕"}
    assert bodies(index, query, match="all") == both
    assert {hit.body.text for hit in index.search(query)[:2]} == both


@pytest.mark.parametrize("query", ["乾", "干", "乾隆", "干隆", '"乾隆"'])
def test_a_character_finds_the_words_that_keep_its_traditional_form(
    query: str, make_index: MakeIndex
) -> None:
    assert "乾隆年間" in bodies(make_index("乾隆年間", "饼干"), query)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("台湾", "𠮷𠮷臺灣與台湾", ["臺灣", "台湾"]),
        ("关系", "😀😀關係，𠮷关系", ["關係", "关系"]),
        ("𠮷野家", "去𠮷野家吃飯，𠮷", ["𠮷野家", "𠮷"]),
        ("计算机", "ＡＢＣ計算機é計算機", ["計算機", "計算機"]),
        ("吃飯", "İİİ吃饭", ["吃饭"]),
        ("吃飯", "ﬁﬁ㎏㍿吃饭", ["吃饭"]),
        ("吃飯", "e\u0301\u200b吃饭", ["吃饭"]),
    ],
)
def test_highlights_are_not_off_by_one_behind_variants_and_astral_characters(
    query: str, text: str, marked: list[str], make_index: MakeIndex
) -> None:
    (hit,) = make_index(Document(title=text, body=text)).search(query)
    for shown in (hit.title, hit.snippet):
        assert shown.text == text
        assert [text[start:end] for start, end in shown.spans] == marked
        assert [html.unescape(piece) for piece in re.findall("<mark>(.*?)</mark>", shown.html())] == marked


@pytest.mark.parametrize(
    "query",
    [
        "！",
        "？？？",
        "，。、；：",
        "《》",
        "……",
        "——",
        "()",
        "“”",
        "「」",
        "-",
        "--",
        "~",
        "^",
        ":",
        "/",
        "\\",
        "&|!",
        "%",
        "#",
        "+",
        "，。！？",
        "***",
        "^~",
        "|&",
    ],
)
def test_a_query_of_punctuation_only_finds_nothing_and_is_no_error(query: str, make_index: MakeIndex) -> None:
    index = make_index("苹果，！？“”……🎉 *** ^~ - -- () 「」《》：:/&|%#+", "别的")
    for lenient in (False, True):
        results = index.search(query, lenient=lenient)
        assert (results.total, list(results)) == (0, [])


def test_an_emoji_is_found_alone_and_stands_in_the_way_of_no_passage(make_index: MakeIndex) -> None:
    index = make_index("苹果🎉发布会", "别的")
    assert [hit.body.spans for hit in index.search("🎉")] == [((2, 3),)]
    assert [hit.body.spans for hit in index.search('"苹果发布"')] == [((0, 5),)]
    assert index.search('"苹果🎊发布"').total == 1


@pytest.mark.parametrize("query", ["", " ", "\u3000", "\n\t"])
@pytest.mark.parametrize("options", [{}, {"sort": "newest"}, {"lenient": True}, {"match": "any"}])
def test_an_empty_query_has_no_hits_and_is_no_error(
    query: str, options: dict[str, object], sample_index: Index
) -> None:
    results = sample_index.search(query, **options)  # type: ignore[arg-type]
    assert (results.total, len(results)) == (0, 0)
    assert sample_index.count(query) == 0


@pytest.mark.parametrize("query", ["", " ", "\u3000", "\n\t", "*"])
@pytest.mark.parametrize("options", [{"since": "2020-01-01"}, {"source": "kitchen.example.org"}])
def test_an_empty_query_with_filters_lists_what_passes_them(
    query: str, options: dict[str, str], sample_index: Index
) -> None:
    if "source" in options:
        passing = [document for document in sample_index if document.source == options["source"]]
    else:
        since = datetime.fromisoformat(options["since"]).replace(tzinfo=timezone.utc)
        passing = [
            document for document in sample_index if document.published and document.published >= since
        ]
    results = sample_index.search(query, limit=len(sample_index), **options)  # type: ignore[arg-type]
    assert {hit.id for hit in results} == {document.id for document in passing} != set()
    assert results.total == len(passing)


def test_a_star_lists_everything(make_index: MakeIndex) -> None:
    index = make_index("苹果", "a * b")
    for lenient in (False, True):
        assert bodies(index, "*", lenient=lenient) == {"苹果", "a * b"}


def test_the_sample_articles_show_every_complaint(sample_index: Index) -> None:
    """The shipped articles hold what is complained about, so that the demo can show it."""
    for query in (
        "马克思",
        "C",
        "C++",
        "C#",
        "5G",
        "GPT-4",
        "3.6.3",
        "國際論壇",
        "乾隆",
        "乾",
        "歌",
        "权",
        "𠮷",
        '"中日关系史"',
    ):
        assert sample_index.search(query).total > 0, query
    assert (
        sample_index.search("C++").total < sample_index.search("C OR C++").total
        or sample_index.search("C").total == 1
    )
    assert sample_index.search("3.6.3").total < sample_index.search("3").total
