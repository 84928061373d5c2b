"""Dumps of MediaWiki, in the schema of its exports, and what is wrong with other files."""

from __future__ import annotations

import bz2
import gzip
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import damaged, texts

import searchkit
from searchkit.articles import FileDocument, mediawiki, read_articles, read_file
from searchkit.articles.body import Body
from searchkit.articles.wikitext import Namespaces, read_wikitext
from searchkit.document import Document
from searchkit.errors import ArticleError

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="zh">
  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>zhwiki</dbname>
    <base>https://zh.wikipedia.org/wiki/Wikipedia:%E9%A6%96%E9%A1%B5</base>
    <case>first-letter</case>
    <namespaces>
      <namespace key="-1" case="first-letter">Special</namespace>
      <namespace key="0" case="first-letter" />
      <namespace key="6" case="first-letter">File</namespace>
      <namespace key="14" case="first-letter">Category</namespace>
    </namespaces>
  </siteinfo>
"""
END = "</mediawiki>\n"


def page(
    title: str, *revisions: tuple[str, str], ns: int = 0, extra: str = "", model: str = "wikitext"
) -> str:
    """A page as an export has it, with the time and the text of each revision."""
    made = "".join(
        f"""<revision><id>{number}</id><timestamp>{when}</timestamp>
        <contributor><username>某人</username><id>7</id></contributor><comment>改</comment>
        <model>{model}</model><format>text/x-wiki</format>
        <text bytes="{len(text.encode())}" sha1="x" xml:space="preserve">{escape(text)}</text></revision>
        """
        for number, (when, text) in enumerate(revisions)
    )
    return f"<page><title>{escape(title)}</title><ns>{ns}</ns><id>13</id>{extra}{made}</page>\n"


WHEN = "2024-07-31T08:00:00Z"
RIVER = "'''河邊'''有一排[[樹]]。\n== 歷史 ==\n樹下有人下棋。\n[[分類:城市]]"
DUMP = (
    HEAD
    + page("河邊 (早市)", ("2020-01-01T00:00:00Z", "舊的文字"), (WHEN, RIVER))
    + page("河", (WHEN, "#REDIRECT [[河邊]]"), extra='<redirect title="河邊" />')
    + page("Template:河", (WHEN, "模板"), ns=10)
    + page("河/資料", (WHEN, "{}"), model="json")
    + page("茶/水?", (WHEN, "茶與水。"))
    + END
)


@pytest.mark.parametrize(
    ("name", "pack"), [("wiki.xml", bytes), ("wiki.xml.bz2", bz2.compress), ("wiki.xml.gz", gzip.compress)]
)
def test_an_article_is_a_document(tmp_path, name: str, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / name
    path.write_bytes(pack(DUMP.encode()))
    first, last = read_file(path)
    assert isinstance(first, FileDocument)
    assert isinstance(last, FileDocument)
    assert (first.place, last.place) == (f"{path}:1", f"{path}:5")
    document = first.document
    assert document.title == "河邊 (早市)"
    assert (
        document.url == document.id == "https://zh.wikipedia.org/wiki/%E6%B2%B3%E9%82%8A_(%E6%97%A9%E5%B8%82)"
    )
    assert document.source == "zh.wikipedia.org"
    assert document.published == datetime(2024, 7, 31, 8, tzinfo=timezone.utc)
    assert document.tags == ("城市",)
    assert document.body == "河邊有一排樹。\n歷史\n樹下有人下棋。"
    assert [(one.kind, one.value, document.body[one.start : one.end]) for one in document.markup] == [
        ("place", "歷史", "歷史\n樹下有人下棋。"),
        ("heading", "2", "歷史"),
    ]
    assert last.document.url.endswith("/%E8%8C%B6/%E6%B0%B4%3F")


def test_a_hit_names_the_section(tmp_path) -> None:
    (tmp_path / "wiki.xml").write_text(DUMP, encoding="utf-8")
    index = searchkit.create(":memory:")
    assert index.add(read_articles(tmp_path)).added == 2
    for query, place in (('"树下有人"', "歷史"), ("一排", "")):
        assert [hit.place for hit in index.search(query)] == [place]


@pytest.mark.parametrize(
    ("base", "url"),
    [
        (
            "https://wiki.example.com/index.php?title=Main_Page",
            "https://wiki.example.com/index.php?title=A_b",
        ),
        ("http://localhost/w/index.php/首页", "http://localhost/w/index.php/A_b"),
        ("", "file://{path}#13"),
    ],
)
def test_addresses_are_like_that_of_the_main_page(tmp_path, base: str, url: str) -> None:
    path = tmp_path / "a.xml"
    dump = f"<mediawiki><siteinfo><base>{base}</base></siteinfo>{page('A b', (WHEN, '茶'))}</mediawiki>"
    path.write_text(dump, encoding="utf-8")
    (found,) = read_file(path)
    assert isinstance(found, FileDocument)
    assert found.document.url == url.format(path=path)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><mediawiki>&b;</mediawiki>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<rss><page/></rss>", "XML, but no export of MediaWiki: it begins with <rss>"),
        (BOMB, "it declares a document type, which exports of MediaWiki do not"),
        ("text", "not XML: syntax error: line 1, column 0"),
        ('<?xml version="1.0" encoding="GBK"?><a/>', "not XML: multi-byte encodings are not supported"),
        (HEAD + END, "there is no article in it"),
        (
            HEAD
            + page("a", (WHEN, "x"), extra='<redirect title="b" />') * 2
            + page("b", (WHEN, "x"), ns=1)
            + END,
            "there is no article in it (redirects: 2, pages that are no articles: 1)",
        ),
    ],
)
def test_other_files_have_their_reason(refused, data: str, reason: str) -> None:
    assert refused(data, "a.xml") == reason


def failures(path: Path) -> list[tuple[str, str]]:
    found = list(read_file(path))
    return [(one.path.removeprefix(str(path)), one.reason) for one in found if isinstance(one, ArticleError)]


def test_a_damaged_dump_gives_what_comes_before(tmp_path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(DUMP[: DUMP.index("茶與水")], encoding="utf-8")
    assert [(where, reason.partition(": line")[0]) for where, reason in failures(path)] == [
        (":5", "the file is damaged from here on: no element found")
    ]
    packed = tmp_path / "a.xml.bz2"
    packed.write_bytes(bz2.compress(DUMP.encode())[:-20])
    assert failures(packed)[0][1].startswith(("the file is damaged from here on: ", "not XML: "))
    path.write_text(HEAD + "<page>" + "<a>" * 60, encoding="utf-8")
    assert failures(path) == [("", "no export of MediaWiki: more than 50 elements in one another")]


def test_what_is_too_large_or_expands_without_end_is_left(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(mediawiki, "_LARGEST_PAGE", 1000)
    path = tmp_path / "a.xml"
    path.write_text(HEAD + page("大", (WHEN, "x" * 1001)) + page("小", (WHEN, "x")) + END, encoding="utf-8")
    assert failures(path) == [(":1", "the page '大' has more than 1,000 characters")]
    monkeypatch.setattr(mediawiki, "_LARGEST_TAG", 1_000_000)
    path.write_text(HEAD + "<!--" + "x" * 3_000_000 + END, encoding="utf-8")
    assert failures(path) == [("", "a tag has more than 1,000,000 bytes")]
    monkeypatch.setattr(mediawiki, "_MAY_EXPAND", 1_000_000)
    packed = tmp_path / "a.xml.bz2"
    packed.write_bytes(bz2.compress((HEAD + " " * 5_000_000 + END).encode()))
    assert failures(packed) == [
        ("", "the file expands to more than 200 times its size; unpack it first, if it is no trap")
    ]


def test_no_more_than_a_page_is_in_memory(tmp_path) -> None:
    path = tmp_path / "a.xml.gz"
    with gzip.open(path, "wb") as file:
        file.write(HEAD.encode())
        for number in range(50):
            revisions = [(f"2024-07-31T08:00:{second:02}Z", f"茶{second}" * 10_000) for second in range(5)]
            file.write(page(f"{number}", *revisions).encode())
        file.write(END.encode())
    tracemalloc.start()
    lengths = [len(one.document.body) for one in read_file(path) if isinstance(one, FileDocument)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lengths == [20_000] * 50
    assert peak < 4_000_000


def shown(text: str) -> str:
    body = Body()
    read_wikitext(text, body, Namespaces())
    return body.finish()[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'''河邊'''是[[城市|城市裡]]的''地方''。", "河邊是城市裡的地方。"),
        ("甲{{乙|{{丙}}|丁=[[戊]]}}己", "甲己"),
        ("河（{{lang-en|River}}，{{拼音}}）邊", "河邊"),
        ('甲\n{| class="x"\n|-\n| a || {{b|}}\n{|\n| c\n|}\n|}\n乙', "甲\n乙"),
        ('甲<ref name="a">注{{x}}</ref>乙<ref name=b/>丙<ref>丁</ref>', "甲乙丙"),
        ("甲<!-- 乙\n丙 -->丁", "甲丁"),
        ("-{zh-hans:计算机;zh-hant:電腦;}-和-{zh:空;zh-cn:网络}-", "计算机和空"),
        ("-{A|zh-cn:甲;zh-tw:乙}-丙-{H|zh-cn:丁;zh-tw:戊}--{T|己}-", "甲丙"),
        ("-{庚}-和-{zh-hans;zh-hant|辛}-", "庚和辛"),
        ("-{zh-hans:外-{内}-;zh-hant:x}-", "外内"),
        ("[[File:a.jpg|thumb|一排[[樹]]的圖]]甲[[圖像:b.png]]乙[[:File:c.jpg|圖]]", "甲乙圖"),
        ("甲[[en:River]][[Category:乙|丙]]", "甲"),
        (
            "[https://example.com/a 這裡]和[https://example.com/b]和https://example.com/c",
            "這裡和和https://example.com/c",
        ),
        ("* 一\n** 二\n# 三\n; 四\n: 五", "一\n二\n三\n四\n五"),
        ('甲<br />乙<span style="x">丙</span><div>丁</div>', "甲\n乙丙\n丁"),
        ("&lt;茶&gt;&nbsp;水&amp;", "<茶> 水&"),
        ("<nowiki>[[甲]] '''乙''' {{丙}}</nowiki>", "[[甲]] '''乙''' {{丙}}"),
        ('<syntaxhighlight lang="python">a = [[1]]  # 一\n# 二</syntaxhighlight>', "a = [[1]] # 一\n# 二"),
        ("<math>x^2</math>甲<gallery>\na.jpg|b\n</gallery>", "甲"),
        ("__NOTOC__甲__目錄__", "甲"),
        ("甲\n----\n乙", "甲\n乙"),
        ("甲 {{ 乙", "甲 {{ 乙"),
        ("甲 }} 乙 [[ 丙 <ref> 丁", "甲 }} 乙 [[ 丙 丁"),
        ("{{甲 {| 乙 }} 丙", "丙"),
    ],
)
def test_what_is_shown_of_wikitext(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_sections_without_text_are_left_out() -> None:
    body = Body()
    read_wikitext("== 一 ==\n=== 二 ===\n甲\n== 三 ==\n{{x}}\n== 四 ==\n乙\n== 五 ==\n", body, Namespaces())
    text, markup = body.finish()
    assert text == "一\n二\n甲\n四\n乙"
    assert [(one.value, text[one.start : one.end]) for one in markup if one.kind == "place"] == [
        ("二", "二\n甲"),
        ("一", "一\n二\n甲"),
        ("四", "四\n乙"),
    ]


@pytest.mark.parametrize(
    "part",
    [
        "{{",
        "}}",
        "{|\n",
        "[[",
        "]]",
        "<!--",
        "<ref>",
        "<ref ",
        "-{",
        "-{zh:;",
        "-{a=>",
        "''",
        "\n=",
        "<",
        "(",
        "[//a ",
    ],
)
def test_reading_wikitext_is_linear(part: str) -> None:
    """Not by the clock: what takes the square of the time never ends here."""
    shown(part * (300_000 // len(part)))


pieces = st.lists(
    texts
    | st.sampled_from("{{ }} {| |} [[ ]] -{ }- | = \n == ''' : ~ zh:甲; File: &lt; <br/>".split(" "))
    | st.sampled_from("<!-- --> <ref> </ref> <nowiki> </nowiki>".split()),
    max_size=30,
).map("".join)


@given(text=pieces)
@settings(max_examples=300, deadline=None)
def test_any_wikitext_gives_a_document(text: str) -> None:
    body = Body()
    categories = read_wikitext(text, body, Namespaces())
    found, markup = body.finish()
    document = Document(title="茶", body=found, markup=markup)
    assert all(isinstance(one, str) for one in categories)
    assert "\n\n" not in document.body


@given(
    data=damaged(DUMP.encode()) | damaged(bz2.compress(DUMP.encode())),
    name=st.sampled_from(["a.xml", "a.xml.bz2"]),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_gives_documents_or_failures(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    found = list(read_file(path))
    assert found
    assert [
        one.reason for one in found if isinstance(one, ArticleError) and one.reason.startswith("cannot")
    ] == []
