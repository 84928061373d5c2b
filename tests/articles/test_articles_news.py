"""The format of news archives, in all the shapes that archives hold it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

URL = "https://news.example.org/2020/a(1).html"
WHEN = datetime(2020, 8, 15, 1, 2, 3, 456000, tzinfo=timezone.utc)
MS = int(WHEN.timestamp()) * 1000 + 456
ARTICLE = f"<!--{MS}-->\n[山城的早市]({URL})\n------\n\n<p>早市六点开门。</p><p>卖菜的人很多。</p>"
BODY = "早市六点开门。\n卖菜的人很多。"


def test_an_article_with_all_of_its_parts(read):
    document = read(ARTICLE)
    assert document.title == "山城的早市"
    assert document.body == BODY
    assert document.url == document.id == URL
    assert document.published == WHEN
    assert document.source == "news.example.org"
    assert document.tags == ()
    assert document.extra == {}


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ("\n\n<p>", "\n<p>"),
        ("\n------", "\n\n------"),
        ("------", "---"),
        ("------\n", "------   \n"),
        ("-->\n", "-->\n\n"),
        ("<!--", "\n  <!-- "),
        ("\n", "\r\n"),
        ("\n", "\r"),
        ("<!--", "\ufeff<!--"),
        ("<p>早", "<div>\n<p>早"),
        ("多。</p>", "多。"),
        ("多。</p>", "多。</p></div></div>"),
        ("<!--", "<div class='post'>\n<!--"),
        ("<p>卖", "<iframe src='x' />\n<p>卖"),
        ("早市六点", "早市\u200b六\u200d点\u00ad"),
        ("[山城的早市]", "[  山城的早市\u3000 ]"),
        ("[山城的早市]", "[山城的早市\n\n]"),
        ("<p>早", "<h1>山城的早市</h1><p>早"),
        ("。</p>", "。<script>var a = '<p>漏</p>';</script></p>"),
        ("。</p>", "。<style>p{color:red}</style></p>"),
    ],
)
def test_a_variation_reads_the_same(read, change, to):
    changed = ARTICLE.replace(change, to)
    assert changed != ARTICLE
    document = read(changed)
    assert (document.title, document.body, document.url, document.published) == (
        "山城的早市",
        BODY,
        URL,
        WHEN,
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("[快讯] 大桥通车", "[快讯] 大桥通车"),
        ("大桥通车[图]", "大桥通车[图]"),
        ("甲](乙) 丙", "甲](乙) 丙"),
        ("桥（一）(二)", "桥（一）(二)"),
        ("他说&quot;好&quot;&amp;走了", '他说"好"&走了'),
        ("A &#x26; B &lt;C&gt;", "A & B <C>"),
        ("大&amp;#22338;城", "大坂城"),
        ("桥&nbsp;通车", "桥 通车"),
        ("桥  通\t车", "桥 通 车"),
        ("桥\u3000通车", "桥\u3000通车"),
        ("桥\u200c通\ufeff车", "桥通车"),
        (r"桥\通车", r"桥\通车"),
        ("桥\ufffd通车", "桥\ufffd通车"),
    ],
)
def test_the_title_in_the_link(read, written, title):
    assert read(ARTICLE.replace("山城的早市", written)).title == title


@pytest.mark.parametrize("body", ["", "\n\n", "<img src='a.jpg'>", "<p>山城的早市</p>", "<div></div>"])
def test_a_title_alone_is_a_document(read, body):
    document = read(f"<!--{MS}-->\n[山城的早市]({URL})\n------\n\n{body}")
    assert (document.title, document.body, document.url) == ("山城的早市", "", URL)


def test_a_body_without_tags_keeps_its_lines(read):
    document = read(f"<!--{MS}-->\n[早市]({URL})\n------\n\n第一行&amp;。\n\n第二行。\n")
    assert document.body == "第一行&。\n第二行。"


def test_the_title_defaults_to_the_first_heading_then_the_file_name(read):
    assert read(f"<!--{MS}-->\n[]({URL})\n------\n<h2> 集市 <b>开门</b></h2><p>正文</p>").title == "集市 开门"
    assert read(f"<!--{MS}-->\n[]({URL})\n------\n<p>正文</p>", "早市.v2.txt").title == "早市.v2"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://a.example/?a=1&amp;copy=2", "https://a.example/?a=1&copy=2"),
        ("https://a.example/?a=1&copy=2", "https://a.example/?a=1&copy=2"),
        (" https://a.example/城(一)/二 ", "https://a.example/城(一)/二"),
    ],
)
def test_the_address_in_the_link(read, written, url):
    assert read(ARTICLE.replace(URL, written)).url == url


@pytest.mark.parametrize("url", ["", "/local/path", "javascript:void(0)"])
def test_the_url_defaults_to_the_file(read, tmp_path, url):
    document = read(f"<!--{MS}-->\n[早市]({url})\n------\n<p>正文</p>", "早 市.txt")
    assert document.url == document.id == (tmp_path / "早 市.txt").as_uri()
    assert document.url.startswith("file:///")
    assert document.source == ""


def test_an_article_with_missing_parts(read):
    assert read(f"<!--{MS}-->\n<p>正文</p>").published == WHEN
    without_comment = read(f"[早市]({URL})\n------\n<p>正文</p>")
    assert (without_comment.title, without_comment.url, without_comment.published) == ("早市", URL, None)
    without_ruler = read(f"<!--{MS}-->\n[早市]({URL})\n<p>正文</p>")
    assert (without_ruler.title, without_ruler.url, without_ruler.body) == ("早市", URL, "正文")


def test_a_rule_in_the_text_does_not_end_the_head(read):
    document = read(f"<!--{MS}-->\n[早市]({URL})\n<p>正文 (一)</p>\n------\n<p>续</p>")
    assert (document.title, document.url) == ("早市", URL)
    assert document.body.startswith("正文 (一)")
    assert document.body.endswith("续")


@pytest.mark.parametrize("time", ["99999999999999999999", "-99999999999999999"])
def test_a_time_out_of_range_is_ignored(read, time):
    document = read(ARTICLE.replace(str(MS), time))
    assert (document.title, document.published) == ("山城的早市", None)


def test_a_time_before_1970_is_read(read):
    assert read(ARTICLE.replace(str(MS), "-1000")).published == datetime(
        1969, 12, 31, 23, 59, 59, tzinfo=timezone.utc
    )


@pytest.mark.parametrize(
    "content",
    ["", " \n\t\n", "\ufeff", "。。。……", "<!--1-->\n[]()\n------\n<p>&nbsp;</p>", "---\ntags: [一]\n---\n"],
)
def test_an_article_without_text_is_refused(refused, content):
    assert refused(content) == ("there is no text in it" if content else "an empty file")


def test_dates_of_articles_keep_milliseconds(read):
    assert read(ARTICLE).published - WHEN == timedelta(0)
