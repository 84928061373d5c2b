"""Front matter in YAML and TOML, alone and above an article of a news archive."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest

from searchkit.articles.front_matter import split_front_matter

URL = "https://news.example.org/2020/a(1).html"
MS = 1597453323456
WHEN = datetime(2020, 8, 15, 1, 2, 3, 456000, tzinfo=timezone.utc)
ARTICLE = f"<!--{MS}-->\n[山城的早市]({URL})\n------\n\n<p>早市六点开门。</p><p>卖菜的人很多。</p>"
BODY = "早市六点开门。\n卖菜的人很多。"

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
def test_front_matter_above_html(read, name, html):
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
    assert document.published == datetime(2019, 1, 2)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("2019-01-02", datetime(2019, 1, 2)),  # noqa: DTZ001
        ("2019-1-2 3:04", datetime(2019, 1, 2, 3, 4)),  # noqa: DTZ001
        ("2019-1-2 3:04 Z", datetime(2019, 1, 2, 3, 4, tzinfo=timezone.utc)),
        ("2019-01-02 03:04:05 +0800", datetime(2019, 1, 1, 19, 4, 5, tzinfo=timezone.utc)),
        ("2019-01-02T03:04:05+08:00", datetime(2019, 1, 1, 19, 4, 5, tzinfo=timezone.utc)),
        ("2019-01-02T03:04:05.5-0330", datetime(2019, 1, 2, 6, 34, 5, 500000, tzinfo=timezone.utc)),
        ("'2019/01/02'", datetime(2019, 1, 2)),  # noqa: DTZ001
        ("2019年1月2日", datetime(2019, 1, 2)),  # noqa: DTZ001
        ("Wed, 02 Jan 2019 03:04:05 +0000", datetime(2019, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
        ("Wed, 02 Jan 2019 03:04:05 -0000", datetime(2019, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
        ("Wed, 02 Jan 2019 03:04:05", datetime(2019, 1, 2, 3, 4, 5)),  # noqa: DTZ001
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
def test_tags_in_front_matter(read, yaml, tags):
    assert read(f"---\ntitle: 题\n{yaml}\n---\n正文").tags == tags


TOML = """+++
layout = "post"
title = "另一个标题"
date = 2019-01-02T03:04:05.678Z
author = "一名记者"
link = "https://other.example.net/b"
tags = ["早报", "市场 版"]
draft = false
weight = 3
+++
"""


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.markdown"])
@pytest.mark.parametrize("body", ["正文一", "<div><p>正文一</p></div>"])
def test_toml_between_plus_signs(read, name, body):
    document = read(TOML + body, name)
    assert (document.title, document.body) == ("另一个标题", "正文一")
    assert document.url == "https://other.example.net/b"
    assert document.published == datetime(2019, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)
    assert document.tags == ("早报", "市场 版")
    assert document.extra == {"author": "一名记者"}


def test_link_and_comment_win_over_toml(read):
    document = read(TOML + ARTICLE, "a.md")
    assert (document.title, document.url, document.published, document.body) == (
        "山城的早市",
        URL,
        WHEN,
        BODY,
    )
    assert document.tags == ("早报", "市场 版")


@pytest.mark.parametrize(
    ("toml", "field", "value"),
    [
        ("date = 2019-01-02", "published", datetime(2019, 1, 2)),  # noqa: DTZ001
        (
            "date = 2019-01-02T03:04:05+08:00",
            "published",
            datetime(2019, 1, 1, 19, 4, 5, tzinfo=timezone.utc),
        ),
        ("date = '2019年1月2日'", "published", datetime(2019, 1, 2)),  # noqa: DTZ001
        ("date = 07:32:00", "published", None),
        ("title = '一'\n[taxonomies]\ntags = ['一', '二']\ncategories = ['三']", "tags", ("一", "二", "三")),
        ("title = '一'\n[extra]\nauthor = '记者'", "extra", {"author": "记者"}),
        ("tags = ['一', ['二', 3]]", "tags", ("一", "二", "3")),
        ("title = 2020", "title", "2020"),
        ('Title = """\n一\n二"""', "title", "一二"),
    ],
)
def test_values_in_toml(read, toml, field, value):
    document = read(f"+++\nlang = 'zh'\n{toml}\n+++\n正文")
    assert getattr(document, field) == value
    assert document.body == "正文"


@pytest.mark.parametrize(
    "toml", ["title = " + "[" * 60_000, "a." * 20_000 + "b = 1", "title = " + "9" * 50_000]
)
def test_hostile_toml_is_read_safely(read, toml):
    start = time.perf_counter()
    assert "正文" in read(f"+++\n{toml}\n+++\n正文").body
    assert time.perf_counter() - start < 5


def test_the_source_in_front_matter_is_a_name_or_a_url(read):
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
        "+++\n早晨，城门开了。\n+++\n人来人往。",
        "+++\nnote = 1\n+++\n正文",
        "+++\ntitle: 一\n+++\n正文",
        "+++\ntitle = '没有结尾'\n\n正文",
        "+++\ntitle = '一'\n---\n正文",
        "---\ntitle: " + "长" * 70_000 + "\n---\n正文",
    ],
)
def test_text_that_is_no_front_matter_is_kept(read, text):
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
def test_hostile_yaml_is_read_safely(read, monkeypatch, yaml, in_c):
    if not in_c:
        monkeypatch.delattr("yaml.CBaseLoader", raising=False)
    start = time.perf_counter()
    document = read(f"---\n{yaml}\n---\n正文")
    assert document.body == "正文"
    assert document.title
    assert time.perf_counter() - start < 2
