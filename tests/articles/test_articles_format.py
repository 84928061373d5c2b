"""The article format, with and without front matter, in all the shapes that archives hold it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import pytest

from searchkit.articles.front_matter import split_front_matter

URL = "https://news.example.org/2020/a(1).html"
WHEN = datetime(2020, 8, 15, 1, 2, 3, 456000, tzinfo=timezone.utc)
MS = int(WHEN.timestamp()) * 1000 + 456
ARTICLE = f"<!--{MS}-->\n[山城的早市]({URL})\n------\n\n<p>早市六点开门。</p><p>卖菜的人很多。</p>"
BODY = "早市六点开门。\n卖菜的人很多。"


def test_all_of_it(read):
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
def test_titles(read, written, title):
    assert read(ARTICLE.replace("山城的早市", written)).title == title


@pytest.mark.parametrize("body", ["", "\n\n", "<img src='a.jpg'>", "<p>山城的早市</p>", "<div></div>"])
def test_a_title_alone_is_a_document(read, body):
    document = read(f"<!--{MS}-->\n[山城的早市]({URL})\n------\n\n{body}")
    assert (document.title, document.body, document.url) == ("山城的早市", "", URL)


def test_a_body_without_tags_keeps_its_lines(read):
    document = read(f"<!--{MS}-->\n[早市]({URL})\n------\n\n第一行&amp;。\n\n第二行。\n")
    assert document.body == "第一行&。\n第二行。"


def test_without_a_title_the_first_heading_is_it_and_then_the_file(read):
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
def test_addresses(read, written, url):
    assert read(ARTICLE.replace(URL, written)).url == url


@pytest.mark.parametrize("url", ["", "/local/path", "javascript:void(0)"])
def test_without_a_url_the_file_is_it(read, tmp_path, url):
    document = read(f"<!--{MS}-->\n[早市]({url})\n------\n<p>正文</p>", "早 市.txt")
    assert document.url == document.id == (tmp_path / "早 市.txt").as_uri()
    assert document.url.startswith("file:///")
    assert document.source == ""


def test_parts_may_be_missing(read):
    assert read(f"<!--{MS}-->\n<p>正文</p>").published == WHEN
    without_comment = read(f"[早市]({URL})\n------\n<p>正文</p>")
    assert (without_comment.title, without_comment.url, without_comment.published) == ("早市", URL, None)
    without_ruler = read(f"<!--{MS}-->\n[早市]({URL})\n<p>正文</p>")
    assert (without_ruler.title, without_ruler.url, without_ruler.body) == ("早市", URL, "正文")


def test_a_ruler_in_the_text_is_not_that_of_the_head(read):
    document = read(f"<!--{MS}-->\n[早市]({URL})\n<p>正文 (一)</p>\n------\n<p>续</p>")
    assert (document.title, document.url) == ("早市", URL)
    assert document.body.startswith("正文 (一)")
    assert document.body.endswith("续")


@pytest.mark.parametrize("time", ["99999999999999999999", "-99999999999999999"])
def test_a_time_out_of_all_bounds_is_none(read, time):
    document = read(ARTICLE.replace(str(MS), time))
    assert (document.title, document.published) == ("山城的早市", None)


def test_a_time_before_1970(read):
    assert read(ARTICLE.replace(str(MS), "-1000")).published == datetime(
        1969, 12, 31, 23, 59, 59, tzinfo=timezone.utc
    )


FRONT = """---
layout: post
title: "另一个标题"
date: 2019-01-02T03:04:05.678Z
author: 一名记者
from: https://other.example.net/b
tags: [ 早报, "市场 版" ]
categories: [ 早报, 城市 ]
---
"""


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.markdown", "A.MD"])
def test_link_and_comment_win_over_front_matter(read, name):
    document = read(FRONT + ARTICLE, name)
    assert (document.title, document.url, document.published) == ("山城的早市", URL, WHEN)
    assert document.body == BODY
    assert document.source == "news.example.org"
    assert document.tags == ("早报", "市场 版", "城市")
    assert document.extra == {"author": "一名记者"}


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    "html", ["\n<article>\n <p>\n  正文\n 一\n </p>\n</article>\n", "<div><p>正文一</p></div>"]
)
def test_front_matter_alone(read, name, html):
    document = read(FRONT + html, name)
    assert document.title == "另一个标题"
    assert document.url == document.id == "https://other.example.net/b"
    assert document.published == datetime(2019, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)
    assert document.source == "other.example.net"
    assert document.body == "正文一"


def test_front_matter_fills_what_the_article_lacks(read):
    document = read(FRONT + "<!--oops-->\n[]()\n------\n<p>正文</p>")
    assert (document.title, document.url) == ("另一个标题", "https://other.example.net/b")
    document = read(FRONT + f"<!--{MS}-->\n[]()\n------\n<h1>小标题</h1><p>正文</p>")
    assert (document.url, document.published) == ("https://other.example.net/b", WHEN)


def test_the_title_of_the_front_matter_comes_before_a_heading(read):
    document = read(FRONT + f"<!--{MS}-->\n[]({URL})\n------\n<h1>小标题</h1><p>正文</p>")
    assert document.title == "另一个标题"
    assert document.body == "小标题\n正文"


@pytest.mark.parametrize(
    ("yaml", "title"),
    [
        ("title: 甲: 乙", "甲: 乙"),
        ('title: "他说"好"就走"', '他说"好"就走'),
        ('title: "一\n\n\n \n"', "一"),
        ("title: '一''二'", "一'二"),
        ("title: >\n  一\n  二", "一 二"),
        ("title: @一", "@一"),
        ("title: [快讯] 大桥", "[快讯] 大桥"),
        ("title: 2020", "2020"),
        ("title: 12:30", "12:30"),
        ("title: yes", "yes"),
        ('title: "&quot;一&quot; &amp; 二"', '"一" & 二'),
        ("TITLE : 一", "一"),
        ("title: |\n\t一\nauthor: 二", "|"),
        ("title: `一`", "`一`"),
        ('title: "一', '"一'),
    ],
)
def test_titles_in_front_matter(read, yaml, title):
    document = read(f"---\n{yaml}\ndate: 2019-01-02\n---\n<p>正文</p>", "a.md")
    assert (document.title, document.body) == (title, "正文")
    assert document.published == datetime(2019, 1, 2, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("2019-01-02", datetime(2019, 1, 2, tzinfo=timezone.utc)),
        ("2019-1-2 3:04", datetime(2019, 1, 2, 3, 4, tzinfo=timezone.utc)),
        ("2019-01-02 03:04:05 +0800", datetime(2019, 1, 1, 19, 4, 5, tzinfo=timezone.utc)),
        ("2019-01-02T03:04:05+08:00", datetime(2019, 1, 1, 19, 4, 5, tzinfo=timezone.utc)),
        ("2019-01-02T03:04:05.5-0330", datetime(2019, 1, 2, 6, 34, 5, 500000, tzinfo=timezone.utc)),
        ("'2019/01/02'", datetime(2019, 1, 2, tzinfo=timezone.utc)),
        ("2019年1月2日", datetime(2019, 1, 2, tzinfo=timezone.utc)),
        ("Wed, 02 Jan 2019 03:04:05 +0000", datetime(2019, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
        ("2019-02-30", None),
        ("0000-01-01", None),
        ("0001-01-01T00:00+23:59", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_dates_in_front_matter(read, date, published):
    assert read(f"---\ntitle: 一\ndate: {date}\n---\n正文").published == published


@pytest.mark.parametrize(
    ("yaml", "tags"),
    [
        ("tags: [一, 二]", ("一", "二")),
        ("tags:\n- 一\n- 二 三", ("一", "二 三")),
        ("tags:\n  - 一\n  - 一", ("一",)),
        ("tags: 一 二", ("一", "二")),
        ("tags: 一 二, 三", ("一 二", "三")),
        ("tags: 一、二", ("一", "二")),
        ("category: 一\nkeywords: [二]", ("一", "二")),
        ("categories:\n- [一, 二]\n- 三", ("一", "二", "三")),
        ("tags:", ()),
        ("tags: []", ()),
        ("bad: a: b\ntags: [一, '二']", ("一", "二")),
        ("bad: a: b\ntags:\n- 一\n- 二", ("一", "二")),
    ],
)
def test_tags(read, yaml, tags):
    assert read(f"---\ntitle: 题\n{yaml}\n---\n正文").tags == tags


def test_a_source_without_an_address(read):
    document = read("---\ntitle: 一\nsource: 某报\n---\n正文")
    assert (document.source, document.url[:8]) == ("某报", "file:///")
    assert read("---\ntitle: 一\nsource: https://a.example/x\n---\n正文").source == "a.example"


@pytest.mark.parametrize(
    "text",
    [
        "---\n早晨，城门开了。\n---\n人来人往。",
        "---\nnote: 无关的一行\n---\n正文",
        "---\ntitle: 没有结尾\n\n正文",
        "----\ntitle: 一\n----\n正文",
        "正文\n---\ntitle: 一\n---\n",
        "---\n- title\n- date\n---\n正文",
        "---\ntitle: " + "长" * 70_000 + "\n---\n正文",
    ],
)
def test_what_is_no_front_matter_stays_text(read, text):
    assert split_front_matter(text) == ({}, text)
    kept = read(text)
    assert "".join(text.split()) == "".join((kept.title.removesuffix("文件") + kept.body).split())


@pytest.mark.parametrize(
    "yaml",
    [
        "title: " + "[" * 60_000,
        "title: " + "{a: " * 15_000,
        "title: 一\n" + "".join(" " * depth + "a:\n" for depth in range(300)),
        "title: 一\na: " + "&x " * 9_000,
        "a: &a [x]\nb: &b [*a, *a]\ntitle: 一",
        "title: 一\n? [a, b]\n: c",
    ],
)
@pytest.mark.parametrize("in_c", [True, False])
def test_hostile_yaml(read, monkeypatch, yaml, in_c):
    if not in_c:
        monkeypatch.delattr("yaml.CBaseLoader", raising=False)
    start = time.perf_counter()
    document = read(f"---\n{yaml}\n---\n正文")
    assert document.body == "正文"
    assert document.title
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "content",
    ["", " \n\t\n", "\ufeff", "。。。……", "<!--1-->\n[]()\n------\n<p>&nbsp;</p>", "---\ntags: [一]\n---\n"],
)
def test_without_text_it_is_refused(refused, content):
    assert refused(content) == ("there is no text in it" if content else "an empty file")


def test_the_date_keeps_milliseconds(read):
    assert read(ARTICLE).published - WHEN == timedelta(0)
